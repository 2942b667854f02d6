variable "name" {
  description = "Prefix of node groups, placement groups and templates, which end with the zone id. Changing it replaces every node."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; in prod the nodes are protected from termination by a call."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "kms_key_arn" {
  description = "Key of the nodes' volumes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "cluster" {
  description = "Cluster to join: its name, the nodes' role, the groups of the nodes (the cluster's own among them, or nodes never join). Endpoint, certificate and service range are needed with an image of yours only."
  type = object({
    name                  = string
    node_role_arn         = string
    security_group_ids    = set(string)
    endpoint              = optional(string)
    certificate_authority = optional(string)
    service_ipv4_cidr     = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", var.cluster.name))
    error_message = "cluster.name must be the name of an EKS cluster."
  }

  validation {
    condition     = length(var.cluster.security_group_ids) > 0
    error_message = "cluster.security_group_ids needs the cluster's own group at least."
  }

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.cluster.node_role_arn))
    error_message = "cluster.node_role_arn must be the ARN of a role."
  }
}

variable "zones" {
  description = "Pools by zone id. desired is read when a pool is made and afterwards belongs to the failover controller; min and max hold at once. reserved is capacity paid for around the clock inside the placement group; 0 reserves none. Adding a zone touches no other."
  type = map(object({
    zone_name = string
    subnet_id = string
    desired   = number
    min       = optional(number, 0)
    max       = number
    reserved  = optional(number, 0)
  }))
  nullable = false

  validation {
    condition     = length(var.zones) > 0 && alltrue([for zone in keys(var.zones) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))])
    error_message = "zones is keyed by zone id, such as use1-az2: venues are near a zone id, and a name means another place in another account."
  }

  validation {
    condition     = alltrue([for pool in values(var.zones) : pool.min >= 0 && pool.min <= pool.desired && pool.desired <= pool.max && pool.max >= 1])
    error_message = "zones need 0 <= min <= desired <= max, and max of 1 at least."
  }

  validation {
    condition     = alltrue([for pool in values(var.zones) : pool.reserved >= 0 && pool.reserved <= pool.max])
    error_message = "zones.reserved can't exceed max: nodes beyond max would be paid for and never used."
  }

  validation {
    condition     = length(distinct([for pool in values(var.zones) : pool.zone_name])) == length(var.zones)
    error_message = "zones name the same zone twice."
  }
}

variable "instance" {
  description = "One instance type, as a placement group wants it; its physical cores (of which 1 to 16 are kept for the system), 2 MiB huge pages taken at boot, and either an image of yours or the version and release of EKS's AL2023 image (null is the newest at each update)."
  type = object({
    type               = string
    cores              = number
    architecture       = optional(string, "x86_64")
    image_id           = optional(string)
    kubernetes_version = optional(string)
    release_version    = optional(string)
    huge_pages         = optional(number, 1024)
    volume_gib         = optional(number, 50)
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", var.instance.type)) && !can(regex("^t[0-9]", var.instance.type))
    error_message = "instance.type must be a type such as c7i.8xlarge, and not burstable: credits end in the middle of a session, and placement groups refuse it."
  }

  validation {
    condition     = var.instance.cores >= 2 && var.instance.cores <= 448
    error_message = "instance.cores must be 2 to 448: one is kept for the system."
  }

  validation {
    condition     = contains(["x86_64", "ARM_64"], var.instance.architecture)
    error_message = "instance.architecture must be x86_64 or ARM_64."
  }

  validation {
    condition     = var.instance.image_id == null || (var.cluster.endpoint != null && var.cluster.certificate_authority != null && var.cluster.service_ipv4_cidr != null)
    error_message = "instance.image_id needs cluster.endpoint, certificate_authority and service_ipv4_cidr: EKS fills them in for its own images only."
  }

  validation {
    condition     = var.instance.huge_pages >= 0 && floor(var.instance.huge_pages) == var.instance.huge_pages
    error_message = "instance.huge_pages must be a whole number of 2 MiB pages."
  }
}

variable "labels" {
  description = "Further labels of the nodes."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.labels) : !startswith(key, "orderflow.io/")])
    error_message = "labels can't begin with orderflow.io/: the module sets those."
  }
}

variable "audit_log_group" {
  description = "Log group that gets the nodes' audit log; null leaves it on the node's disk."
  type        = string
  default     = null

  validation {
    condition     = var.audit_log_group == null || can(regex("^[A-Za-z0-9_./#-]{1,512}$", var.audit_log_group))
    error_message = "audit_log_group must be the name of a log group."
  }
}

variable "tags" {
  description = "Tags of instances, volumes and interfaces, which get no others."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])
    error_message = "tags can't begin with aws:."
  }
}
