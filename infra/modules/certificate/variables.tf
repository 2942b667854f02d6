variable "name" {
  description = "Prefix of the alarm."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the load balancer that uses it; CloudFront takes certificates of us-east-1 only."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of a renewal that failed."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "domain" {
  description = "Name that the certificate is for. Changing it replaces the certificate; the new one is there before the old one goes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain)) && length(var.domain) <= 64
    error_message = "domain must be a lower-case domain name of at most 64 characters, with *. at the front at most."
  }
}

variable "alternative_domains" {
  description = "Further names on the same certificate. Changing them replaces it."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alternative_domains) <= 9 && alltrue([for domain in var.alternative_domains : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", domain))])
    error_message = "alternative_domains may hold nine domain names: ten is what ACM allows without a request."
  }

  validation {
    condition     = !contains(var.alternative_domains, var.domain)
    error_message = "alternative_domains can't repeat domain."
  }
}

variable "zone_id" {
  description = "Public hosted zone that all names lie in, where the validation records stay: without them the renewal fails."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^Z[A-Z0-9]{5,31}$", var.zone_id))
    error_message = "zone_id must be the id of a hosted zone."
  }
}

variable "key_algorithm" {
  description = "Key of the certificate. RSA is for clients that are older than ECDSA and costs more at each handshake."
  type        = string
  default     = "EC_prime256v1"
  nullable    = false

  validation {
    condition     = contains(["EC_prime256v1", "EC_secp384r1", "RSA_2048"], var.key_algorithm)
    error_message = "key_algorithm must be EC_prime256v1, EC_secp384r1 or RSA_2048."
  }
}

variable "expiry_alarm_days" {
  description = "Days before the end at which the alarm rings; above 60 it rings before the renewal has had its chance."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.expiry_alarm_days >= 7 && var.expiry_alarm_days <= 60
    error_message = "expiry_alarm_days must be 7 to 60."
  }
}
