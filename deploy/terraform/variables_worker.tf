variable "image" {
  type        = string
  default     = ""
  description = "The worker's image, with its version. Empty where workers run elsewhere; then there are queues, bucket, policies and alarms alone."

  validation {
    condition     = var.image == "" || (var.vpc_id != "" && length(var.subnet_ids) > 0 && var.secret_arn != "")
    error_message = "A worker (image) wants vpc_id, subnet_ids and secret_arn."
  }
}

variable "vpc_id" {
  type    = string
  default = ""
}

variable "subnet_ids" {
  type        = list(string)
  default     = []
  description = "Private subnets with a way out (NAT, or endpoints of S3, SQS, ECR, logs and Secrets Manager)."
}

variable "secret_arn" {
  type        = string
  default     = ""
  description = "A secret of Secrets Manager with the JSON keys WEBHOOK_SECRET and API_KEY, or the ARN of a path of SSM parameters under which they lie, such as arn:aws:ssm:REGION:ACCOUNT:parameter/hakbeon. Other variables say which keys they want there, too."

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:(secretsmanager:.+|ssm:[a-z0-9-]+:[0-9]{12}:parameter/.*[^/]))?$", var.secret_arn))
    error_message = "secret_arn should be the ARN of a secret, or of a path of SSM parameters."
  }
}

variable "secret_kms_key_arn" {
  type        = string
  default     = ""
  description = "The KMS key of yours that the secret is encrypted with, if it is one."

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:.+)?$", var.secret_kms_key_arn))
    error_message = "secret_kms_key_arn should be the ARN of a KMS key."
  }
}

variable "min_workers" {
  type    = number
  default = 1

  validation {
    condition     = var.min_workers >= 1
    error_message = "min_workers should be 1 or more."
  }
}

variable "max_workers" {
  type    = number
  default = 10

  validation {
    condition     = var.max_workers >= 1
    error_message = "max_workers should be 1 or more."
  }
}

variable "sheets_per_worker" {
  type        = number
  default     = 10000
  description = "The backlog that one worker of one core is left with; about ten minutes' work."

  validation {
    condition     = var.sheets_per_worker >= 100
    error_message = "sheets_per_worker should be 100 or more."
  }
}

variable "certificate_arn" {
  type        = string
  default     = ""
  description = "ACM's certificate for HTTPS. Empty for no load balancer; then nobody comes in by HTTP."

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:acm:.+)?$", var.certificate_arn))
    error_message = "certificate_arn should be the ARN of a certificate of ACM."
  }

  validation {
    condition     = var.certificate_arn == "" || (var.image != "" && length(var.public_subnet_ids) > 1)
    error_message = "A load balancer (certificate_arn) wants a worker (image) and two public_subnet_ids."
  }
}

variable "public_subnet_ids" {
  type        = list(string)
  default     = []
  description = "Subnets of the load balancer, two or more in different zones; public ones if it is internet-facing."
}

variable "scheme" {
  type    = string
  default = "internal"

  validation {
    condition     = contains(["internal", "internet-facing"], var.scheme)
    error_message = "scheme should be one of: internal, internet-facing."
  }
}

variable "client_cidr" {
  type        = string
  default     = "10.0.0.0/8"
  description = "Who may reach the load balancer; 0.0.0.0/0 for all."

  validation {
    condition     = can(regex("^[0-9.]+/[0-9]+$", var.client_cidr))
    error_message = "client_cidr should be like 10.0.0.0/8."
  }
}

variable "public_url" {
  type        = string
  default     = ""
  description = "The address that browsers use, such as https://grading.example.com. OpenID Connect comes back there."

  validation {
    condition     = can(regex("^(https://[^/]+)?$", var.public_url))
    error_message = "public_url should be like https://grading.example.com, without a path."
  }
}

variable "cors_allowed_origins" {
  type        = string
  default     = ""
  description = "Web origins that browsers may call the API from."
}

variable "webhook_url" {
  type        = string
  default     = ""
  description = "Receives the events of jobs that name no callback_url."
}

variable "webhook_allowed_hosts" {
  type    = string
  default = ""
}

variable "result_queue_arn" {
  type        = string
  default     = ""
  description = "A queue of the backend's that takes every event, beside webhooks or in place of them; its own policy must let the role in if it is another account's."

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+)?$", var.result_queue_arn))
    error_message = "result_queue_arn should be the ARN of an SQS queue."
  }
}

variable "upload_key_pattern" {
  type        = string
  default     = ""
  description = "How a key under upload_prefix names exam and batch; empty for uploads/{exam_code}/{batch_id}/{file}, uploads/{exam_code}/{file}."
}

variable "download_allowed_hosts" {
  type        = string
  default     = ""
  description = "Hosts that a job's download_url may name, separated by commas; empty for none."
}

variable "webhook_signing" {
  type        = bool
  default     = false
  description = "Whether events are signed by a key pair, too, for receivers who should not share a secret. Wants the key WEBHOOK_SIGNING_KEY."
}

variable "people" {
  type        = bool
  default     = false
  description = "Whether graders come in as themselves, by invitations or OpenID Connect. Wants the key SESSION_SECRET."
}

variable "api_key_login" {
  type        = string
  default     = ""
  description = "Whether an API key opens the page; empty for as long as people is false."

  validation {
    condition     = contains(["", "on", "off"], var.api_key_login)
    error_message = "api_key_login should be one of: nothing, on, off."
  }
}

variable "oidc_issuer" {
  type        = string
  default     = ""
  description = "A provider of OpenID Connect. Wants people, oidc_client_id, public_url, and the key OIDC_CLIENT_SECRET unless the client is public."

  validation {
    condition     = can(regex("^(https://.+)?$", var.oidc_issuer))
    error_message = "oidc_issuer should be an https address."
  }

  validation {
    condition     = var.oidc_issuer == "" || (var.people && var.oidc_client_id != "" && var.public_url != "")
    error_message = "oidc_issuer wants people, oidc_client_id and public_url."
  }
}

variable "oidc_client_id" {
  type    = string
  default = ""
}

variable "oidc_client_is_public" {
  type    = bool
  default = false
}

variable "oidc_managers" {
  type        = string
  default     = ""
  description = "Subjects or verified mail addresses of managers, separated by commas."
}

variable "oidc_exams_claim" {
  type    = string
  default = "hakbeon_exams"
}

variable "openai_model" {
  type        = string
  default     = ""
  description = "A vision language model as a second reader. Wants the key OPENAI_API_KEY; see docs/second-reader.md."
}

variable "openai_base_url" {
  type    = string
  default = ""
}

variable "openai_batch_budget" {
  type    = number
  default = 50

  validation {
    condition     = var.openai_batch_budget >= 1
    error_message = "openai_batch_budget should be 1 or more."
  }
}

variable "openai_per_minute" {
  type    = number
  default = 60

  validation {
    condition     = var.openai_per_minute >= 1
    error_message = "openai_per_minute should be 1 or more."
  }
}

variable "sts_api_endpoint" {
  type        = string
  default     = ""
  description = "An endpoint whose credentials serve S3 in place of the task's role; see docs/credentials.md."

  validation {
    condition     = can(regex("^(https://.+)?$", var.sts_api_endpoint))
    error_message = "sts_api_endpoint should be an https address."
  }
}

variable "sts_api_method" {
  type    = string
  default = "POST"

  validation {
    condition     = contains(["GET", "POST"], var.sts_api_method)
    error_message = "sts_api_method should be one of: GET, POST."
  }
}

variable "sts_api_secret" {
  type        = string
  default     = ""
  description = "Which of them the endpoint wants; then it is a key of the secret, too."

  validation {
    condition     = contains(["", "STS_API_TOKEN", "STS_API_KEY"], var.sts_api_secret)
    error_message = "sts_api_secret should be one of: nothing, STS_API_TOKEN, STS_API_KEY."
  }
}

variable "sts_api_exam_code" {
  type    = bool
  default = false
}
