variable "name" {
  description = "Name of the cluster and prefix of its roles. Changing it replaces the cluster and everything in it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,26}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 28 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the cluster. Changing it replaces the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; prod demands deletion protection and a year of control-plane logs."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account that holds the cluster; pods' roles trust no other."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "network" {
  description = "VPC, and subnet per zone id, of the control plane's interfaces. A zone that isn't here can't reach the API when its neighbours are shifted away; another VPC replaces the cluster."
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
    condition     = length(var.network.subnet_ids) >= 2
    error_message = "network.subnet_ids needs two zones at least: EKS refuses fewer."
  }

  validation {
    condition     = alltrue([for zone in keys(var.network.subnet_ids) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))])
    error_message = "network.subnet_ids is keyed by zone id, such as euw1-az1, because a zone's name means another place in another account."
  }
}

variable "kubernetes_version" {
  description = "Minor version of the control plane; it can only go up, one step at a time."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.(3[2-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "kubernetes_version must be a minor version of 1.32 or later, such as 1.34."
  }
}

variable "kms_key_arn" {
  description = "Key that wraps the cluster's secrets and encrypts its log. Changing it replaces the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "log_retention_days" {
  description = "Days that the audit and other control-plane logs are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }

  validation {
    condition     = var.environment != "prod" || var.log_retention_days >= 365
    error_message = "log_retention_days must be 365 or more in prod: the audit log is evidence."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of API errors and of pods without a node."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "control_plane" {
  description = "Service addresses (fixed for the cluster's life; must not overlap the VPC), provisioned tier (null = scaled by AWS), and support: STANDARD upgrades by itself at the end of support, EXTENDED costs more per hour instead."
  type = object({
    service_ipv4_cidr = optional(string, "172.20.0.0/16")
    scaling_tier      = optional(string)
    support_type      = optional(string, "STANDARD")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(cidrhost(var.control_plane.service_ipv4_cidr, 0)) && can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.).*/(1[2-9]|2[0-4])$", var.control_plane.service_ipv4_cidr))
    error_message = "control_plane.service_ipv4_cidr must be a private range between /12 and /24."
  }

  validation {
    condition     = var.control_plane.scaling_tier == null || can(regex("^tier-(xl|2xl|4xl)$", var.control_plane.scaling_tier))
    error_message = "control_plane.scaling_tier must be null, tier-xl, tier-2xl or tier-4xl."
  }

  validation {
    condition     = contains(["STANDARD", "EXTENDED"], var.control_plane.support_type)
    error_message = "control_plane.support_type must be STANDARD or EXTENDED."
  }
}

variable "access_entries" {
  description = "People's and deployers' roles, by a name of your choice: Kubernetes groups, and EKS access policies with the namespaces they hold in (an empty set is the whole cluster). Whoever isn't here can't reach the API, the creator included."
  type = map(object({
    principal_arn     = string
    kubernetes_groups = optional(set(string))
    policies          = optional(map(set(string)), {})
  }))
  nullable = false

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", entry.principal_arn))])
    error_message = "access_entries take roles: a user's or a session's ARN isn't matched at sign-in."
  }

  validation {
    condition     = alltrue(flatten([for entry in values(var.access_entries) : [for policy in keys(entry.policies) : can(regex("^AmazonEKS[A-Za-z]+Policy$", policy))]]))
    error_message = "access_entries.policies are keyed by the name of an EKS access policy, such as AmazonEKSViewPolicy."
  }

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : alltrue([for group in coalesce(entry.kubernetes_groups, []) : !startswith(group, "system:")])])
    error_message = "access_entries.kubernetes_groups can't begin with system: EKS refuses them, use AmazonEKSClusterAdminPolicy."
  }
}

variable "pod_identities" {
  description = "Service accounts that get a role, by the role's short name. The policy is all that their pods may do; an account that isn't listed has no AWS permission at all."
  type = map(object({
    namespace       = string
    service_account = string
    policy_json     = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.pod_identities) : can(regex("^[a-z][a-z0-9-]{1,20}$", key))])
    error_message = "pod_identities is keyed by short names of a-z, 0-9 and -, at most 21 characters, because a role's name ends at 64."
  }

  validation {
    condition     = length(distinct([for pod in values(var.pod_identities) : "${pod.namespace}/${pod.service_account}"])) == length(var.pod_identities)
    error_message = "pod_identities names a service account twice: it can have one role only."
  }
}

variable "auto_mode" {
  description = "EKS Auto Mode; null leaves nodes to the pools of this tree. Its nodes can't be tuned and are replaced after 21 days at most, so never for the hot path."
  type = object({
    node_pools = optional(set(string), ["system"])
  })
  default = null

  validation {
    condition     = var.auto_mode == null || try(length(setsubtract(var.auto_mode.node_pools, ["general-purpose", "system"])) == 0, false)
    error_message = "auto_mode.node_pools may hold general-purpose and system only."
  }
}

variable "oidc_audiences" {
  description = "Audiences of an IAM OIDC provider for the cluster's tokens; null (Pod Identity alone) makes none."
  type        = set(string)
  default     = null

  validation {
    condition     = var.oidc_audiences == null || try(length(var.oidc_audiences) > 0 && !contains(var.oidc_audiences, "*"), false)
    error_message = "oidc_audiences must name at least one audience, sts.amazonaws.com as a rule, and no wildcard."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster. Off is for environments that are torn down by a command."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.deletion_protection
    error_message = "deletion_protection can't be off in prod."
  }
}
