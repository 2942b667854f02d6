variable "name" {
  description = "Name of the template and of the instances, volumes and interfaces it makes. Changing it replaces the template."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,58}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 60 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the template. Changing it replaces the template."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; in prod instances are protected from termination and, in an asg, from being stopped."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "kms_key_arn" {
  description = "Key of the volumes. The service-linked role of Auto Scaling must be allowed to use it, or no instance starts."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "use" {
  description = "Who launches from it: eks (a managed node group, which refuses several settings) or asg."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["eks", "asg"], var.use)
    error_message = "use must be eks or asg."
  }
}

variable "image_id" {
  description = "AMI, as an id or as resolve:ssm: with a public parameter. null leaves it to EKS, which then also patches it."
  type        = string
  default     = null

  validation {
    condition     = var.image_id == null || can(regex("^(ami-[0-9a-f]{8,17}|resolve:ssm:/?[A-Za-z0-9._/-]+)$", var.image_id))
    error_message = "image_id must be an AMI id or resolve:ssm: with a parameter's name."
  }

  validation {
    condition     = var.image_id != null || var.use == "eks"
    error_message = "image_id is required for an asg: nobody else chooses one."
  }
}

variable "instance" {
  description = "Instance type or requirements; threads per core (1 turns SMT off and needs the core count of the type); CPU credits of a burstable type; Spot. For eks the type may also stand in the node group."
  type = object({
    type             = optional(string)
    core_count       = optional(number)
    threads_per_core = optional(number)
    credits          = optional(string)
    spot             = optional(object({ max_price = optional(string) }))
    requirements = optional(object({
      vcpu_min       = number
      vcpu_max       = number
      memory_mib_min = number
      memory_mib_max = optional(number)
      burstable      = optional(string, "excluded")
      excluded_types = optional(set(string))
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.instance.type == null || can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", var.instance.type))
    error_message = "instance.type must be a type such as c7i.4xlarge."
  }

  validation {
    condition     = !(var.instance.type != null && var.instance.requirements != null)
    error_message = "instance.type and instance.requirements exclude each other."
  }

  validation {
    condition     = var.use == "eks" || var.instance.type != null || var.instance.requirements != null
    error_message = "instance needs a type or requirements for an asg."
  }

  validation {
    condition     = var.use == "asg" || (var.instance.requirements == null && var.instance.spot == null)
    error_message = "instance.requirements and instance.spot can't be in the template of a managed node group: its instance_types and capacity_type say it."
  }

  validation {
    condition     = contains([1, 2], coalesce(var.instance.threads_per_core, 1))
    error_message = "instance.threads_per_core must be 1 (SMT off) or 2."
  }

  validation {
    condition     = (var.instance.threads_per_core == null) == (var.instance.core_count == null)
    error_message = "instance.threads_per_core and instance.core_count go together: EC2 takes both or none."
  }

  validation {
    condition     = var.instance.credits == null || try(contains(["standard", "unlimited"], var.instance.credits) && can(regex("^t[0-9]", var.instance.type)), false)
    error_message = "instance.credits must be standard or unlimited, and needs a burstable type."
  }

  validation {
    condition     = var.instance.requirements == null || try(var.instance.requirements.vcpu_min <= var.instance.requirements.vcpu_max && contains(["excluded", "included", "required"], var.instance.requirements.burstable), false)
    error_message = "instance.requirements need vcpu_min <= vcpu_max, and burstable excluded, included or required."
  }
}

variable "network" {
  description = "Security groups of every interface (for eks the cluster's group must be among them, or nodes never join), subnet (asg only), ENA Express (adds latency in light traffic: for bulk, not for the hot path), further interfaces by name. No interface gets a public address."
  type = object({
    security_group_ids = set(string)
    subnet_id          = optional(string)
    ena_express        = optional(bool, false)
    additional_interfaces = optional(map(object({
      device_index       = number
      network_card_index = optional(number, 0)
      type               = optional(string, "interface")
    })), {})
  })
  nullable = false

  validation {
    condition     = length(var.network.security_group_ids) > 0 && alltrue([for id in var.network.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "network.security_group_ids needs at least one id of a security group."
  }

  validation {
    condition     = var.use == "asg" || var.network.subnet_id == null
    error_message = "network.subnet_id can't be in the template of a managed node group."
  }

  validation {
    condition     = alltrue([for interface in values(var.network.additional_interfaces) : interface.device_index >= 1 && contains(["interface", "efa", "efa-only"], interface.type)])
    error_message = "network.additional_interfaces have a device_index of 1 or more (0 is the primary) and the type interface, efa or efa-only."
  }

  validation {
    condition     = length(distinct([for interface in values(var.network.additional_interfaces) : "${interface.network_card_index}/${interface.device_index}"])) == length(var.network.additional_interfaces)
    error_message = "network.additional_interfaces use a device index of a card twice."
  }
}
