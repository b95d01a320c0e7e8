{{- define "sluice.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* 52 characters at most: "-management" is added to it. */ -}}
{{- define "sluice.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "sluice.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sluice.instanceLabels" -}}
app.kubernetes.io/name: {{ include "sluice.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Immutable once installed: no version, no user label. The component keeps the test pod out. */ -}}
{{- define "sluice.selectorLabels" -}}
{{ include "sluice.instanceLabels" . }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "sluice.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: sluice
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.selectorLabels" . }}
{{ include "sluice.commonLabels" . }}
{{- end -}}

{{- define "sluice.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sluice.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sluice.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sluice.seconds" -}}
{{- trimSuffix "s" . | int -}}
{{- end -}}

{{- define "sluice.redisMode" -}}
{{- if .Values.redis.cluster.nodes -}}cluster
{{- else if .Values.redis.sentinel.nodes -}}sentinel
{{- else if or .Values.redis.url .Values.redis.existingSecret -}}standalone
{{- end -}}
{{- end -}}

{{- define "sluice.scheme" -}}
{{- ternary "HTTPS" "HTTP" (not (empty .Values.tls.existingSecret)) -}}
{{- end -}}

{{- /* What the chart itself says in application.yml: the numbers that the manifests use too. */ -}}
{{- define "sluice.chartConfig" -}}
server:
  port: {{ .Values.ports.http }}
  {{- if .Values.tls.existingSecret }}
  ssl:
    bundle: sluice-traffic
  {{- end }}
management:
  server:
    port: {{ .Values.ports.management }}
sluice:
  shutdown:
    drain: {{ .Values.shutdown.drain }}
spring:
  lifecycle:
    timeout-per-shutdown-phase: {{ .Values.shutdown.timeout }}
  {{- if or .Values.tls.existingSecret .Values.redis.caSecret }}
  ssl:
    bundle:
      pem:
        {{- if .Values.tls.existingSecret }}
        sluice-traffic:
          reload-on-update: true
          keystore:
            certificate: file:/etc/sluice-tls/tls.crt
            private-key: file:/etc/sluice-tls/tls.key
        {{- end }}
        {{- if .Values.redis.caSecret }}
        sluice-redis:
          reload-on-update: true
          truststore:
            certificate: file:/etc/sluice-redis/ca.crt
        {{- end }}
  {{- end }}
  {{- $mode := include "sluice.redisMode" . }}
  {{- with .Values.redis }}
  {{- if eq $mode "cluster" }}
  data:
    redis:
      cluster:
        nodes: {{ toYaml .cluster.nodes | nindent 10 }}
  {{- else if eq $mode "sentinel" }}
  data:
    redis:
      sentinel:
        master: {{ .sentinel.master | quote }}
        nodes: {{ toYaml .sentinel.nodes | nindent 10 }}
  {{- else if or .url .caSecret }}
  data:
    redis:
      {{- with .url }}
      url: {{ . | quote }}
      {{- end }}
  {{- end }}
  {{- if has $mode (list "cluster" "sentinel") }}
      {{- with .username }}
      username: {{ . | quote }}
      {{- end }}
  {{- end }}
  {{- if or .tls .caSecret }}
      ssl:
        enabled: true
        {{- if .caSecret }}
        bundle: sluice-redis
        {{- end }}
  {{- end }}
  {{- end }}
{{- end -}}

{{- define "sluice.applicationConfig" -}}
{{- mergeOverwrite (deepCopy .Values.config) (include "sluice.chartConfig" . | fromYaml) | toYaml -}}
{{- end -}}
