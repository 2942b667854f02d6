variable "name" {
  description = "Prefix of the add-ons' roles."
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
  description = "Environment; prod demands the GuardDuty agent and the node monitoring agent."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account of the cluster; the roles trust no other."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of the volumes that the EBS driver makes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "cluster_name" {
  description = "Cluster that gets the add-ons."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", var.cluster_name))
    error_message = "cluster_name must be the name of an EKS cluster."
  }
}

variable "versions" {
  description = "Version of each add-on; null leaves it out. Each must fit the cluster's version: raise the cluster first, then these."
  type = object({
    vpc_cni                  = string
    kube_proxy               = string
    coredns                  = string
    pod_identity_agent       = string
    node_monitoring_agent    = optional(string)
    ebs_csi_driver           = optional(string)
    efs_csi_driver           = optional(string)
    snapshot_controller      = optional(string)
    guardduty_agent          = optional(string)
    cloudwatch_observability = optional(string)
  })
  nullable = false

  validation {
    condition     = alltrue([for version in values(var.versions) : version == null || can(regex("^v[0-9]+\\.[0-9]+\\.[0-9]+-eksbuild\\.[0-9]+$", version))])
    error_message = "versions must be full add-on versions, such as v1.20.4-eksbuild.1."
  }

  validation {
    condition     = var.environment != "prod" || (var.versions.guardduty_agent != null && var.versions.node_monitoring_agent != null)
    error_message = "versions.guardduty_agent and node_monitoring_agent can't be absent in prod."
  }
}

variable "pod_network" {
  description = "Subnets per zone id for pods alone, with their groups; null puts pods into the nodes' subnets. A zone that is missing leaves its nodes without pods."
  type = object({
    security_group_ids = set(string)
    zones = map(object({
      zone_name = string
      subnet_id = string
    }))
  })
  default = null

  validation {
    condition     = var.pod_network == null || try(length(var.pod_network.zones) > 0 && alltrue([for zone in keys(var.pod_network.zones) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))]), false)
    error_message = "pod_network.zones is keyed by zone id and has one at least."
  }

  validation {
    condition     = var.pod_network == null || try(length(var.pod_network.security_group_ids) > 0, false)
    error_message = "pod_network.security_group_ids needs a group: without one pods get the VPC's default."
  }
}
