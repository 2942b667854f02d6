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

variable "vpc_id" {
  description = "VPC of the groups; another one replaces them all."
  type        = string

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "vpc_id must be a VPC's id."
  }
}

variable "groups" {
  description = "Groups by name. Each rule takes a pattern of patterns.tf and one peer: a range (cidr), another group here (group), a group made elsewhere (security_group_id) or a prefix list. Consumers of a group add rules to it elsewhere; its owner doesn't list them."
  type = map(object({
    description = string
    ingress = optional(map(object({
      pattern           = string
      cidr              = optional(string)
      group             = optional(string)
      security_group_id = optional(string)
      prefix_list_id    = optional(string)
    })), {})
    egress = optional(map(object({
      pattern           = string
      cidr              = optional(string)
      group             = optional(string)
      security_group_id = optional(string)
      prefix_list_id    = optional(string)
    })), {})
  }))
  default = {}

  validation {
    condition     = alltrue([for name, group in var.groups : can(regex("^[a-z][a-z0-9-]{1,30}$", name)) && length(group.description) >= 10])
    error_message = "A group's name is 2 to 31 lower-case letters, digits and hyphens, and its description has at least 10 characters."
  }

  validation {
    condition     = alltrue(flatten([for group in values(var.groups) : [for rule in concat(values(group.ingress), values(group.egress)) : contains(keys(local.patterns), rule.pattern)]]))
    error_message = "pattern must be one of patterns.tf."
  }

  validation {
    condition     = alltrue(flatten([for group in values(var.groups) : [for rule in concat(values(group.ingress), values(group.egress)) : length([for peer in [rule.cidr == null, rule.group == null, rule.security_group_id == null, rule.prefix_list_id == null] : peer if !peer]) == 1]]))
    error_message = "Each rule needs exactly one of cidr, group, security_group_id and prefix_list_id."
  }

  validation {
    condition     = alltrue(flatten([for group in values(var.groups) : [for rule in concat(values(group.ingress), values(group.egress)) : rule.group == null || contains(keys(var.groups), coalesce(rule.group, "none"))]]))
    error_message = "group must be a group of this call."
  }

  validation {
    condition     = alltrue(flatten([for group in values(var.groups) : [for rule in concat(values(group.ingress), values(group.egress)) : rule.cidr == null || can(cidrhost(rule.cidr, 0))]]))
    error_message = "cidr must be an IPv4 or IPv6 range."
  }

  validation {
    condition     = length(setsubtract(var.public, keys(var.groups))) == 0
    error_message = "public must name groups."
  }

  validation {
    condition     = alltrue(flatten([for name, group in var.groups : [for rule in values(group.ingress) : !endswith(coalesce(rule.cidr, "none"), "/0") || (contains(var.public, name) && rule.pattern == "https")]]))
    error_message = "Only a group named in public may be open to the internet, and for https only."
  }

  validation {
    condition     = var.environment != "prod" || alltrue(flatten([for group in values(var.groups) : [for rule in values(group.egress) : !endswith(coalesce(rule.cidr, "none"), "/0")]]))
    error_message = "No group in prod may reach the whole internet: name a range, a group or a prefix list."
  }
}

variable "public" {
  description = "Groups that may be open to the internet on 443: the load balancer's, and no other."
  type        = set(string)
  default     = []

  validation {
    condition     = var.environment != "prod" || length(var.public) <= 1
    error_message = "prod has one public group, the load balancer's."
  }
}

variable "deploy_role_arns" {
  description = "Roles whose changes of groups are expected; everybody else's fire an alarm."
  type        = set(string)

  validation {
    condition     = length(var.deploy_role_arns) > 0 && alltrue([for arn in var.deploy_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "deploy_role_arns takes role ARNs, at least one, without wildcards."
  }
}

variable "max_changes" {
  description = "Changes of security groups in five minutes above which the alarm fires, whoever makes them: an apply changes a few, a mistake or an intruder many."
  type        = number
  default     = 30

  validation {
    condition     = var.max_changes >= 1 && var.max_changes <= 1000
    error_message = "max_changes must be from 1 to 1000."
  }
}
