/**
 * Where endpoints come from: the configuration, DNS, Kubernetes, or Spring Cloud's discovery
 * clients. Here are the settings and the choice; DNS and Kubernetes have adapters of their own.
 */
@NullMarked
package io.sluice.upstream.spring;

import org.jspecify.annotations.NullMarked;
