variable "name" {
  description = "Prefix of the log group, policies and rules."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,26}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 28 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the machines. An account has one set of session settings per Region, so one call of this module."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account of the machines."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of sessions and their log; operators and machines need it, and the policies made here give it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of each session; its policy must let EventBridge publish."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that what was typed and shown is kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }

  validation {
    condition     = var.log_retention_days >= 90
    error_message = "log_retention_days must be 90 or more: sessions are evidence."
  }
}

variable "sessions" {
  description = "When sessions end, which user they run as (it must exist on the machine), and the tag of the machines that operators may open."
  type = object({
    idle_minutes = optional(number, 15)
    max_minutes  = optional(number, 60)
    user         = optional(string, "ssm-user")
    tag_key      = optional(string, "service")
    tag_values   = set(string)
  })
  nullable = false

  validation {
    condition     = var.sessions.idle_minutes >= 1 && var.sessions.idle_minutes <= 60
    error_message = "sessions.idle_minutes must be 1 to 60."
  }

  validation {
    condition     = var.sessions.max_minutes >= var.sessions.idle_minutes && var.sessions.max_minutes <= 1440
    error_message = "sessions.max_minutes must be at least idle_minutes, and a day at most."
  }

  validation {
    condition     = var.sessions.user != "root" && can(regex("^[a-z_][a-z0-9_-]{0,31}$", var.sessions.user))
    error_message = "sessions.user must be a user's name other than root."
  }

  validation {
    condition     = length(var.sessions.tag_values) > 0 && alltrue([for value in var.sessions.tag_values : !can(regex("[*?]", value))])
    error_message = "sessions.tag_values needs values, without wildcards."
  }
}

variable "agents" {
  description = "Tag of the machines that get GuardDuty's agent, a current SSM agent and inventory. EKS nodes don't carry it."
  type = object({
    tag_key    = optional(string, "agents")
    tag_values = optional(set(string), ["managed"])
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(var.agents.tag_key) > 0 && length(var.agents.tag_values) > 0
    error_message = "agents needs a tag and a value."
  }
}

variable "instance_connect" {
  description = "Subnet and groups of an EC2 Instance Connect endpoint, for tools that need SSH; null makes none."
  type = object({
    subnet_id          = string
    security_group_ids = set(string)
  })
  default = null

  validation {
    condition     = var.instance_connect == null || try(can(regex("^subnet-[0-9a-f]{8,17}$", var.instance_connect.subnet_id)) && length(var.instance_connect.security_group_ids) > 0, false)
    error_message = "instance_connect needs a subnet's id and a security group."
  }
}
