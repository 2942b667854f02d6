variable "name" {
  description = "Name of the load balancer. Changing it replaces it, and its address."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 32 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the load balancer."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; prod demands deletion protection."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of errors and slowness."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "network" {
  description = "VPC, and subnet per zone id, in which it answers; public subnets unless internal. Zones can be added; each needs a target."
  type = object({
    vpc_id     = string
    subnet_ids = map(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.network.vpc_id))
    error_message = "network.vpc_id must be the id of a VPC."
  }

  validation {
    condition     = length(var.network.subnet_ids) >= 2 && alltrue([for zone in keys(var.network.subnet_ids) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))])
    error_message = "network.subnet_ids is keyed by zone id and needs two: ELB refuses fewer."
  }
}

variable "internal" {
  description = "Whether it has private addresses only. Changing it replaces the load balancer."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.internal || alltrue([for source in values(var.ingress) : source.cidr_ipv4 == null || !endswith(coalesce(source.cidr_ipv4, "-"), "/0")])
    error_message = "internal is on and ingress holds all addresses: ingress from everywhere makes no sense for an internal load balancer."
  }

  validation {
    condition     = var.internal || length(var.ingress) > 0
    error_message = "internal is off and ingress is empty: a public load balancer that lets nobody in is a mistake."
  }
}

variable "ingress" {
  description = "Who may connect to 443, by a name of your choice, each by one of address range, prefix list and security group. 0.0.0.0/0 makes it public."
  type = map(object({
    cidr_ipv4         = optional(string)
    prefix_list_id    = optional(string)
    security_group_id = optional(string)
  }))
  nullable = false

  validation {
    condition     = alltrue([for source in values(var.ingress) : length([for value in values(source) : value if value != null]) == 1])
    error_message = "ingress entries take exactly one of cidr_ipv4, prefix_list_id and security_group_id."
  }
}

variable "certificate_arn" {
  description = "Certificate of the listener, of the same Region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn)) && strcontains(var.certificate_arn, ":${var.region}:")
    error_message = "certificate_arn must be a certificate of ACM in the same Region."
  }
}

variable "ssl_policy" {
  description = "TLS versions and ciphers; the default is TLS 1.3, and 1.2 with forward secrecy."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  nullable    = false

  validation {
    condition     = can(regex("^ELBSecurityPolicy-TLS13-1-[23]-", var.ssl_policy))
    error_message = "ssl_policy must be one of the TLS13-1-2 or TLS13-1-3 policies: older ones allow TLS 1.0."
  }
}

variable "log_bucket" {
  description = "Bucket of access and connection logs; its policy must let the Region's log delivery write."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.log_bucket))
    error_message = "log_bucket must be the name of a bucket."
  }
}

variable "idle_timeout_seconds" {
  description = "Seconds that a silent connection lives. The targets must keep theirs longer, or clients see 502."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.idle_timeout_seconds >= 1 && var.idle_timeout_seconds <= 4000
    error_message = "idle_timeout_seconds must be 1 to 4000."
  }
}

variable "limits" {
  description = "Where the alarms ring: three minutes of five at or above."
  type = object({
    elb_5xx_per_minute    = optional(number, 5)
    target_5xx_per_minute = optional(number, 10)
    p99_seconds           = optional(number, 1)
    tls_errors_per_minute = optional(number, 50)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for limit in values(var.limits) : limit > 0])
    error_message = "limits must be above 0."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete it."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.deletion_protection
    error_message = "deletion_protection can't be off in prod."
  }
}
