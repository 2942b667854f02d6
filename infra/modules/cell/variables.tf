variable "name" {
  description = "Product; every name begins with it. Changing it replaces everything."
  type        = string
  default     = "orderflow"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,8}$", var.name))
    error_message = "name must be 2 to 9 lower-case letters and digits: load balancers and roles have short names."
  }
}

variable "environment" {
  description = "dev, staging or prod; prod forces deletion protection, three zones and the longest retention."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "region" {
  description = "Region of the cell. Its address range follows from it."
  type        = string

  validation {
    condition     = contains(["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "eu-west-2"], var.region)
    error_message = "region must be one that names.tf has a range and bootstrap a state backend for."
  }
}

variable "account_id" {
  description = "Account that owns the cell; ARNs are computed from it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "role" {
  description = "primary trades; standby waits for it to be lost. Nothing else tells the two apart."
  type        = string

  validation {
    condition     = contains(["primary", "standby"], var.role)
    error_message = "role must be primary or standby."
  }

  validation {
    condition     = var.role == "primary" || var.pair != null
    error_message = "A standby needs a pair: without a primary there is nothing to stand by for."
  }
}

variable "dr_mode" {
  description = "How much of a cell the standby has, and so how soon it serves: backup (hours), pilot_light (15 minutes), warm_standby (5), active_active (1). Both pages of a pair must say the same."
  type        = string

  validation {
    condition     = contains(["backup", "pilot_light", "warm_standby", "active_active"], var.dr_mode)
    error_message = "dr_mode must be backup, pilot_light, warm_standby or active_active."
  }

  validation {
    condition     = var.pair != null || var.dr_mode == "backup"
    error_message = "A Region without a partner can only have backups."
  }
}

variable "pair" {
  description = "The other Region, and the shared key here and there, from the pair's stack. null is a Region without a partner, which makes its own tables, buckets and shared key."
  type = object({
    peer_region  = string
    key_arn      = string
    peer_key_arn = string
  })
  default = null

  validation {
    condition     = var.pair == null || try(var.pair.peer_region != var.region && substr(var.pair.peer_region, 0, 3) == substr(var.region, 0, 3), false)
    error_message = "pair.peer_region must be another Region of the same continent."
  }

  validation {
    condition     = var.pair == null || can(regex("^arn:aws[a-z-]*:kms:${var.region}:[0-9]{12}:key/.+$", var.pair.key_arn)) && can(regex("^arn:aws[a-z-]*:kms:${try(var.pair.peer_region, "")}:[0-9]{12}:key/.+$", var.pair.peer_key_arn))
    error_message = "pair.key_arn must be a key here, peer_key_arn one in the other Region."
  }
}

variable "network" {
  description = "Zones by id with their names in this account, zones with a NAT (none in prod), interface endpoints (each is paid per zone and hour), and a VPC that is there already, if there is one."
  type = object({
    zones     = map(string)
    nat_zones = optional(set(string), [])
    endpoints = optional(set(string), ["kinesis-streams", "sqs", "sns", "events", "sts", "eks-auth", "kms", "monitoring", "ecr.api", "ecr.dkr", "ec2", "eks", "autoscaling", "elasticloadbalancing", "logs", "secretsmanager", "ssm", "ssmmessages", "ec2messages", "elasticfilesystem", "guardduty-data", "xray"])
    existing_vpc = optional(object({
      id                      = string
      cidr                    = string
      pod_cidr                = optional(string, "100.64.0.0/16")
      public_subnets          = map(string)
      private_subnets         = map(string)
      restricted_subnets      = map(string)
      pod_subnets             = map(string)
      private_route_tables    = map(string)
      restricted_route_tables = map(string)
    }))
  })

  validation {
    condition     = length(var.network.zones) >= 2
    error_message = "network.zones needs two zones: the cluster and the database refuse fewer."
  }

  validation {
    condition     = alltrue([for zone, name in var.network.zones : can(regex("^[a-z0-9]+-az[0-9]$", zone)) && startswith(name, var.region)])
    error_message = "network.zones is keyed by zone id, with the zone's name in this account."
  }
}

variable "domain" {
  description = "Hosted zone that names are made in, with its id; the account's global stack made it."
  type = object({
    name    = string
    zone_id = string
  })

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain.name)) && can(regex("^Z[A-Z0-9]{5,31}$", var.domain.zone_id))
    error_message = "domain.name must be a lower-case domain, domain.zone_id the id of a hosted zone."
  }
}
