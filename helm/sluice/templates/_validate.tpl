{{- /* Settings that contradict each other are refused here, each with the value and what was expected. */ -}}
{{- define "sluice.validate" -}}
{{- $v := .Values -}}
{{- $drain := include "sluice.seconds" $v.shutdown.drain | int -}}
{{- $timeout := include "sluice.seconds" $v.shutdown.timeout | int -}}
{{- $preStop := $v.shutdown.preStopSeconds | int -}}
{{- $needed := add $preStop $drain $timeout 5 | int -}}
{{- if gt $needed ($v.terminationGracePeriodSeconds | int) -}}
{{- fail (printf "terminationGracePeriodSeconds: %d (expected: >= %d = shutdown.preStopSeconds %d + shutdown.drain %d + shutdown.timeout %d + 5 to close and exit)" ($v.terminationGracePeriodSeconds | int) $needed $preStop $drain $timeout) -}}
{{- end -}}
{{- if eq ($v.ports.http | int) ($v.ports.management | int) -}}
{{- fail (printf "ports.management: %d (expected: another port than ports.http)" ($v.ports.management | int)) -}}
{{- end -}}
{{- include "sluice.validateRedis" . -}}
{{- if $v.autoscaling.enabled -}}
{{- if lt ($v.autoscaling.maxReplicas | int) ($v.autoscaling.minReplicas | int) -}}
{{- fail (printf "autoscaling.maxReplicas: %d (expected: >= autoscaling.minReplicas %d)" ($v.autoscaling.maxReplicas | int) ($v.autoscaling.minReplicas | int)) -}}
{{- end -}}
{{- if not (dig "requests" "cpu" "" $v.resources) -}}
{{- fail "resources.requests.cpu: not set (expected: a request, autoscaling.targetCPUUtilizationPercentage is a share of it)" -}}
{{- end -}}
{{- end -}}
{{- if and $v.ingress.enabled (empty $v.ingress.hosts) -}}
{{- fail "ingress.hosts: empty (expected: at least one host when ingress.enabled)" -}}
{{- end -}}
{{- if and $v.httpRoute.enabled (empty $v.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs: empty (expected: at least one Gateway when httpRoute.enabled)" -}}
{{- end -}}
{{- if and $v.networkPolicy.enabled (include "sluice.redisMode" .) (empty $v.networkPolicy.redisTo) -}}
{{- fail "networkPolicy.redisTo: empty (expected: the peers of Redis, which networkPolicy.enabled would cut off)" -}}
{{- end -}}
{{- if $v.discovery.kubernetes.enabled -}}
{{- if and $v.networkPolicy.enabled (empty $v.networkPolicy.apiServerTo) -}}
{{- fail "networkPolicy.apiServerTo: empty (expected: the peers of the API server, which networkPolicy.enabled would cut off)" -}}
{{- end -}}
{{- if not (or $v.serviceAccount.create $v.serviceAccount.name) -}}
{{- fail "serviceAccount.name: empty (expected: a ServiceAccount of its own when discovery.kubernetes.enabled; every other pod has the default one too)" -}}
{{- end -}}
{{- end -}}
{{- if and $v.prometheusRule.enabled (not (or $v.serviceMonitor.enabled $v.prometheusRule.job)) -}}
{{- fail "prometheusRule.job: empty (expected: the job of the gateways, when serviceMonitor.enabled is not set)" -}}
{{- end -}}
{{- $own := list "SPRING_CONFIG_ADDITIONAL_LOCATION" "SPRING_CONFIG_LOCATION" "JDK_JAVA_OPTIONS" "SLUICE_MANAGEMENT_TOKEN" "SPRING_DATA_REDIS_URL" "SPRING_DATA_REDIS_PASSWORD" "SERVER_PORT" "MANAGEMENT_SERVER_PORT" "SLUICE_SHUTDOWN_DRAIN" "SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE" -}}
{{- range $v.extraEnv -}}
{{- if has .name $own -}}
{{- fail (printf "extraEnv: %s (expected: a variable that no other value of the chart sets)" .name) -}}
{{- end -}}
{{- end -}}
{{- include "sluice.validateConfig" (dict "path" "" "value" $v.config) -}}
{{- end -}}

{{- define "sluice.validateRedis" -}}
{{- with .Values.redis -}}
{{- if and .sentinel.nodes .cluster.nodes -}}
{{- fail "redis.cluster.nodes: set beside redis.sentinel.nodes (expected: one of the two)" -}}
{{- end -}}
{{- if and .url (or .sentinel.nodes .cluster.nodes) -}}
{{- fail "redis.url: set beside redis.sentinel or redis.cluster (expected: one of the three)" -}}
{{- end -}}
{{- if and .url .existingSecret -}}
{{- fail "redis.url: set beside redis.existingSecret (expected: one; the Secret holds the whole URL)" -}}
{{- end -}}
{{- if ne (empty .sentinel.master) (empty .sentinel.nodes) -}}
{{- fail "redis.sentinel: master without nodes, or nodes without master (expected: both)" -}}
{{- end -}}
{{- if and (or .username .tls) (empty .sentinel.nodes) (empty .cluster.nodes) -}}
{{- fail "redis.username, redis.tls: set without redis.sentinel or redis.cluster (expected: both in the URL, which is kept in redis.existingSecret)" -}}
{{- end -}}
{{- if and .caSecret (not (or .tls .existingSecret (hasPrefix "rediss://" .url))) -}}
{{- fail "redis.caSecret: set without TLS (expected: rediss:// in redis.url or in the Secret, or redis.tls)" -}}
{{- end -}}
{{- if regexMatch "://[^/]*@" .url -}}
{{- fail "redis.url: holds credentials (expected: none; put the whole URL into a Secret and name it in redis.existingSecret)" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /*
Walks config. Refused: a property that another value sets (the manifests would contradict the
process), and a secret in clear text (a ConfigMap is no place for it). A value that is nothing but
${NAME} is a reference and passes. The offending value is never printed.
*/ -}}
{{- define "sluice.validateConfig" -}}
{{- $path := .path -}}
{{- if kindIs "map" .value -}}
{{- range $key, $value := .value -}}
{{- include "sluice.validateConfig" (dict "path" (empty $path | ternary $key (printf "%s.%s" $path $key)) "value" $value) -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $index, $value := .value -}}
{{- include "sluice.validateConfig" (dict "path" (printf "%s[%d]" $path $index) "value" $value) -}}
{{- end -}}
{{- else -}}
{{- $canonical := $path | lower | replace "-" "" | replace "_" "" -}}
{{- $owners := dict
      "server.port" "ports.http"
      "management.server.port" "ports.management"
      "sluice.shutdown.drain" "shutdown.drain"
      "spring.lifecycle.timeoutpershutdownphase" "shutdown.timeout" -}}
{{- with get $owners $canonical -}}
{{- fail (printf "config.%s: set in config (expected: the chart's value %s, from which the manifests are made too)" $path .) -}}
{{- end -}}
{{- $text := toString .value -}}
{{- if and (regexMatch "(password|passphrase|secret)$" $canonical) $text (not (regexMatch "^\\$\\{[A-Za-z0-9_.-]+\\}$" $text)) -}}
{{- fail (printf "config.%s: a secret in clear text (expected: ${NAME}, with NAME set by extraEnv from a Secret)" $path) -}}
{{- end -}}
{{- if or (regexMatch "://[^/@\\s]*:[^/@$\\s]+@" $text) (regexMatch "-----BEGIN [A-Z ]*PRIVATE KEY-----" $text) -}}
{{- fail (printf "config.%s: credentials in clear text (expected: ${NAME}, with NAME set by extraEnv from a Secret)" $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}
