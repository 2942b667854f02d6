variable "name" {
  description = "Prefix of the pool, the queue, the rules and the roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,26}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 28 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
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

variable "account_id" {
  description = "Account of the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of the system nodes' volumes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "cluster" {
  description = "Cluster whose nodes these are: name, the nodes' role, and the nodes' groups (the cluster's own among them, or nodes never join)."
  type = object({
    name               = string
    node_role_arn      = string
    node_role_name     = string
    security_group_ids = set(string)
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
    condition     = endswith(var.cluster.node_role_arn, "/${var.cluster.node_role_name}")
    error_message = "cluster.node_role_arn and node_role_name must be of one role."
  }
}

variable "system_pool" {
  description = "Pool for what the cluster itself needs, on demand: subnet per zone id (read once: a zone that is added later replaces nothing, and is used from the next pool on), types in order of preference (t4g.medium is enough for dev and a pilot light), size. desired is read once, then the autoscaler's."
  type = object({
    subnet_ids         = map(string)
    instance_types     = optional(list(string), ["m7g.large"])
    ami_type           = optional(string, "BOTTLEROCKET_ARM_64")
    kubernetes_version = optional(string)
    release_version    = optional(string)
    min                = optional(number, 1)
    desired            = optional(number, 2)
    max                = optional(number, 10)
    volume_gib         = optional(number, 50)
  })
  nullable = false

  validation {
    condition     = length(var.system_pool.subnet_ids) > 0 && alltrue([for zone in keys(var.system_pool.subnet_ids) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))])
    error_message = "system_pool.subnet_ids is keyed by zone id and has one at least."
  }

  validation {
    condition     = 1 <= var.system_pool.min && var.system_pool.min <= var.system_pool.desired && var.system_pool.desired <= var.system_pool.max && var.system_pool.max <= 10
    error_message = "system_pool needs 1 <= min <= desired <= max <= 10: without a node nothing brings the others back."
  }

  validation {
    condition     = contains(["BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_STANDARD"], var.system_pool.ami_type)
    error_message = "system_pool.ami_type must be Bottlerocket or AL2023, for ARM_64 or x86_64."
  }

  validation {
    condition     = length(var.system_pool.instance_types) > 0 && alltrue([for type in var.system_pool.instance_types : can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", type))])
    error_message = "system_pool.instance_types needs a type such as m7g.large."
  }
}

variable "autoscaler" {
  description = "Which autoscaler the cluster runs, and in which namespace; its service account has the kind's name. karpenter chooses types by itself and hears of interruptions; cluster-autoscaler only resizes groups that exist."
  type = object({
    kind      = optional(string, "karpenter")
    namespace = optional(string, "kube-system")
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["karpenter", "cluster-autoscaler"], var.autoscaler.kind)
    error_message = "autoscaler.kind must be karpenter or cluster-autoscaler."
  }

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.autoscaler.namespace))
    error_message = "autoscaler.namespace must be the name of a namespace."
  }
}

variable "tags" {
  description = "Tags of the system pool's instances, volumes and interfaces. Karpenter's get theirs from the node class."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])
    error_message = "tags can't begin with aws:."
  }
}
