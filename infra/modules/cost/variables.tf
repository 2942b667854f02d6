variable "name" {
  description = "Prefix of budgets and monitors."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "account_id" {
  description = "Account whose bill is watched."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of all of it; its policy must let budgets.amazonaws.com and costalerts.amazonaws.com publish."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "allocation_tags" {
  description = "Tags that the bill is split by. Each must be on some resource for a day before AWS knows it."
  type        = set(string)
  default     = ["geography", "business_unit", "service", "data_class"]
  nullable    = false

  validation {
    condition     = length(setsubtract(["geography", "business_unit", "service", "data_class"], var.allocation_tags)) == 0
    error_message = "allocation_tags must hold geography, business_unit, service and data_class."
  }

  validation {
    condition     = alltrue([for tag in var.allocation_tags : can(regex("^[a-z][a-z_]{1,62}$", tag))])
    error_message = "allocation_tags are lower case with underscores."
  }
}

variable "monthly_limit_usd" {
  description = "Limit on the account's month. Nothing stops at it: people hear at 80 % and 100 %, and when the forecast passes it."
  type        = number
  nullable    = false

  validation {
    condition     = var.monthly_limit_usd > 0
    error_message = "monthly_limit_usd must be above 0."
  }
}

variable "service_limits_usd" {
  description = "Limits per value of the tag service; each of these is also watched for anomalies."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for limit in values(var.service_limits_usd) : limit > 0])
    error_message = "service_limits_usd must be above 0."
  }
}

variable "region_limits_usd" {
  description = "Limits per Region; together they are the Regions where anything may be."
  type        = map(number)
  nullable    = false

  validation {
    condition     = length(var.region_limits_usd) > 0 && alltrue([for region, limit in var.region_limits_usd : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region)) && limit > 0])
    error_message = "region_limits_usd needs a Region at least, each with a limit above 0."
  }

  validation {
    condition     = alltrue([for limit in values(var.region_limits_usd) : limit <= var.monthly_limit_usd])
    error_message = "region_limits_usd can't exceed monthly_limit_usd."
  }
}

variable "elsewhere_limit_usd" {
  description = "Cost in all other Regions at which people hear of it; a few dollars are AWS's own trails and replicas."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.elsewhere_limit_usd >= 1 && var.elsewhere_limit_usd <= 100
    error_message = "elsewhere_limit_usd must be 1 to 100."
  }
}

variable "anomaly" {
  description = "Size of an anomaly that people hear of: dollars or percent, whichever comes first."
  type = object({
    impact_usd     = optional(number, 100)
    impact_percent = optional(number, 40)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.anomaly.impact_usd > 0 && var.anomaly.impact_percent > 0
    error_message = "anomaly.impact_usd and impact_percent must be above 0."
  }
}

variable "emails" {
  description = "Addresses that get the budgets' notices besides the topic."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.emails) <= 10 && alltrue([for address in var.emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", address))])
    error_message = "emails may hold ten addresses, which is what a notice takes."
  }
}
