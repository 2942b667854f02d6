variable "name" {
  description = "Name of cluster, service, task family and target groups. Changing it replaces them."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,24}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 26 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; prod runs two tasks at least."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account of the service; its roles trust no other."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of the log, of the tasks' storage and of sessions."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of errors, sick tasks and exhaustion."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days that the service's log is kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs accepts."
  }
}

variable "container" {
  description = "Image by digest and its repository; port; size; settings; secrets by variable name, as ARNs (a task reads them at start only), with their keys; health path; seconds between the order to stop and the kill. It runs without root, on a read-only file system with /tmp."
  type = object({
    image           = string
    repository_arn  = string
    port            = optional(number, 8080)
    cpu             = optional(number, 512)
    memory_mib      = optional(number, 1024)
    architecture    = optional(string, "ARM64")
    command         = optional(list(string))
    environment     = optional(map(string), {})
    secrets         = optional(map(string), {})
    secret_key_arns = optional(set(string), [])
    health_path     = optional(string, "/health/ready")
    stop_seconds    = optional(number, 30)
  })
  nullable = false

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.container.image))
    error_message = "container.image must be named by digest: a tag can become another image between two tasks."
  }

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecr:[a-z0-9-]+:[0-9]{12}:repository/.+$", var.container.repository_arn))
    error_message = "container.repository_arn must be the ARN of a repository."
  }

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.container.cpu)
    error_message = "container.cpu must be 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }

  validation {
    condition     = var.container.memory_mib >= var.container.cpu * 2 && var.container.memory_mib <= var.container.cpu * 8
    error_message = "container.memory_mib must be two to eight times cpu: Fargate has no other sizes."
  }

  validation {
    condition     = contains(["ARM64", "X86_64"], var.container.architecture)
    error_message = "container.architecture must be ARM64 or X86_64."
  }

  validation {
    condition     = var.container.port >= 1024 && var.container.port <= 65535
    error_message = "container.port must be 1024 to 65535: below needs root."
  }

  validation {
    condition     = alltrue([for arn in values(var.container.secrets) : can(regex("^arn:aws[a-z-]*:secretsmanager:", arn))])
    error_message = "container.secrets are ARNs of Secrets Manager, not values."
  }

  validation {
    condition     = startswith(var.container.health_path, "/")
    error_message = "container.health_path must begin with a slash."
  }

  validation {
    condition     = var.container.stop_seconds >= 5 && var.container.stop_seconds <= 120
    error_message = "container.stop_seconds must be 5 to 120."
  }
}

variable "network" {
  description = "VPC, private subnet per zone id, and what the tasks may reach, by a name of your choice: a prefix list (S3, DynamoDB) or a security group (endpoints, database). Everything else is unreachable."
  type = object({
    vpc_id     = string
    subnet_ids = map(string)
    egress = map(object({
      port              = optional(number, 443)
      prefix_list_id    = optional(string)
      security_group_id = optional(string)
    }))
  })
  nullable = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.network.vpc_id))
    error_message = "network.vpc_id must be the id of a VPC."
  }

  validation {
    condition     = length(var.network.subnet_ids) >= 2 && alltrue([for zone in keys(var.network.subnet_ids) : can(regex("^[a-z]{2,5}[0-9]{1,2}-az[0-9]+$", zone))])
    error_message = "network.subnet_ids is keyed by zone id and needs two."
  }

  validation {
    condition     = alltrue([for target in values(var.network.egress) : (target.prefix_list_id == null) != (target.security_group_id == null)])
    error_message = "network.egress entries take a prefix list or a security group, one of them; address ranges aren't taken."
  }
}
