variable "name" {
  description = "Name of the firewall, its lists and its log."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of what it stands before."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the log; no other account's delivery may write to it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of the log."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of many blocked requests."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that blocked and counted requests are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }
}

variable "associations" {
  description = "ARNs of load balancers or API stages that it stands before, by a name of your choice. Without it requests pass unchecked."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.associations) : can(regex("^arn:aws[a-z-]*:(elasticloadbalancing|apigateway):", arn))])
    error_message = "associations must be ARNs of load balancers or API stages."
  }
}

variable "rate" {
  description = "Requests per address and window; the next gets 429. A client behind a shared address counts for all of them."
  type = object({
    requests       = optional(number, 2000)
    window_seconds = optional(number, 300)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.rate.requests >= 10 && var.rate.requests <= 2000000000
    error_message = "rate.requests must be 10 or more."
  }

  validation {
    condition     = contains([60, 120, 300, 600], var.rate.window_seconds)
    error_message = "rate.window_seconds must be 60, 120, 300 or 600."
  }
}

variable "lists" {
  description = "Address ranges that pass unchecked or never, and countries that never pass. An allowed range skips every other rule, the rate included."
  type = object({
    allowed_cidrs     = optional(set(string), [])
    blocked_cidrs     = optional(set(string), [])
    blocked_countries = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for cidr in setunion(var.lists.allowed_cidrs, var.lists.blocked_cidrs) : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "lists take IPv4 ranges, and not all addresses."
  }

  validation {
    condition     = length(setintersection(var.lists.allowed_cidrs, var.lists.blocked_cidrs)) == 0
    error_message = "lists can't allow and block the same range."
  }

  validation {
    condition     = alltrue([for country in var.lists.blocked_countries : can(regex("^[A-Z]{2}$", country))])
    error_message = "lists.blocked_countries take two-letter codes."
  }
}

variable "managed_groups" {
  description = "AWS's rule groups by name, their order, and whether the group or single rules of it only count. Counting is for the first days of a new rule: nothing is stopped."
  type = map(object({
    priority    = number
    count_only  = optional(bool, false)
    count_rules = optional(set(string), [])
  }))
  default = {
    AWSManagedRulesAmazonIpReputationList = { priority = 10 }
    AWSManagedRulesCommonRuleSet          = { priority = 20 }
    AWSManagedRulesKnownBadInputsRuleSet  = { priority = 30 }
    AWSManagedRulesSQLiRuleSet            = { priority = 40 }
  }
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.managed_groups) : can(regex("^AWSManagedRules[A-Za-z0-9]+$", key))])
    error_message = "managed_groups are keyed by names that begin with AWSManagedRules."
  }

  validation {
    condition     = length(distinct([for group in values(var.managed_groups) : group.priority])) == length(var.managed_groups) && alltrue([for group in values(var.managed_groups) : group.priority >= 10])
    error_message = "managed_groups need priorities of 10 or more, each used once."
  }

  validation {
    condition     = length(setsubtract(["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"], keys(var.managed_groups))) == 0
    error_message = "managed_groups must hold AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet: count them rather than leaving them out."
  }
}

variable "redacted_headers" {
  description = "Headers whose values are left out of the log."
  type        = set(string)
  default     = ["authorization", "cookie"]
  nullable    = false

  validation {
    condition     = contains(var.redacted_headers, "authorization") && alltrue([for header in var.redacted_headers : header == lower(header)])
    error_message = "redacted_headers are lower-case and include authorization: tokens don't belong into a log."
  }
}

variable "blocked_alarm_requests" {
  description = "Blocked requests in five minutes at which the alarm rings."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.blocked_alarm_requests >= 1
    error_message = "blocked_alarm_requests must be 1 or more."
  }
}
