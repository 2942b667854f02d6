variable "ingress" {
  description = "Load balancer before the service: its 443 listener, suffix and group, the host names that are ours, and the rule's priority (the one before it is taken for the test rule)."
  type = object({
    listener_arn             = string
    load_balancer_arn_suffix = string
    security_group_id        = string
    hosts                    = set(string)
    priority                 = optional(number, 100)
  })
  nullable = false

  validation {
    condition     = length(var.ingress.hosts) > 0 && length(var.ingress.hosts) <= 4
    error_message = "ingress.hosts needs one to four names: a rule has five conditions, and the test rule uses one for its header."
  }

  validation {
    condition     = var.ingress.priority >= 2 && var.ingress.priority <= 50000
    error_message = "ingress.priority must be 2 to 50000."
  }

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/.+$", var.ingress.listener_arn))
    error_message = "ingress.listener_arn must be a listener of an application load balancer."
  }
}

variable "scaling" {
  description = "Tasks at least and at most, and the load at which one more is started."
  type = object({
    min            = optional(number, 2)
    max            = optional(number, 6)
    cpu_percent    = optional(number, 60)
    memory_percent = optional(number, 70)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.scaling.min >= 1 && var.scaling.min <= var.scaling.max
    error_message = "scaling needs 1 <= min <= max."
  }

  validation {
    condition     = var.environment != "prod" || var.scaling.min >= 2
    error_message = "scaling.min must be 2 or more in prod: one task is one zone."
  }

  validation {
    condition     = alltrue([for percent in [var.scaling.cpu_percent, var.scaling.memory_percent] : percent >= 20 && percent <= 85])
    error_message = "scaling.cpu_percent and memory_percent must be 20 to 85: above, load arrives before the new task does."
  }
}

variable "deployment" {
  description = "Who moves the traffic (ecs or codedeploy; changing it replaces the service), all at once or in steps, minutes the old version stays for a way back, and what undoes it: errors of the target groups, and further alarms by name."
  type = object({
    controller        = optional(string, "ecs")
    strategy          = optional(string, "BLUE_GREEN")
    bake_minutes      = optional(number, 10)
    canary_percent    = optional(number, 10)
    errors_per_minute = optional(number, 5)
    alarm_names       = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["ecs", "codedeploy"], var.deployment.controller)
    error_message = "deployment.controller must be ecs or codedeploy."
  }

  validation {
    condition     = contains(["BLUE_GREEN", "CANARY", "LINEAR"], var.deployment.strategy)
    error_message = "deployment.strategy must be BLUE_GREEN, CANARY or LINEAR."
  }

  validation {
    condition     = var.deployment.bake_minutes >= 1 && var.deployment.bake_minutes <= 1440
    error_message = "deployment.bake_minutes must be 1 to 1440: with none there is no way back."
  }

  validation {
    condition     = var.deployment.canary_percent >= 3 && var.deployment.canary_percent <= 50
    error_message = "deployment.canary_percent must be 3 to 50."
  }

  validation {
    condition     = var.deployment.controller == "ecs" || var.deployment.canary_percent == 10
    error_message = "deployment.canary_percent is 10 with codedeploy: its ready-made configurations know no other step here."
  }

  validation {
    condition     = var.deployment.errors_per_minute >= 1
    error_message = "deployment.errors_per_minute must be 1 or more."
  }
}

variable "task_policies" {
  description = "What the service may do in AWS: policy documents by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for policy in values(var.task_policies) : can(jsondecode(policy).Statement)])
    error_message = "task_policies must be policy documents."
  }

  validation {
    condition     = !contains(keys(var.task_policies), "exec")
    error_message = "task_policies can't be called exec: that one is the module's own."
  }
}

variable "exec_allowed" {
  description = "Whether a shell can be opened in a task, logged and encrypted."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.environment != "prod" || !var.exec_allowed
    error_message = "exec_allowed can't be on in prod."
  }
}
