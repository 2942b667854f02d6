variable "sizes" {
  description = "How large the primary is; the standby's share follows from dr_mode. shards is the number of lanes and must be the pair's. hot_pool (null: none) is one instance type with nodes per zone id, paid for and kept; cache null makes none."
  type = object({
    shards             = optional(number, 10)
    records_per_second = optional(number, 10000)
    hot_pool = optional(object({
      type         = string
      cores        = number
      architecture = optional(string, "x86_64")
      huge_pages   = optional(number, 1024)
      zones        = map(number)
    }))
    system_pool = optional(object({
      instance_types = optional(list(string), ["m7g.large"])
      min            = optional(number, 2)
      desired        = optional(number, 2)
      max            = optional(number, 10)
    }), {})
    database = optional(object({
      class          = optional(string, "db.m7g.large")
      storage_gb     = optional(number, 100)
      max_storage_gb = optional(number, 500)
      multi_az       = optional(bool, true)
    }), {})
    reconciler = optional(object({
      min        = optional(number, 2)
      max        = optional(number, 6)
      cpu        = optional(number, 1024)
      memory_mib = optional(number, 2048)
    }), {})
    cache = optional(object({
      class    = string
      shards   = optional(number, 1)
      replicas = optional(number, 1)
    }))
  })
  default = {}

  validation {
    condition     = length(setsubtract(keys(try(var.sizes.hot_pool.zones, {})), keys(var.network.zones))) == 0
    error_message = "sizes.hot_pool.zones must be among the network's zones."
  }

  validation {
    condition     = alltrue([for nodes in values(try(var.sizes.hot_pool.zones, {})) : nodes >= 1 && floor(nodes) == nodes])
    error_message = "sizes.hot_pool.zones takes whole numbers of nodes, at least one."
  }

  validation {
    condition     = var.environment != "prod" || var.sizes.hot_pool != null
    error_message = "prod trades on a hot pool."
  }
}

variable "cluster" {
  description = "Kubernetes version, the versions of the add-ons that fit it (raise the cluster first), and the autoscaler."
  type = object({
    version    = optional(string, "1.34")
    autoscaler = optional(string, "karpenter")
    addons = optional(object({
      vpc_cni                  = optional(string, "v1.20.4-eksbuild.1")
      kube_proxy               = optional(string, "v1.34.0-eksbuild.2")
      coredns                  = optional(string, "v1.12.3-eksbuild.1")
      pod_identity_agent       = optional(string, "v1.3.8-eksbuild.2")
      node_monitoring_agent    = optional(string, "v1.4.0-eksbuild.2")
      ebs_csi_driver           = optional(string, "v1.50.1-eksbuild.1")
      efs_csi_driver           = optional(string, "v2.1.12-eksbuild.1")
      guardduty_agent          = optional(string, "v1.12.1-eksbuild.2")
      cloudwatch_observability = optional(string, "v4.4.0-eksbuild.1")
    }), {})
  })
  default = {}

  validation {
    condition     = contains(["karpenter", "cluster-autoscaler"], var.cluster.autoscaler)
    error_message = "cluster.autoscaler must be karpenter or cluster-autoscaler."
  }
}

variable "artifacts" {
  description = "What runs: image digests by service, and functions by name as key and version of an object in this Region's artifacts bucket. A tag or a bare key could become something else overnight."
  type = object({
    images    = map(string)
    functions = map(object({ key = string, version = string }))
  })

  validation {
    condition     = alltrue([for digest in values(var.artifacts.images) : can(regex("^sha256:[0-9a-f]{64}$", digest))])
    error_message = "artifacts.images takes digests, sha256: and 64 digits."
  }

  validation {
    condition     = contains(keys(var.artifacts.images), "reconciler")
    error_message = "artifacts.images needs the reconciler."
  }

  validation {
    condition     = var.pair == null || var.dr_mode == "backup" || length(setsubtract(["secret-rotation", "failover-controller"], keys(var.artifacts.functions))) == 0
    error_message = "A pair needs the functions secret-rotation and failover-controller."
  }
}

variable "contacts" {
  description = "Addresses that hear of alarms and that are woken, by a name of your choice, and the roles of those who look at the cluster when asked for help."
  type = object({
    alarms            = map(string)
    pages             = map(string)
    support_role_arns = optional(map(string), {})
  })

  validation {
    condition     = alltrue([for email in concat(values(var.contacts.alarms), values(var.contacts.pages)) : can(regex("^[^@ ]+@[^@ ]+\\.[a-z]+$", email))])
    error_message = "contacts.alarms and pages take e-mail addresses."
  }
}

variable "options" {
  description = "What a page may choose: venues by market code; ecs or eks for the reconciler; shared files; managed Prometheus; a pipeline inside AWS; days of logs; vaults of other accounts that get copies (prod without a partner needs one); whether the failover controller acts by itself or only announces."
  type = object({
    venues             = map(object({ max_age_seconds = optional(number, 60), receivers = optional(set(string), []) }))
    reconciler_runtime = optional(string, "ecs")
    files              = optional(bool, true)
    managed_prometheus = optional(bool, false)
    pipeline = optional(object({
      repository = string
      connection = optional(object({ arn = string }))
    }))
    log_retention_days = optional(number, 365)
    backup_copies      = optional(set(string), [])
    automatic_failover = optional(bool, false)
  })

  validation {
    condition     = length(var.options.venues) > 0
    error_message = "options.venues needs a venue: orders must go somewhere."
  }

  validation {
    condition     = contains(["ecs", "eks"], var.options.reconciler_runtime)
    error_message = "options.reconciler_runtime must be ecs or eks."
  }

  validation {
    condition     = var.environment != "prod" || var.pair != null || length(var.options.backup_copies) > 0
    error_message = "prod without a partner copies its backups to another account's vault."
  }
}

variable "initial_password" {
  description = "Database password of a primary's first minute when the product rotates it; written nowhere, replaced by the first rotation."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}
