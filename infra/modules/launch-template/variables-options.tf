variable "volumes" {
  description = "Volumes by device name, each encrypted and gone with the instance. A device of the image that isn't here keeps the image's size and the account's default encryption."
  type = map(object({
    size_gib        = optional(number, 50)
    type            = optional(string, "gp3")
    iops            = optional(number)
    throughput_mibs = optional(number)
  }))
  default  = { "/dev/xvda" = {} }
  nullable = false

  validation {
    condition     = length(var.volumes) > 0 && alltrue([for device in keys(var.volumes) : can(regex("^/dev/(xvd[a-z]|sd[a-z])[0-9]*$", device))])
    error_message = "volumes needs the root device at least, and is keyed by device names such as /dev/xvda."
  }

  validation {
    condition     = alltrue([for volume in values(var.volumes) : volume.size_gib >= 2 && volume.size_gib <= 16384])
    error_message = "volumes.size_gib must be between 2 and 16384."
  }

  validation {
    condition     = alltrue([for volume in values(var.volumes) : contains(["gp3", "io2"], volume.type)])
    error_message = "volumes.type must be gp3 or io2: the older ones burst and then stall."
  }

  validation {
    condition     = alltrue([for volume in values(var.volumes) : volume.type != "io2" || (volume.iops != null && volume.throughput_mibs == null)])
    error_message = "volumes of type io2 need iops and take no throughput_mibs."
  }
}

variable "placement" {
  description = "Placement group, tenancy, and the reservation to launch into (one of preference, id and resource_group_arn). null lets EC2 choose the place and use open reservations that match; with an id, a launch fails when the reservation is full."
  type = object({
    group_name = optional(string)
    tenancy    = optional(string, "default")
    capacity_reservation = optional(object({
      preference         = optional(string)
      id                 = optional(string)
      resource_group_arn = optional(string)
    }))
  })
  default = null

  validation {
    condition     = var.placement == null || try(contains(["default", "dedicated", "host"], var.placement.tenancy), false)
    error_message = "placement.tenancy must be default, dedicated or host."
  }

  validation {
    condition     = try(var.placement.capacity_reservation, null) == null || try(length([for value in values(var.placement.capacity_reservation) : value if value != null]) == 1, false)
    error_message = "placement.capacity_reservation takes exactly one of preference, id and resource_group_arn."
  }

  validation {
    condition     = try(var.placement.capacity_reservation.preference, null) == null || try(contains(["open", "none", "capacity-reservations-only"], var.placement.capacity_reservation.preference), false)
    error_message = "placement.capacity_reservation.preference must be open, none or capacity-reservations-only."
  }
}

variable "options" {
  description = "Instance profile, shutdown behaviour and hibernation (asg only), Nitro enclave, one-minute metrics (without them alarms see five-minute means)."
  type = object({
    instance_profile_arn = optional(string)
    shutdown_behavior    = optional(string)
    hibernation          = optional(bool, false)
    enclave              = optional(bool, false)
    detailed_monitoring  = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.use == "asg" || (var.options.instance_profile_arn == null && var.options.shutdown_behavior == null && !var.options.hibernation)
    error_message = "options.instance_profile_arn, shutdown_behavior and hibernation can't be in the template of a managed node group."
  }

  validation {
    condition     = !(var.options.hibernation && var.options.enclave)
    error_message = "options.hibernation and options.enclave exclude each other."
  }

  validation {
    condition     = var.options.shutdown_behavior == null || try(contains(["stop", "terminate"], var.options.shutdown_behavior), false)
    error_message = "options.shutdown_behavior must be stop or terminate."
  }
}

variable "user_data" {
  description = "AL2023 user data: NodeConfig of an EKS node, a script of yours that runs after the agents have started, and the log group that gets the audit log. null gives none: neither agents nor auditd start by it."
  type = object({
    node_config     = optional(string)
    script          = optional(string)
    audit_log_group = optional(string)
  })
  default = null

  validation {
    condition     = var.user_data == null || var.use == "eks" || try(var.user_data.node_config == null, false)
    error_message = "user_data.node_config is for eks only."
  }

  validation {
    condition     = startswith(try(coalesce(var.user_data.script, "#!"), "#!"), "#!")
    error_message = "user_data.script must begin with #!, or cloud-init ignores it."
  }

  validation {
    condition     = var.user_data == null || try(length(join("", [for part in [var.user_data.node_config, var.user_data.script] : part if part != null])) <= 12000, false)
    error_message = "user_data.node_config and user_data.script may have 12,000 characters together: EC2 takes 16 KiB, and the agents' part needs the rest."
  }
}

variable "bottlerocket_settings" {
  description = "Settings of a Bottlerocket node as TOML, instead of user_data; its host containers bring SSM and no shell runs."
  type        = string
  default     = null

  validation {
    condition     = var.bottlerocket_settings == null || var.user_data == null
    error_message = "bottlerocket_settings and user_data exclude each other."
  }
}

variable "dashboard_group_name" {
  description = "Auto Scaling group whose instances get a dashboard; null makes none."
  type        = string
  default     = null

  validation {
    condition     = var.dashboard_group_name == null || can(regex("^[A-Za-z0-9._/-]{1,255}$", var.dashboard_group_name))
    error_message = "dashboard_group_name must be the name of an Auto Scaling group."
  }
}

variable "tags" {
  description = "Tags of the instances, volumes and interfaces: EC2 copies neither the template's tags nor the provider's default tags to them, so cost and policy by tag need them here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:") && key != "Name"])
    error_message = "tags can't begin with aws:, and Name is set by the module."
  }
}
