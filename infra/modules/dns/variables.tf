variable "name" {
  description = "Prefix of health checks, alarms and the signing key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "account_id" {
  description = "Account of the zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "alarm_topic_arn" {
  description = "Topic in us-east-1 that hears of failed health checks: their metric exists there only."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }

  validation {
    condition     = strcontains(var.alarm_topic_arn, ":us-east-1:")
    error_message = "alarm_topic_arn must be a topic in us-east-1."
  }
}

variable "zone" {
  description = "Zone to make: its domain, VPC ids with their Regions (which make it private), the signing key (ECC_NIST_P256 in us-east-1), and the log of queries with its key in us-east-1. null uses zone_id. After DNSSEC is on, the parent needs the DS record; it comes off there first."
  type = object({
    domain = string
    vpcs   = optional(map(string), {})
    dnssec = optional(object({ key_arn = string }))
    query_log = optional(object({
      kms_key_arn    = string
      retention_days = optional(number, 90)
    }))
  })
  default = null

  validation {
    condition     = var.zone == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.zone.domain))
    error_message = "zone.domain must be a lower-case domain name."
  }

  validation {
    condition     = try(length(var.zone.vpcs), 0) == 0 || (try(var.zone.dnssec, null) == null && try(var.zone.query_log, null) == null)
    error_message = "zone.vpcs make a private zone, which has neither DNSSEC nor this query log."
  }

  validation {
    condition     = alltrue([for arn in [try(var.zone.dnssec.key_arn, null), try(var.zone.query_log.kms_key_arn, null)] : arn == null || can(regex("^arn:aws[a-z-]*:kms:us-east-1:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "zone.dnssec.key_arn and query_log.kms_key_arn must be keys in us-east-1: Route 53 takes no others."
  }
}

variable "zone_id" {
  description = "Zone that exists already, made by another page; null with zone."
  type        = string
  default     = null

  validation {
    condition     = (var.zone_id == null) != (var.zone == null)
    error_message = "zone_id or zone must be given, and not both."
  }

  validation {
    condition     = var.zone_id == null || can(regex("^Z[A-Z0-9]{5,31}$", var.zone_id))
    error_message = "zone_id must be the id of a hosted zone."
  }
}

variable "aliases" {
  description = "Alias records by full name: address and hosted zone of the load balancer. A target without healthy members stops being an answer."
  type = map(object({
    dns_name = string
    zone_id  = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.aliases) : can(regex("^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", name))])
    error_message = "aliases are keyed by the record's full lower-case name."
  }
}

variable "failovers" {
  description = "Halves of failover records by an identifier of your choice: record name, PRIMARY or SECONDARY, target, and the key of the health check that it follows. Clients follow after the check has failed and the answer's 60 seconds are over."
  type = map(object({
    name         = string
    role         = string
    dns_name     = string
    zone_id      = string
    health_check = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for half in values(var.failovers) : contains(["PRIMARY", "SECONDARY"], half.role)])
    error_message = "failovers.role must be PRIMARY or SECONDARY."
  }

  validation {
    condition     = alltrue([for half in values(var.failovers) : half.role == "SECONDARY" || half.health_check != null])
    error_message = "failovers of role PRIMARY need a health_check, or they never give way."
  }

  validation {
    condition     = alltrue([for half in values(var.failovers) : half.health_check == null || contains(keys(var.health_checks), coalesce(half.health_check, "-"))])
    error_message = "failovers.health_check must be a key of health_checks."
  }

  validation {
    condition     = length(distinct([for half in values(var.failovers) : "${half.name}/${half.role}"])) == length(var.failovers)
    error_message = "failovers name the same half twice."
  }
}

variable "health_checks" {
  description = "Health checks by name: what is asked over TLS, the text that a good answer contains, seconds between questions, failures until it counts as down, and Regions that ask."
  type = map(object({
    fqdn             = string
    port             = optional(number, 443)
    path             = optional(string, "/health/ready")
    search_string    = optional(string)
    interval_seconds = optional(number, 10)
    failures         = optional(number, 3)
    regions          = optional(set(string), ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-1"])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for check in values(var.health_checks) : contains([10, 30], check.interval_seconds)])
    error_message = "health_checks.interval_seconds must be 10 or 30."
  }

  validation {
    condition     = alltrue([for check in values(var.health_checks) : check.failures >= 1 && check.failures <= 10])
    error_message = "health_checks.failures must be 1 to 10."
  }

  validation {
    condition     = alltrue([for check in values(var.health_checks) : startswith(check.path, "/")])
    error_message = "health_checks.path must begin with a slash."
  }

  validation {
    condition     = alltrue([for check in values(var.health_checks) : length(check.regions) >= 3])
    error_message = "health_checks.regions needs three at least: Route 53 refuses fewer, and two can't outvote one."
  }
}
