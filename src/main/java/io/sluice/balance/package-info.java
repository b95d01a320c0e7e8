/**
 * The six algorithms and what narrows their choice.
 *
 * <p>Two planes. The control plane, one writer per upstream, turns what is known of the endpoints
 * into a {@link io.sluice.balance.SelectionPlan} and that into a {@link io.sluice.balance.Picker}.
 * Requests read the picker through one volatile field and lease what it picks:
 *
 * <pre>{@code
 * RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
 * Balancer forZone = Balancers.create(LEAST_RESPONSE_TIME, BalancerSettings.DEFAULTS, random);
 * Balancer forAll = Balancers.create(LEAST_RESPONSE_TIME, BalancerSettings.DEFAULTS, random);
 * EndpointStates states = new EndpointStates();
 *
 * // the writer, on every change and while plan.ramping()
 * SelectionPlan plan = SelectionPlan.plan(endpoints, states::state, health, settings, nanoTime());
 * picker = plan.picker(forZone, forAll);
 *
 * // a request
 * long now = nanoTime();
 * Member member = picker.pick(PickRequest.UNKEYED, now); // null: nobody is left
 * Lease lease = member.state().acquire(now);
 * }</pre>
 *
 * <p>What must survive a change of the set lives in the balancer (a turn, a ring) or in the {@link
 * io.sluice.upstream.EndpointState}; a picker can be thrown away at any time. Load measure and
 * choice are apart: least connections and least response time are two measures of one picker; the
 * two round robins are two cycles of one; the two hashing algorithms share the ring.
 *
 * <p>To add an algorithm: a {@code Balancer}, a line in {@link io.sluice.balance.Balancers} and a
 * constant in {@link io.sluice.balance.Algorithm}; {@code PickerContractTest} then holds it to what
 * all must keep.
 */
@NullMarked
package io.sluice.balance;

import org.jspecify.annotations.NullMarked;
