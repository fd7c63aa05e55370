variable "name" {
  type        = string
  default     = "hakbeon"
  description = "What the names of all resources begin with."
}

variable "bucket" {
  type        = string
  default     = null
  description = "The bucket's name; without one it is the name with the account's number and the region."
}

variable "tags" {
  type        = map(string)
  default     = {}
  description = "Tags of all resources that can have some."
}

variable "environment" {
  type        = map(string)
  default     = {}
  description = "Settings of .env.example that have no variable here, such as BATCH_IDLE."
}

variable "uploads_are_jobs" {
  type        = bool
  default     = false
  description = "Whether the bucket tells the jobs queue of each upload, so that nobody need send a job."
}

variable "upload_prefix" {
  type        = string
  default     = "uploads/"
  description = "Where backends put sheets. None of original/, header/, results/, rosters/ and people/; another than uploads/ wants upload_key_pattern, too."

  validation {
    condition     = can(regex("^[A-Za-z0-9_-].*/$", var.upload_prefix))
    error_message = "upload_prefix should end with a slash, such as uploads/."
  }
}

variable "keep_uploads_days" {
  type        = number
  default     = 30
  description = "Uploaded sheets are copied under original/ when they are read."

  validation {
    condition     = var.keep_uploads_days >= 1
    error_message = "keep_uploads_days should be 1 or more."
  }
}

variable "keep_results_days" {
  type        = number
  default     = 365
  description = "Sheets, crops, results and rosters hold names and handwriting."

  validation {
    condition     = var.keep_results_days >= 30
    error_message = "keep_results_days should be 30 or more."
  }
}

variable "exams_may_be_deleted" {
  type        = bool
  default     = false
  description = "Whether workers may remove all that the bucket holds of an exam when a person or a key with that right asks for it."
}

variable "alarm_topic_arn" {
  type        = string
  default     = ""
  description = "A topic of SNS that is told of alarms. Empty, they show in CloudWatch alone."

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:sns:.+)?$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn should be the ARN of a topic of SNS."
  }
}
