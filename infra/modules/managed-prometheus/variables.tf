variable "name" {
  description = "Alias of the workspace and prefix of its policies."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,26}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 28 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the workspace."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "kms_key_arn" {
  description = "Key of samples and log. Changing it replaces the workspace, and its samples are gone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic of the alerts; its policy must let aps.amazonaws.com publish."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that failed rules and undelivered alerts are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }
}

variable "limits" {
  description = "Days of samples, most series per service label, and where the alarms on series and samples ring."
  type = object({
    retention_days           = optional(number, 150)
    series_per_service       = optional(map(number), {})
    active_series_alarm      = optional(number, 1500000)
    samples_per_second_alarm = optional(number, 100000)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.limits.retention_days >= 1 && var.limits.retention_days <= 1095
    error_message = "limits.retention_days must be 1 to 1095."
  }

  validation {
    condition     = alltrue([for series in values(var.limits.series_per_service) : series >= 1])
    error_message = "limits.series_per_service must be 1 or more: 0 drops everything of the service."
  }

  validation {
    condition     = var.limits.active_series_alarm > 0 && var.limits.samples_per_second_alarm > 0
    error_message = "limits.active_series_alarm and samples_per_second_alarm must be above 0."
  }
}

variable "rules" {
  description = "Rule files as YAML, by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for text in values(var.rules) : can(yamldecode(text).groups[0].name)])
    error_message = "rules must be YAML with groups that have names."
  }
}

variable "scraper" {
  description = "Managed collector for a cluster: its scrape configuration as YAML, subnet per zone id, groups; null where an agent writes. Another cluster or group replaces the collector; zones are read once."
  type = object({
    cluster_arn        = string
    configuration      = string
    subnet_ids         = map(string)
    security_group_ids = set(string)
  })
  default = null

  validation {
    condition     = var.scraper == null || can(yamldecode(var.scraper.configuration).scrape_configs[0].job_name)
    error_message = "scraper.configuration must be YAML with scrape_configs."
  }

  validation {
    condition     = var.scraper == null || try(length(var.scraper.subnet_ids) >= 2 && alltrue([for zone in keys(var.scraper.subnet_ids) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))]), false)
    error_message = "scraper.subnet_ids is keyed by zone id and needs two."
  }
}
