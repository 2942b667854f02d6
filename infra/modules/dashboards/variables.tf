variable "name" {
  description = "Prefix of the dashboards."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the dashboards and of most of what they show. Billing and health checks are read from us-east-1."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "other_regions" {
  description = "Further Regions that a reader can switch to."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.other_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "other_regions must be Region codes."
  }
}

variable "notes" {
  description = "Markdown at the top of each dashboard: links to runbooks, who is on call."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = length(var.notes) <= 1000
    error_message = "notes may have 1,000 characters."
  }
}

variable "limits" {
  description = "Lines drawn into the charts; give the alarms' own thresholds, or the two tell different stories."
  type = object({
    monthly_usd       = optional(number, 1000)
    iterator_age_ms   = optional(number, 1000)
    put_latency_ms    = optional(number, 20)
    queue_age_seconds = optional(number, 30)
    certificate_days  = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for limit in values(var.limits) : limit > 0])
    error_message = "limits must be above 0."
  }
}

variable "alarm_arns" {
  description = "Alarms shown at the top of infrastructure and application, by ARN."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_arns) <= 100 && alltrue([for arn in var.alarm_arns : can(regex("^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:[0-9]{12}:alarm:.+$", arn))])
    error_message = "alarm_arns takes up to 100 ARNs of alarms."
  }
}

variable "compute" {
  description = "EKS cluster, ECS services with their clusters, functions."
  type = object({
    cluster_name = optional(string)
    services     = optional(map(object({ cluster = string, service = string })), {})
    functions    = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in var.compute.functions : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "compute.functions are names, not ARNs."
  }
}

variable "edge" {
  description = "Load balancer by the suffix of its ARN, firewall by name, NAT gateways, certificates and health checks."
  type = object({
    load_balancer    = optional(string)
    web_acl          = optional(string)
    nat_gateway_ids  = optional(map(string), {})
    certificate_arns = optional(map(string), {})
    health_check_ids = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.edge.load_balancer == null || can(regex("^app/[A-Za-z0-9-]+/[0-9a-f]+$", var.edge.load_balancer))
    error_message = "edge.load_balancer must be the suffix of its ARN, app/name/id: that is what its metrics carry."
  }
}

variable "data" {
  description = "Tables, Regions that each replicated table is copied to, database instances, file systems, buckets."
  type = object({
    tables          = optional(set(string), [])
    replica_regions = optional(map(set(string)), {})
    databases       = optional(set(string), [])
    file_systems    = optional(set(string), [])
    buckets         = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(keys(var.data.replica_regions), var.data.tables)) == 0
    error_message = "data.replica_regions is keyed by tables that are in data.tables."
  }
}

variable "flow" {
  description = "Streams, queues and their dead-letter queues, topics and buses, by name."
  type = object({
    streams            = optional(set(string), [])
    queues             = optional(set(string), [])
    dead_letter_queues = optional(set(string), [])
    topics             = optional(set(string), [])
    buses              = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(setintersection(var.flow.queues, var.flow.dead_letter_queues)) == 0
    error_message = "flow.queues and dead_letter_queues can't share a queue: what waits in one is work, in the other a failure."
  }
}

variable "delivery" {
  description = "State buckets and lock tables of the infrastructure's own state, pipelines and builds."
  type = object({
    lock_tables    = optional(set(string), [])
    state_buckets  = optional(set(string), [])
    pipelines      = optional(set(string), [])
    build_projects = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for bucket in var.delivery.state_buckets : !startswith(bucket, "arn:")])
    error_message = "delivery.state_buckets are names, not ARNs."
  }
}

variable "log_groups" {
  description = "Log groups that the queries read; a query without its group isn't drawn."
  type = object({
    application = optional(string)
    trail       = optional(string)
    flow        = optional(string)
    firewall    = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for group in values(var.log_groups) : group == null || can(regex("^[A-Za-z0-9_./#-]{1,512}$", group))])
    error_message = "log_groups must be names of log groups."
  }
}

variable "billed_services" {
  description = "Services whose charges are drawn apart, as billing spells them."
  type        = set(string)
  default     = ["AmazonCloudWatch", "AmazonDynamoDB", "AmazonEC2", "AmazonEKS", "AmazonKinesis", "AmazonRDS", "AmazonS3", "AWSQueueService"]
  nullable    = false

  validation {
    condition     = alltrue([for service in var.billed_services : can(regex("^[A-Za-z0-9]+$", service))])
    error_message = "billed_services are billing's names, such as AmazonDynamoDB."
  }
}
