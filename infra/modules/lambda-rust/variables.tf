variable "name" {
  description = "Name of the function. Changing it replaces it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,46}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 48 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the function."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the function and of its callers."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of settings, log and dead letters."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of errors, throttles, slowness and dead letters."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that the log is kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }
}

variable "description" {
  description = "What the function is for, shown in the console."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.description) >= 10 && length(var.description) <= 256
    error_message = "description must have 10 to 256 characters."
  }
}

variable "code" {
  description = "Archive with the binary called bootstrap: bucket of the same Region, key, and the version of the object, which is what is deployed; the key alone would deploy whatever lies there. With a signing configuration unsigned code is refused."
  type = object({
    bucket             = string
    key                = string
    object_version     = string
    signing_config_arn = optional(string)
  })
  nullable = false

  validation {
    condition     = length(var.code.bucket) > 2 && endswith(var.code.key, ".zip")
    error_message = "code.bucket must be a bucket and code.key end with .zip."
  }

  validation {
    condition     = length(var.code.object_version) > 0 && var.code.object_version != "null"
    error_message = "code.object_version must be a version: the bucket must be versioned."
  }

  validation {
    condition     = var.code.signing_config_arn == null || can(regex("^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", var.code.signing_config_arn))
    error_message = "code.signing_config_arn must be the ARN of a code signing configuration."
  }
}

variable "limits" {
  description = "Memory (and with it CPU), time-out, reserved concurrency (taken from the account's; a runaway can't eat more), retries of an asynchronous call."
  type = object({
    memory_mib      = optional(number, 256)
    timeout_seconds = optional(number, 30)
    concurrency     = optional(number, 5)
    retries         = optional(number, 2)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.limits.memory_mib >= 128 && var.limits.memory_mib <= 10240
    error_message = "limits.memory_mib must be 128 to 10240."
  }

  validation {
    condition     = var.limits.timeout_seconds >= 1 && var.limits.timeout_seconds <= 900
    error_message = "limits.timeout_seconds must be 1 to 900."
  }

  validation {
    condition     = var.limits.concurrency >= 1 && var.limits.concurrency <= 1000
    error_message = "limits.concurrency must be 1 to 1000: 0 stops the function, and none lets it take everything."
  }

  validation {
    condition     = contains([0, 1, 2], var.limits.retries)
    error_message = "limits.retries must be 0, 1 or 2."
  }
}

variable "environment_variables" {
  description = "Settings of the function. No secrets: give the name of one."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.environment_variables) : can(regex("^[A-Z][A-Z0-9_]*$", key)) && !startswith(key, "AWS_")])
    error_message = "environment_variables are upper case and don't begin with AWS_, which is Lambda's."
  }

  validation {
    condition     = alltrue([for key in keys(var.environment_variables) : !can(regex("(PASSWORD|TOKEN|SECRET_KEY)$", key))])
    error_message = "environment_variables can't carry passwords or tokens: they are readable by whoever may look at the function."
  }
}

variable "policies" {
  description = "What the function may do besides logging, tracing and leaving dead letters: policy documents by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for policy in values(var.policies) : can(jsondecode(policy).Statement)])
    error_message = "policies must be policy documents."
  }

  validation {
    condition     = !contains(keys(var.policies), "base")
    error_message = "policies can't be called base: that one is the module's own."
  }
}

variable "network" {
  description = "Subnet per zone id and groups, for a function that reaches something inside the VPC; null is outside, with AWS's network alone."
  type = object({
    subnet_ids         = map(string)
    security_group_ids = set(string)
  })
  default = null

  validation {
    condition     = var.network == null || try(length(var.network.subnet_ids) >= 2 && alltrue([for zone in keys(var.network.subnet_ids) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))]) && length(var.network.security_group_ids) > 0, false)
    error_message = "network needs two zones by zone id, and a security group."
  }
}

variable "callers" {
  description = "Services that may call it, by a name of your choice: the service, and the one resource of this account it calls for."
  type = map(object({
    principal  = string
    source_arn = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for caller in values(var.callers) : endswith(caller.principal, ".amazonaws.com") && can(regex("^arn:aws[a-z-]*:", caller.source_arn)) && !endswith(caller.source_arn, ":*")])
    error_message = "callers need a service and the ARN of what it calls for, not a pattern over everything."
  }
}
