variable "controller" {
  description = "The failover controller, on the standby's page: its archive and version, what it may resize, promote and move, whether it acts by itself (or only announces), failed looks in a row, seconds of calm before the next move, alarms of this Region that have it look at once, and when it rehearses. null on the primary's page."
  type = object({
    code = object({ bucket = string, key = string, object_version = string, signing_config_arn = optional(string) })
    targets = object({
      cluster_name     = optional(string)
      node_groups      = optional(set(string), [])
      ecs_services     = optional(map(object({ cluster = string, service = string })), {})
      database_replica = optional(string)
      control_table    = string
    })
    automatic        = optional(bool, false)
    failures         = optional(number, 3)
    hold_off_seconds = optional(number, 600)
    trigger_alarms   = optional(set(string), [])
    drill_schedule   = optional(string, "cron(0 6 ? * SUN *)")
  })
  default = null

  validation {
    condition     = var.controller == null || var.posture.role == "standby"
    error_message = "controller belongs to the standby's page: in the primary it would be lost with it."
  }

  validation {
    condition     = var.posture.role != "standby" || var.posture.mode == "backup" || var.controller != null
    error_message = "controller can't be absent in a standby: somebody must notice."
  }

  validation {
    condition     = length(try(var.controller.targets.node_groups, [])) == 0 || try(var.controller.targets.cluster_name, null) != null
    error_message = "controller.targets.node_groups need cluster_name."
  }

  validation {
    condition     = var.controller == null || try(var.controller.failures >= 2 && var.controller.failures <= 10, false)
    error_message = "controller.failures must be 2 to 10: one failed look is a lost packet."
  }

  validation {
    condition     = var.controller == null || try(var.controller.hold_off_seconds >= 300, false)
    error_message = "controller.hold_off_seconds must be 300 or more, or it moves to and fro."
  }

  validation {
    condition     = var.controller == null || can(regex("^(cron|rate)\\(.+\\)$", var.controller.drill_schedule))
    error_message = "controller.drill_schedule must be a cron or rate expression."
  }
}

variable "health_checks" {
  description = "What of the primary is asked over TLS, by the controller itself and by Route 53."
  type = map(object({
    fqdn = string
    port = optional(number, 443)
    path = optional(string, "/health/ready")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.health_checks) == 0 || var.posture.role == "standby"
    error_message = "health_checks belong to the standby's page."
  }

  validation {
    condition     = alltrue([for check in values(var.health_checks) : startswith(check.path, "/") && check.port >= 1 && check.port <= 65535])
    error_message = "health_checks need a path that begins with a slash, and a port."
  }

  validation {
    condition     = var.controller == null || length(var.health_checks) > 0
    error_message = "health_checks can't be empty beside a controller: it would have nothing to look at."
  }
}

variable "replication" {
  description = "What is copied and must not lag. Tables and bucket rules are watched where they are copied from, replicas where they are. point_seconds is the recovery point that is promised for eventually consistent tables; strongly consistent ones have none to watch."
  type = object({
    tables               = optional(set(string), [])
    buckets              = optional(map(object({ source = string, destination = string, rule_id = string })), {})
    database_replicas    = optional(set(string), [])
    point_seconds        = optional(number, 15)
    database_lag_seconds = optional(number, 60)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.replication.point_seconds >= 1 && var.replication.point_seconds <= 900
    error_message = "replication.point_seconds must be 1 to 900."
  }

  validation {
    condition     = var.replication.database_lag_seconds >= 1 && var.replication.database_lag_seconds <= 900
    error_message = "replication.database_lag_seconds must be 1 to 900."
  }
}

variable "fault" {
  description = "Experiment of Fault Injection Service in this Region: node groups whose nodes are taken, eventually consistent tables whose copying is held, alarms that end it, share of nodes, minutes. It runs when somebody starts it. null makes none."
  type = object({
    node_group_arns = set(string)
    table_arns      = optional(set(string), [])
    stop_alarm_arns = set(string)
    node_percent    = optional(number, 100)
    minutes         = optional(number, 10)
  })
  default = null

  validation {
    condition     = var.fault == null || try(length(var.fault.node_group_arns) > 0 && alltrue([for arn in var.fault.node_group_arns : can(regex("^arn:aws[a-z-]*:eks:[a-z0-9-]+:[0-9]{12}:nodegroup/[^/]+/[^/]+/.+$", arn))]), false)
    error_message = "fault.node_group_arns needs a node group, each by its ARN."
  }

  validation {
    condition     = var.fault == null || try(length(var.fault.stop_alarm_arns) > 0, false)
    error_message = "fault.stop_alarm_arns needs an alarm: without one nothing ends the experiment."
  }

  validation {
    condition     = var.fault == null || try(var.fault.node_percent >= 1 && var.fault.node_percent <= 100 && var.fault.minutes >= 1 && var.fault.minutes <= 60, false)
    error_message = "fault.node_percent must be 1 to 100 and fault.minutes 1 to 60."
  }
}

variable "arc" {
  description = "Plan of ARC Region switch that calls the controller once a person with this role has agreed; null makes none. It is priced by the month."
  type = object({
    approval_role_arn = string
  })
  default = null

  validation {
    condition     = var.arc == null || (var.controller != null && can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", try(var.arc.approval_role_arn, ""))))
    error_message = "arc needs a controller, and the ARN of the role that approves."
  }
}
