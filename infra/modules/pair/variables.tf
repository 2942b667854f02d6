variable "name" {
  description = "Start of every name here, as `<product>-<environment>`; changing it replaces what carries it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 22 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "The primary's Region; changing it replaces everything."
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

variable "log_retention_days" {
  description = "Days that the services' log groups keep their records; less than a year is refused in prod."
  type        = number
  default     = 365

  validation {
    condition     = var.environment != "prod" || var.log_retention_days >= 365
    error_message = "prod keeps its logs for at least 365 days."
  }
}

variable "shards" {
  description = "Lanes that write the journal: the shards of the stream `orders`. It must be the cells' number, or the table is too cold at the opening bell."
  type        = number
  default     = 10

  validation {
    condition     = var.shards >= 1 && var.shards <= 500 && floor(var.shards) == var.shards
    error_message = "shards must be a whole number from 1 to 500."
  }
}

variable "standby" {
  description = "The pair's other Region, how warm it is kept (backup has bucket copies, and no table replicas), and the witness Region that makes journal and control strongly consistent (fixed at creation; null leaves them eventually consistent, with a recovery point above zero). null is a Region without a partner."
  type = object({
    region         = string
    dr_mode        = string
    witness_region = optional(string)
  })
  default = null

  validation {
    condition     = try(var.standby.region, "") != var.region
    error_message = "standby.region must be another Region than the primary's."
  }

  validation {
    condition     = var.standby == null || contains(["backup", "pilot_light", "warm_standby", "active_active"], try(var.standby.dr_mode, ""))
    error_message = "standby.dr_mode must be backup, pilot_light, warm_standby or active_active."
  }

  validation {
    condition     = var.standby == null || substr(var.region, 0, 3) == try(substr(var.standby.region, 0, 3), "")
    error_message = "A pair lies on one continent: its buckets hold personal data."
  }
}
