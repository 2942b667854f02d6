variable "name" {
  description = "Start of every name here, as `<product>-<environment>`; changing it replaces what carries it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 22 lower-case letters, digits and hyphens, starting with a letter."
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

variable "log_groups" {
  description = "Log groups of the services by name, each with its days of retention (null: log_retention_days). They are made here so that none comes into being by itself, without a key and for ever."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.log_groups) : can(regex("^/[A-Za-z0-9/_.-]{2,500}$", name))])
    error_message = "A log group's name starts with a slash."
  }

  validation {
    condition     = alltrue([for days in values(var.log_groups) : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], coalesce(days, 365))])
    error_message = "A log group's retention must be one of the periods that CloudWatch Logs takes, or null."
  }

  validation {
    condition     = var.environment != "prod" || alltrue([for days in values(var.log_groups) : coalesce(days, 365) >= 365])
    error_message = "prod keeps its logs for at least 365 days."
  }
}

variable "archive" {
  description = "Days that an archived log is locked in prod (a day elsewhere), and after which it moves to cheaper storage and ends."
  type = object({
    lock_days       = optional(number, 365)
    infrequent_days = optional(number, 90)
    glacier_days    = optional(number, 180)
    expire_days     = optional(number, 2555)
  })
  default = {}

  validation {
    condition     = var.archive.lock_days >= 90 && var.archive.lock_days < var.archive.expire_days
    error_message = "lock_days must be at least 90 and less than expire_days: nothing may end while it is locked."
  }

  validation {
    condition     = var.archive.infrequent_days >= 30 && var.archive.glacier_days >= var.archive.infrequent_days + 30 && var.archive.expire_days >= var.archive.glacier_days + 90
    error_message = "Objects move to infrequent access after at least 30 days, to Glacier at least 30 days later, and end at least 90 days after that: each class has such a minimum."
  }
}
