{{- define "scaled.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Room is left for what is appended, such as -sampler-config, and what Kubernetes appends to that. */}}
{{- define "scaled.fullname" -}}
{{- $name := include "scaled.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 46 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 46 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 46 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "scaled.samplers" -}}
{{- printf "%s-sampler" (include "scaled.fullname" .) -}}
{{- end -}}

{{/* The workload that has the rules and acts. */}}
{{- define "scaled.acting" -}}
{{- include "scaled.fullname" . -}}{{- if .Values.split.enabled -}}-modeler{{- end -}}
{{- end -}}

{{- define "scaled.role" -}}
{{- ternary "modeler" "scaled" .Values.split.enabled -}}
{{- end -}}

{{- define "scaled.releaseLabels" -}}
app.kubernetes.io/name: {{ include "scaled.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of a list: the root, and the role (scaled, sampler, modeler). */}}
{{- define "scaled.selectorLabels" -}}
{{- include "scaled.releaseLabels" (index . 0) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "scaled.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "scaled.releaseLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "scaled.serviceAccount" -}}
{{- default (include "scaled.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "scaled.rules" -}}
{{- default (printf "%s-rules" (include "scaled.fullname" .)) .Values.existingRules -}}
{{- end -}}

{{/* Not the lease's name: Kustomize takes a ConfigMap's name in a Role for a reference to it. Of a list of the root and the role. */}}
{{- define "scaled.configMap" -}}
{{- include "scaled.fullname" (index . 0) -}}{{- if ne (index . 1) "scaled" -}}-{{ index . 1 }}{{- end -}}-config
{{- end -}}

{{- define "scaled.webhookSecret" -}}
{{- default (printf "%s-webhook" (include "scaled.fullname" .)) .Values.webhook.secretName -}}
{{- end -}}

{{/* What the values ask for and cannot be had, in words. */}}
{{- define "scaled.check" -}}
{{- $v := .Values -}}
{{- if and (not $v.split.enabled) (gt (int $v.replicas) 1) -}}
{{- fail (printf "replicas: %d of scaled behind one Service would each see a part of the spans and count wrong. Set split.enabled=true: samplers count all spans between them, and several modelers stand by for each other" (int $v.replicas)) -}}
{{- end -}}
{{- if and $v.split.enabled $v.keda.enabled (gt (int $v.split.modeler.replicas) 1) -}}
{{- fail "keda.enabled: KEDA asks any modeler, and each has its own memory of what it said. Set split.modeler.replicas=1" -}}
{{- end -}}
{{- if and $v.split.enabled (gt (int $v.split.modeler.replicas) 1) (not $v.lease.enabled) -}}
{{- fail "lease.enabled: without a lease all modelers would act, not one of them. Set lease.enabled=true, or split.modeler.replicas=1" -}}
{{- end -}}
{{- if not (or $v.rules $v.existingRules $v.ruleSets.enabled) -}}
{{- fail "no rules: --set-file 'rules.main\\.scale=rules.scale', or existingRules, or ruleSets.enabled" -}}
{{- end -}}
{{- if and $v.ruleSets.enabled (not $v.ruleSets.namespaces) -}}
{{- fail "ruleSets.namespaces: name the namespaces whose ScaleRuleSet objects are rules" -}}
{{- end -}}
{{- if and $v.ruleSets.enabled (not $v.rbac.manifests) -}}
{{- range $v.ruleSets.namespaces -}}
{{- if not (has . $v.rbac.namespaces) -}}
{{- fail (printf "ruleSets.namespaces: rules of namespace %s could scale nothing, since scaled has no rights there. Add it to rbac.namespaces, or give rbac.manifests" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $v.webhook.enabled (not $v.ruleSets.enabled) -}}
{{- fail "webhook.enabled: it checks ScaleRuleSet objects, and ruleSets.enabled is false" -}}
{{- end -}}
{{- if and $v.webhook.enabled (not $v.webhook.certManager.enabled) (not (and $v.webhook.secretName $v.webhook.caBundle)) -}}
{{- fail "webhook: the API server speaks TLS alone. Set webhook.certManager.enabled=true, or both webhook.secretName (tls.crt, tls.key) and webhook.caBundle" -}}
{{- end -}}
{{- with $v.rbac.manifests -}}
{{- if not (and (contains (printf "name: %s" (include "scaled.serviceAccount" $)) .) (contains (printf "namespace: %s" $.Release.Namespace) .)) -}}
{{- fail (printf "rbac.manifests grants nothing to %s in %s: print it with scalec rbac --service-account %s:%s" (include "scaled.serviceAccount" $) $.Release.Namespace $.Release.Namespace (include "scaled.serviceAccount" $)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
  scaled's own configuration, of a list of the root and the role: what the chart decides, under what the values say. What a role has no use for is left out, so that it
  is not restarted for it.
*/}}
{{- define "scaled.config" -}}
{{- $root := index . 0 -}}
{{- $role := index . 1 -}}
{{- $v := $root.Values -}}
{{- $own := dict
  "receivers" (dict "grpc" (dict "host" "0.0.0.0" "port" 4317) "http" (dict "host" "0.0.0.0" "port" 4318))
  "api" (dict "host" "0.0.0.0" "port" 9464)
  "state" (dict "dir" "/var/lib/scaled")
  "shutdown" (dict "delay" "5s" "grace" "10s")
  "orchestrators" (dict "default" "kubernetes" "kubernetes" (dict "namespace" $root.Release.Namespace))
-}}
{{- $kubernetes := $own.orchestrators.kubernetes -}}
{{- if and $v.persistence.enabled (eq $role "scaled") -}}
{{- $_ := set $own "decisions" (dict "file" "/var/lib/scaled/decisions.jsonl") -}}
{{- end -}}
{{- if $v.lease.enabled -}}
{{- $_ := set $kubernetes "lease" (dict "name" (include "scaled.fullname" $root) "namespace" $root.Release.Namespace) -}}
{{- end -}}
{{- if $v.ruleSets.enabled -}}
{{- $_ := set $kubernetes "rule_sets" (dict "namespaces" $v.ruleSets.namespaces) -}}
{{- end -}}
{{- if $v.webhook.enabled -}}
{{- $_ := set $own "webhook" (dict "host" "0.0.0.0" "port" 9443 "tls" (dict "cert" "/etc/scaled-webhook/tls.crt" "key" "/etc/scaled-webhook/tls.key")) -}}
{{- end -}}
{{- if $v.keda.enabled -}}
{{- $_ := set $own "keda" (dict "host" "0.0.0.0" "port" 6000) -}}
{{- end -}}
{{- if eq $role "sampler" -}}
{{- $_ := set $own "sampler" (dict "listen" (dict "host" "0.0.0.0" "port" 4319)) -}}
{{- end -}}
{{- if eq $role "modeler" -}}
{{- $samplers := list -}}
{{- range $i := until (int $v.split.sampler.replicas) -}}
{{- $samplers = append $samplers (printf "%s-%d.%s:4319" (include "scaled.samplers" $root) $i (include "scaled.samplers" $root)) -}}
{{- end -}}
{{- $_ := set $own "modeler" (dict "samplers" $samplers) -}}
{{- end -}}
{{- $merged := mergeOverwrite $own (deepCopy $v.config) -}}
{{- if eq $role "sampler" -}}
{{- $merged = omit $merged "orchestrators" "decisions" "webhook" "keda" "modeler" "bundle" "reload" -}}
{{- $merged = mergeOverwrite $merged (deepCopy $v.split.sampler.config) -}}
{{- else if eq $role "modeler" -}}
{{- $merged = omit $merged "receivers" "sampler" -}}
{{- $merged = mergeOverwrite $merged (deepCopy $v.split.modeler.config) -}}
{{- end -}}
{{- $merged | toYaml -}}
{{- end -}}

{{/* A probe of the API's, over TLS where the configuration has it. */}}
{{- define "scaled.probe" -}}
{{- $config := include "scaled.config" (list (index . 0) (index . 1)) | fromYaml -}}
httpGet: { path: {{ index . 2 }}, port: api{{ if $config.api.tls }}, scheme: HTTPS{{ end }} }
{{- end -}}

{{/* The pod of a role, of a list of the root and the role. */}}
{{- define "scaled.pod" -}}
{{- $root := index . 0 -}}
{{- $role := index . 1 -}}
{{- $v := $root.Values -}}
{{- $samples := eq $role "sampler" -}}
{{- $receives := ne $role "modeler" -}}
{{- $volume := and $v.persistence.enabled (eq $role "scaled") -}}
metadata:
  labels:
    {{- include "scaled.selectorLabels" . | nindent 4 }}
    {{- with $v.podLabels }}{{- toYaml . | nindent 4 }}{{- end }}
  annotations:
    # The configuration is read once; rules are reloaded.
    checksum/config: {{ include "scaled.config" . | sha256sum }}
    {{- with $v.podAnnotations }}{{- toYaml . | nindent 4 }}{{- end }}
spec:
  serviceAccountName: {{ include "scaled.serviceAccount" $root }}
  # A sampler has nothing to ask the API server.
  automountServiceAccountToken: {{ not $samples }}
  # SCALED_… in the environment is configuration, and a Service named scaled-api would put SCALED_API_PORT=tcp://… there.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
  {{- with $v.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext: {{- toYaml $v.podSecurityContext | nindent 4 }}
  containers:
    - name: scaled
      image: "{{ $v.image.repository }}{{ if $v.image.digest }}@{{ $v.image.digest }}{{ else }}:{{ default $root.Chart.AppVersion $v.image.tag }}{{ end }}"
      imagePullPolicy: {{ $v.image.pullPolicy }}
      {{- if $samples }}
      args: [sampler, --config, /etc/scaled/scaled.yaml]
      {{- else }}
      args: [{{ ternary "modeler" "run" (eq $role "modeler") }}, --rules, /etc/scale, --config, /etc/scaled/scaled.yaml]
      {{- end }}
      env:
        # The name in the lease.
        - name: POD_NAME
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
        {{- with $v.extraEnv }}{{- toYaml . | nindent 8 }}{{- end }}
      ports:
        {{- if $receives }}
        - { name: otlp-grpc, containerPort: 4317 }
        - { name: otlp-http, containerPort: 4318 }
        {{- end }}
        - { name: api, containerPort: 9464 }
        {{- if $samples }}
        - { name: sampler, containerPort: 4319 }
        {{- end }}
        {{- if and $v.webhook.enabled (not $samples) }}
        - { name: webhook, containerPort: 9443 }
        {{- end }}
        {{- if and $v.keda.enabled (not $samples) }}
        - { name: keda, containerPort: 6000 }
        {{- end }}
      startupProbe:
        {{- include "scaled.probe" (list $root $role "/livez") | nindent 8 }}
        periodSeconds: 1
        failureThreshold: 60
      livenessProbe:
        {{- include "scaled.probe" (list $root $role "/livez") | nindent 8 }}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        {{- include "scaled.probe" (list $root $role "/readyz") | nindent 8 }}
        periodSeconds: 2
        timeoutSeconds: 2
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      resources: {{- toYaml (ternary $v.resources (index $v.split $role | default dict).resources (eq $role "scaled")) | nindent 8 }}
      volumeMounts:
        - { name: config, mountPath: /etc/scaled, readOnly: true }
        - { name: state, mountPath: /var/lib/scaled }
        {{- if not $samples }}
        - { name: rules, mountPath: /etc/scale, readOnly: true }
        {{- end }}
        {{- if and $v.webhook.enabled (not $samples) }}
        - { name: webhook, mountPath: /etc/scaled-webhook, readOnly: true }
        {{- end }}
        {{- with $v.extraVolumeMounts }}{{- toYaml . | nindent 8 }}{{- end }}
  volumes:
    - name: config
      configMap: { name: {{ include "scaled.configMap" . }} }
    {{- if not (and $samples $v.persistence.enabled) }}
    - name: state
      {{- if $volume }}
      persistentVolumeClaim: { claimName: {{ include "scaled.fullname" $root }} }
      {{- else }}
      emptyDir: { sizeLimit: 256Mi }
      {{- end }}
    {{- end }}
    {{- if not $samples }}
    - name: rules
      configMap: { name: {{ include "scaled.rules" $root }} }
    {{- end }}
    {{- if and $v.webhook.enabled (not $samples) }}
    - name: webhook
      secret: { secretName: {{ include "scaled.webhookSecret" $root }} }
    {{- end }}
    {{- with $v.extraVolumes }}{{- toYaml . | nindent 4 }}{{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if $v.affinity }}
  affinity: {{- toYaml $v.affinity | nindent 4 }}
  {{- else if ne $role "scaled" }}
  # A node that goes should not take two.
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels: {{- include "scaled.selectorLabels" . | nindent 16 }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
{{- end -}}
