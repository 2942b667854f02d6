variable "name" {
  description = "Prefix of the alarms."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the alarms, of their metrics, and of the alarms that composites name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "alarm_topic_arn" {
  description = "Topic of single alarms."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "page_topic_arn" {
  description = "Topic that wakes somebody, for composites only; null sends them to alarm_topic_arn."
  type        = string
  default     = null

  validation {
    condition     = var.page_topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.page_topic_arn))
    error_message = "page_topic_arn must be the ARN of an SNS topic."
  }
}

variable "limits" {
  description = "Where shared alarms ring: concurrent functions of the account, whose quota is 1,000 until it is raised."
  type = object({
    lambda_concurrency = optional(number, 800)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.limits.lambda_concurrency > 0
    error_message = "limits.lambda_concurrency must be above 0."
  }
}

variable "shared" {
  description = "What the cell shares and no module watches: NAT gateways per zone id, and rules of EventBridge with their bus (null is the default one)."
  type = object({
    nat_gateway_ids = optional(map(string), {})
    event_rules     = optional(map(object({ name = string, bus = optional(string) })), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for id in values(var.shared.nat_gateway_ids) : can(regex("^nat-[0-9a-f]{8,17}$", id))])
    error_message = "shared.nat_gateway_ids must be ids of NAT gateways."
  }

  validation {
    condition     = alltrue([for zone in keys(var.shared.nat_gateway_ids) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))])
    error_message = "shared.nat_gateway_ids is keyed by zone id."
  }

  validation {
    condition     = alltrue([for rule in values(var.shared.event_rules) : length(rule.name) > 0 && length(rule.name) <= 64])
    error_message = "shared.event_rules need a name of at most 64 characters."
  }
}

variable "metric_alarms" {
  description = "Further alarms, by short name: metrics that services publish. missing = breaching is for metrics that must always be there."
  type = map(object({
    description    = string
    namespace      = string
    metric         = string
    dimensions     = map(string)
    statistic      = optional(string, "Sum")
    comparison     = optional(string, "GreaterThanOrEqualToThreshold")
    threshold      = number
    period_seconds = optional(number, 60)
    periods        = optional(number, 3)
    missing        = optional(string, "notBreaching")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for alarm in values(var.metric_alarms) : length(alarm.description) >= 20])
    error_message = "metric_alarms.description must tell whoever is woken what it means and where to look."
  }

  validation {
    condition     = alltrue([for alarm in values(var.metric_alarms) : can(regex("^(Sum|Average|Minimum|Maximum|SampleCount|p[0-9]{1,2}(\\.[0-9]{1,2})?)$", alarm.statistic))])
    error_message = "metric_alarms.statistic must be Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p99."
  }

  validation {
    condition     = alltrue([for alarm in values(var.metric_alarms) : contains(["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"], alarm.comparison)])
    error_message = "metric_alarms.comparison must be one of CloudWatch's four."
  }

  validation {
    condition     = alltrue([for alarm in values(var.metric_alarms) : contains([10, 30, 60, 300, 900, 3600, 86400], alarm.period_seconds) && alarm.periods >= 1 && alarm.period_seconds * alarm.periods <= 86400])
    error_message = "metric_alarms.period_seconds must be 10, 30, 60, 300, 900, 3600 or 86400, and all periods together a day at most."
  }

  validation {
    condition     = alltrue([for alarm in values(var.metric_alarms) : contains(["breaching", "notBreaching", "ignore", "missing"], alarm.missing)])
    error_message = "metric_alarms.missing must be breaching, notBreaching, ignore or missing."
  }

  validation {
    condition     = length(setintersection(keys(var.metric_alarms), ["notifications-failed", "lambda-concurrency", "dynamodb-account-writes", "log-parsing"])) == 0
    error_message = "metric_alarms can't take the name of a shared alarm."
  }
}

variable "composites" {
  description = "Questions by short name, as alarms' full names: rings when any of the first ring, and any of the second if there are some, and none of the third. suppressed_by keeps it quiet during announced work."
  type = map(object({
    description   = string
    any_of        = set(string)
    and_any_of    = optional(set(string), [])
    unless_any_of = optional(set(string), [])
    suppressed_by = optional(string)
  }))
  nullable = false

  validation {
    condition     = alltrue([for composite in values(var.composites) : length(composite.any_of) > 0])
    error_message = "composites.any_of needs an alarm at least."
  }

  validation {
    condition     = alltrue([for composite in values(var.composites) : length(composite.any_of) + length(composite.and_any_of) + length(composite.unless_any_of) <= 100])
    error_message = "composites may name 100 alarms: CloudWatch takes no more."
  }

  validation {
    condition     = alltrue([for composite in values(var.composites) : length(composite.description) >= 20])
    error_message = "composites.description must tell whoever is woken what it means and what to do."
  }

  validation {
    condition     = length(setintersection(keys(var.composites), keys(var.metric_alarms))) == 0
    error_message = "composites and metric_alarms can't share a name."
  }
}
