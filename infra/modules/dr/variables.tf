variable "name" {
  description = "Prefix of everything; the function is called name-sync-cluster-sizes, in both Regions' pages alike."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,26}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 28 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of this page."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; prod keeps the audit log for a year at least."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account of both Regions."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of audit log, topic, schedules and function, in this Region; in the standby it also decrypts the sizes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic in this Region that hears of lag, of a silent controller and of missed objectives."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that the audit log is kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }

  validation {
    condition     = var.environment != "prod" || var.log_retention_days >= 365
    error_message = "log_retention_days must be 365 or more in prod: the audit log is evidence of each fail-over."
  }
}

variable "posture" {
  description = "Which side this page is (primary or standby), how warm the standby is kept (which sets the recovery time that is promised: 4 h, 15, 5, 1 minutes), the other Region, and there the key that encrypts the sizes (the primary needs it)."
  type = object({
    role         = string
    mode         = string
    peer_region  = string
    peer_key_arn = optional(string)
  })
  nullable = false

  validation {
    condition     = contains(["primary", "standby"], var.posture.role)
    error_message = "posture.role must be primary or standby."
  }

  validation {
    condition     = contains(["backup", "pilot_light", "warm_standby", "active_active"], var.posture.mode)
    error_message = "posture.mode must be backup, pilot_light, warm_standby or active_active."
  }

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.posture.peer_region)) && var.posture.peer_region != var.region
    error_message = "posture.peer_region must be another Region."
  }

  validation {
    condition     = var.posture.peer_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:${var.posture.peer_region}:[0-9]{12}:key/[A-Za-z0-9-]+$", var.posture.peer_key_arn))
    error_message = "posture.peer_key_arn must be a key in peer_region."
  }
}

variable "desired_sizes" {
  description = "What the primary runs, by a short name: node groups and services with their sizes, written into the standby's Region. What isn't here isn't scaled in a fail-over."
  type = map(object({
    kind    = string
    name    = string
    min     = number
    desired = number
    max     = number
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.desired_sizes) == 0 || (var.posture.role == "primary" && var.posture.peer_key_arn != null)
    error_message = "desired_sizes come from the primary's page, which needs posture.peer_key_arn for them."
  }

  validation {
    condition     = alltrue([for key, size in var.desired_sizes : contains(["node_group", "ecs_service"], size.kind) && can(regex("^[a-z][a-z0-9-]*$", key))])
    error_message = "desired_sizes.kind must be node_group or ecs_service, and keys short names."
  }

  validation {
    condition     = alltrue([for size in values(var.desired_sizes) : 0 <= size.min && size.min <= size.desired && size.desired <= size.max])
    error_message = "desired_sizes need 0 <= min <= desired <= max."
  }
}
