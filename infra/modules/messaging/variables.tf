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
  description = "dev, staging or prod; in prod every topic must have somebody who listens."
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

variable "venues" {
  description = "Venues by market identifier code; each gets a FIFO queue and its dead-letter queue. max_age_seconds is how old a routed order may grow unread before the alarm; receivers are the role ARNs that may read, also of other accounts; visibility_seconds must exceed what a receiver needs for one order, or the venue hears it twice."
  type = map(object({
    max_age_seconds    = optional(number, 60)
    visibility_seconds = optional(number, 30)
    retention_days     = optional(number, 4)
    max_receives       = optional(number, 5)
    receivers          = optional(set(string), [])
  }))

  validation {
    condition     = alltrue([for mic in keys(var.venues) : can(regex("^[A-Z0-9]{4}$", mic))])
    error_message = "A venue's key is its ISO 10383 code: four capitals or digits."
  }

  validation {
    condition     = alltrue([for venue in values(var.venues) : venue.retention_days >= 1 && venue.retention_days <= 13])
    error_message = "retention_days must be from 1 to 13: the dead-letter queue keeps 14 days from the first sending, and must outlive the queue."
  }

  validation {
    condition     = alltrue([for venue in values(var.venues) : venue.max_receives >= 2 && venue.max_receives <= 1000])
    error_message = "max_receives must be from 2 to 1000: at 1 a receiver's restart would bury an order."
  }

  validation {
    condition     = alltrue([for venue in values(var.venues) : venue.visibility_seconds >= 5 && venue.visibility_seconds <= 43200])
    error_message = "visibility_seconds must be from 5 to 43200."
  }

  validation {
    condition     = alltrue([for venue in values(var.venues) : venue.max_age_seconds >= 60 && venue.max_age_seconds <= 86400])
    error_message = "max_age_seconds must be from 60 (the metric is written once a minute) to 86400."
  }

  validation {
    condition     = alltrue(flatten([for venue in values(var.venues) : [for arn in venue.receivers : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))]]))
    error_message = "receivers takes role ARNs only, without wildcards."
  }
}

variable "queues" {
  description = "Other queues by name, such as orders-dlq, where what can't be decoded ends. fifo keeps order by message group; dead_letters false is for queues that hold dead letters themselves; max_messages is the depth above which the alarm fires."
  type = map(object({
    fifo               = optional(bool, false)
    dead_letters       = optional(bool, true)
    max_messages       = optional(number, 0)
    visibility_seconds = optional(number, 30)
    retention_days     = optional(number, 13)
    max_receives       = optional(number, 5)
  }))
  default = { orders-dlq = { dead_letters = false, retention_days = 14 } }

  validation {
    condition     = alltrue([for queue in keys(var.queues) : can(regex("^[a-z][a-z0-9-]{1,38}$", queue)) && !startswith(queue, "venue-")])
    error_message = "A queue's name is 2 to 39 lower-case letters, digits and hyphens, and doesn't start with venue-."
  }

  validation {
    condition     = alltrue([for queue in values(var.queues) : queue.retention_days >= 1 && queue.retention_days <= (queue.dead_letters ? 13 : 14)])
    error_message = "retention_days must be from 1 to 13, or 14 without a dead-letter queue, which would have to outlive it."
  }

  validation {
    condition     = alltrue([for queue in values(var.queues) : queue.max_receives >= 2 && queue.max_receives <= 1000 && queue.visibility_seconds >= 0 && queue.visibility_seconds <= 43200 && queue.max_messages >= 0])
    error_message = "max_receives must be from 2 to 1000, visibility_seconds from 0 to 43200 and max_messages at least 0."
  }
}

variable "topics" {
  description = "SNS topics by name. services may publish for this account; subscriptions are email, https, lambda or sqs endpoints, each with a dead-letter queue, so that a notice which can't be delivered isn't lost."
  type = map(object({
    display_name = optional(string, "")
    services     = optional(set(string), [])
    subscriptions = optional(map(object({
      protocol      = string
      endpoint      = string
      filter_policy = optional(string)
    })), {})
  }))
  default = { alarms = { services = ["cloudwatch", "events", "backup"] } }

  validation {
    condition     = alltrue([for topic in keys(var.topics) : can(regex("^[a-z][a-z0-9-]{1,38}$", topic))])
    error_message = "A topic's name is 2 to 39 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue(flatten([for topic in values(var.topics) : [for service in topic.services : contains(["aps", "backup", "budgets", "cloudwatch", "costalerts", "events", "rds", "s3"], service)]]))
    error_message = "services takes aps, backup, budgets, cloudwatch, costalerts, events, rds and s3."
  }

  validation {
    condition     = alltrue(flatten([for topic in values(var.topics) : [for subscription in topic.subscriptions : contains(["email", "https", "lambda", "sqs"], subscription.protocol)]]))
    error_message = "protocol must be email, https, lambda or sqs: http and plain text messages leave without TLS."
  }

  validation {
    condition     = alltrue(flatten([for topic in values(var.topics) : [for subscription in topic.subscriptions : subscription.protocol != "https" || startswith(subscription.endpoint, "https://")]]))
    error_message = "An https endpoint must start with https://."
  }

  validation {
    condition     = alltrue(flatten([for topic in values(var.topics) : [for subscription in topic.subscriptions : subscription.filter_policy == null || can(jsondecode(subscription.filter_policy))]]))
    error_message = "filter_policy must be JSON."
  }

  validation {
    condition     = var.environment != "prod" || alltrue([for topic in values(var.topics) : length(topic.subscriptions) > 0])
    error_message = "Each topic in prod needs a subscription: an alarm that nobody hears is none."
  }
}
