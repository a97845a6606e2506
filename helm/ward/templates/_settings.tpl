{{/*
The one place where values become variables of the program.

Settings: a tree under `settings` becomes WARD__SECTION__KEY, whatever it holds; values.schema.json says which names there
are. Secrets: the lists below. To rename or add a setting, change the schema; to rename a secret's variable, a line here.
*/}}

{{/* Values of the tree as NAME: "value" lines. */}}
{{- define "ward.flatten" -}}
{{- $prefix := .prefix -}}
{{- range $key, $value := .tree }}
{{- $name := printf "%s__%s" $prefix (upper $key) }}
{{- if kindIs "map" $value }}
{{- include "ward.flatten" (dict "prefix" $name "tree" $value) }}
{{- else if kindIs "slice" $value }}
{{ $name }}: {{ join "," $value | quote }}
{{- else if kindIs "float64" $value }}
{{ $name }}: {{ int64 $value | quote }}
{{- else }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* What is no secret. */}}
{{- define "ward.settings" -}}
WARD_PROFILE: {{ .Values.profile | quote }}
WARD_LISTEN: {{ printf "%s:%d" .Values.listenAddress (int .Values.port) | quote }}
WARD_DATA_DIR: /var/lib/ward
WARD__KEYS__MASTER_FILE: {{ printf "/etc/ward/master/%s" .Values.secrets.masterKey.key | quote }}
{{- with .Values.secrets.scyllaTls }}
{{- if .name }}
WARD__STORE__SCYLLA__TLS__CA_FILE: {{ printf "/etc/ward/scylla/%s" .caKey | quote }}
{{- if .certKey }}
WARD__STORE__SCYLLA__TLS__CERT_FILE: {{ printf "/etc/ward/scylla/%s" .certKey | quote }}
WARD__STORE__SCYLLA__TLS__KEY_FILE: {{ printf "/etc/ward/scylla/%s" .keyKey | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.backup.existingClaim }}
WARD__BACKUP__DIR: /var/backups/ward
{{- end }}
{{- with .Values.secrets.smtpCa }}
{{- if .name }}
WARD__MAIL__SMTP__CA_FILE: {{ printf "/etc/ward/smtp/%s" .caKey | quote }}
{{- end }}
{{- end }}
{{- include "ward.flatten" (dict "prefix" "WARD" "tree" .Values.settings) }}
{{- end }}

{{- define "ward.fromSecret" -}}
- name: {{ index . 0 }}
  valueFrom: { secretKeyRef: { name: {{ index . 1 | quote }}, key: {{ index . 2 | quote }} } }
{{ end }}

{{/* Log-in to the store: for the server and for `ward migrate`. */}}
{{- define "ward.storeSecrets" -}}
{{- with .Values.secrets.scylla }}
{{- if .name }}
{{- include "ward.fromSecret" (list "WARD__STORE__SCYLLA__USERNAME" .name .usernameKey) }}
{{- include "ward.fromSecret" (list "WARD__STORE__SCYLLA__PASSWORD" .name .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The secrets of the server alone. */}}
{{- define "ward.serverSecrets" -}}
{{- with .Values.secrets.firstAdmin }}
{{- if .name }}
{{- include "ward.fromSecret" (list "WARD_ADMIN_EMAIL" .name .emailKey) }}
{{- include "ward.fromSecret" (list "WARD_ADMIN_PASSWORD" .name .passwordKey) }}
{{- end }}
{{- end }}
{{- with .Values.secrets.meilisearch }}
{{- if .name }}
{{- include "ward.fromSecret" (list "WARD__SEARCH__MEILISEARCH__KEY" .name .keyKey) }}
{{- end }}
{{- end }}
{{- with .Values.secrets.s3 }}
{{- if .name }}
{{- include "ward.fromSecret" (list "WARD__OBJECTS__S3__ACCESS_KEY" .name .accessKeyKey) }}
{{- include "ward.fromSecret" (list "WARD__OBJECTS__S3__SECRET_KEY" .name .secretKeyKey) }}
{{- end }}
{{- end }}
{{- with .Values.secrets.payments }}
{{- if .name }}
{{- include "ward.fromSecret" (list "WARD__PAYMENTS__SECRET" .name .secretKey) }}
{{- if .previousSecretKey }}
{{- include "ward.fromSecret" (list "WARD__PAYMENTS__PREVIOUS_SECRET" .name .previousSecretKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- $provider := dig "sms" "provider" "outbox" .Values.settings }}
{{- with .Values.secrets.sms }}
{{- if and .name (ne $provider "outbox") }}
{{- include "ward.fromSecret" (list (get (dict "kavenegar" "WARD__SMS__KAVENEGAR__KEY" "twilio" "WARD__SMS__TWILIO__TOKEN") $provider) .name .keyKey) }}
{{- end }}
{{- end }}
{{- $scribe := dig "scribe" "engine" "rules" .Values.settings }}
{{- with .Values.secrets.scribe }}
{{- if and .name (ne $scribe "rules") }}
{{- include "ward.fromSecret" (list (printf "WARD__SCRIBE__%s__KEY" (upper $scribe)) .name .keyKey) }}
{{- end }}
{{- end }}
{{- $speech := dig "speech" "engine" "none" .Values.settings }}
{{- with .Values.secrets.speech }}
{{- if and .name (eq $speech "openai") }}
{{- include "ward.fromSecret" (list "WARD__SPEECH__OPENAI__KEY" .name .keyKey) }}
{{- end }}
{{- end }}
{{- $embedder := dig "search" "embedder" "concepts" .Values.settings }}
{{- with .Values.secrets.embedder }}
{{- if and .name (eq $embedder "openai") }}
{{- include "ward.fromSecret" (list "WARD__SEARCH__OPENAI__KEY" .name .keyKey) }}
{{- end }}
{{- end }}
{{- with .Values.secrets.smtp }}
{{- if .name }}
{{- include "ward.fromSecret" (list "WARD__MAIL__SMTP__USER" .name .userKey) }}
{{- include "ward.fromSecret" (list "WARD__MAIL__SMTP__PASSWORD" .name .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}
