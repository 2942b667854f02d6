variable "name" {
  description = "Start of every name here, as `<product>-<environment>`; changing it replaces what carries it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 lower-case letters, digits and hyphens, starting with a letter."
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

variable "log_retention_days" {
  description = "Days that the log groups here keep their records; less than a year is refused in prod."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }

  validation {
    condition     = var.environment != "prod" || var.log_retention_days >= 365
    error_message = "prod keeps its logs for at least 365 days."
  }
}

variable "rules" {
  description = "Rules by name. pattern is JSON; null takes the pattern of that name in this module's patterns folder. Each target gets a dead-letter queue; role_arn is needed for Kinesis, Step Functions and other buses, message_group_id for FIFO queues. Every event is also written to the bus's log group."
  type = map(object({
    description = string
    pattern     = optional(string)
    targets = map(object({
      arn              = string
      role_arn         = optional(string)
      message_group_id = optional(string)
    }))
  }))
  default = {}

  validation {
    condition     = alltrue([for rule in keys(var.rules) : can(regex("^[a-z][a-z0-9-]{1,30}$", rule)) && rule != "everything"])
    error_message = "A rule's name is 2 to 31 lower-case letters, digits and hyphens; everything is taken."
  }

  validation {
    condition     = alltrue([for name, rule in var.rules : rule.pattern != null || fileexists("${path.module}/patterns/${name}.json")])
    error_message = "A rule without a pattern must have the name of a file in the patterns folder."
  }

  validation {
    condition     = alltrue([for rule in values(var.rules) : rule.pattern == null || can(keys(jsondecode(rule.pattern))) && length(setintersection(try(keys(jsondecode(rule.pattern)), []), ["source", "detail-type"])) > 0])
    error_message = "A pattern must be a JSON object that names a source or a detail-type: one that doesn't would match everything."
  }

  validation {
    condition     = alltrue([for rule in values(var.rules) : length(rule.targets) > 0 && length(rule.targets) <= 5])
    error_message = "A rule needs 1 to 5 targets: AWS takes no more, and one without is silent."
  }

  validation {
    condition     = alltrue(flatten([for rule in values(var.rules) : [for name, target in rule.targets : startswith(target.arn, "arn:") && can(regex("^[a-z][a-z0-9-]{1,20}$", name))]]))
    error_message = "A target's name is 2 to 21 lower-case letters, digits and hyphens, and its arn is an ARN."
  }

  validation {
    condition     = alltrue(flatten([for rule in values(var.rules) : [for target in rule.targets : !endswith(target.arn, ".fifo") || target.message_group_id != null]]))
    error_message = "A FIFO queue as target needs a message_group_id."
  }
}

variable "archive_days" {
  description = "Days of events that can be replayed; after them only the log group remembers."
  type        = number
  default     = 90

  validation {
    condition     = var.archive_days >= 1 && var.archive_days <= 3653 && floor(var.archive_days) == var.archive_days
    error_message = "archive_days must be a whole number from 1 to 3653."
  }

  validation {
    condition     = var.environment != "prod" || var.archive_days >= 30
    error_message = "prod keeps events for at least 30 days."
  }
}

variable "max_event_age_seconds" {
  description = "Seconds that delivery to a target is tried before the event goes to the target's dead-letter queue."
  type        = number
  default     = 3600

  validation {
    condition     = var.max_event_age_seconds >= 60 && var.max_event_age_seconds <= 86400
    error_message = "max_event_age_seconds must be from 60 to 86400."
  }
}
