{{- define "scaled.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "scaled.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "scaled.selectorLabels" -}}
app.kubernetes.io/name: {{ include "scaled.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "scaled.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "scaled.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "scaled.serviceAccount" -}}
{{- default (include "scaled.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "scaled.rules" -}}
{{- default (printf "%s-rules" (include "scaled.fullname" .)) .Values.existingRules -}}
{{- end -}}

{{- define "scaled.leased" -}}
{{- if or .Values.lease.enabled (gt (int .Values.replicas) 1) -}}true{{- end -}}
{{- end -}}

{{/* scaled's own configuration: what the chart decides, under what the values say. */}}
{{- define "scaled.config" -}}
{{- $own := dict
  "receivers" (dict "grpc" (dict "host" "0.0.0.0" "port" 4317) "http" (dict "host" "0.0.0.0" "port" 4318))
  "api" (dict "host" "0.0.0.0" "port" 9464)
  "state" (dict "dir" "/var/lib/scaled")
  "decisions" (dict "file" "/var/lib/scaled/decisions.jsonl")
  "orchestrators" (dict "default" "kubernetes" "kubernetes" (dict "namespace" .Release.Namespace))
-}}
{{- if include "scaled.leased" . -}}
{{- $_ := set (index $own "orchestrators" "kubernetes") "lease" (dict "name" (include "scaled.fullname" .) "namespace" .Release.Namespace) -}}
{{- end -}}
{{- if .Values.ruleSets.enabled -}}
{{- $_ := set (index $own "orchestrators" "kubernetes") "rule_sets" (dict "namespaces" .Values.ruleSets.namespaces) -}}
{{- end -}}
{{- if .Values.webhook.enabled -}}
{{- $_ := set $own "webhook" (dict "host" "0.0.0.0" "port" 9443 "tls" (dict "cert" "/etc/scaled-webhook/tls.crt" "key" "/etc/scaled-webhook/tls.key")) -}}
{{- end -}}
{{- mergeOverwrite $own (deepCopy .Values.config) | toYaml -}}
{{- end -}}
