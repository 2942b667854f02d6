variable "name" {
  description = "Name of the stream, as `<product>-<environment>-<noun>`; changing it makes a new stream and leaves the records of the old one behind."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,98}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 100 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "Region that everything here is made in; changing it replaces everything."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region's code, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account that owns what is made here; ARNs are computed from it, so that policies can be read in a plan."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "environment" {
  description = "dev, staging or prod; prod forces deletion protection and the longest retention."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "kms_key_arn" {
  description = "Key of the same Region that encrypts what is stored here; whoever may not use it can't read the data."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:${var.region}:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key (not of an alias) in the same Region."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic of the same Region that every alarm here notifies, when it fires and when it recovers."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic in the same Region."
  }
}

variable "shards" {
  description = "Provisioned shards (lanes: one writer each); null makes the stream on-demand, which splits by itself and costs more per record at a steady rate."
  type        = number
  default     = 10

  validation {
    condition     = var.shards == null || try(var.shards >= 1 && var.shards <= 500 && floor(var.shards) == var.shards, false)
    error_message = "shards must be a whole number from 1 to 500, or null for on-demand."
  }

  validation {
    condition     = var.shards == null || coalesce(var.shards, 1) >= ceil(max(var.expected.records_per_second / 1000, var.expected.bytes_per_second / 1000000))
    error_message = "A shard takes 1,000 records and 1 MB a second: the expected rates need more shards than this."
  }
}

variable "expected" {
  description = "Rates at the busiest second; they set the least number of shards, and at 80 % of what the shards take the alarms fire."
  type = object({
    records_per_second = optional(number, 10000)
    bytes_per_second   = optional(number, 10000000)
  })
  default = {}

  validation {
    condition     = var.expected.records_per_second > 0 && var.expected.bytes_per_second > 0
    error_message = "The expected rates must be above zero."
  }
}

variable "retention_hours" {
  description = "Hours that a record stays readable; a reader that is down for longer loses orders."
  type        = number
  default     = 168

  validation {
    condition     = var.retention_hours >= 24 && var.retention_hours <= 168 && floor(var.retention_hours) == var.retention_hours
    error_message = "retention_hours must be a whole number from 24 to 168."
  }

  validation {
    condition     = var.environment != "prod" || var.retention_hours >= 72
    error_message = "prod keeps records for at least 72 hours: a fault found on Monday must not have cost Friday's orders."
  }
}

variable "consumers" {
  description = "Names of the enhanced fan-out consumers; each has 2 MB a second of every shard to itself and is paid per shard and hour."
  type        = set(string)
  default     = []

  validation {
    condition     = length(var.consumers) <= 20 && alltrue([for consumer in var.consumers : can(regex("^[a-zA-Z0-9_.-]{1,128}$", consumer))])
    error_message = "A stream takes at most 20 consumers, each named with 1 to 128 letters, digits, dots, hyphens and underscores."
  }
}

variable "max_lag_ms" {
  description = "Milliseconds that a reader may lie behind before the alarm fires; the journal's promise starts only when the order was read."
  type        = number
  default     = 5000

  validation {
    condition     = var.max_lag_ms >= 500 && var.max_lag_ms <= 3600000
    error_message = "max_lag_ms must be from 500 (below it polling alone trips it) to 3600000."
  }
}
