variable "name" {
  description = "Identifier of the cache, as `<product>-<environment>-<noun>`; changing it replaces the cache."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,37}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 39 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "Region that everything here is made in; changing it replaces everything."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region's code, such as eu-west-1."
  }
}

variable "account_id" {
  description = "Account that owns what is made here; ARNs are computed from it, so that policies can be read in a plan."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "environment" {
  description = "dev, staging or prod; prod forces deletion protection and the longest retention."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "kms_key_arn" {
  description = "Key of the same Region that encrypts what is stored here; whoever may not use it can't read the data."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:${var.region}:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key (not of an alias) in the same Region."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic of the same Region that every alarm here notifies, when it fires and when it recovers."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic in the same Region."
  }
}

variable "log_retention_days" {
  description = "Days that the log groups here keep their records; less than a year is refused in prod."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }

  validation {
    condition     = var.environment != "prod" || var.log_retention_days >= 365
    error_message = "prod keeps its logs for at least 365 days."
  }
}

variable "engine_version" {
  description = "Version of Valkey; a newer one is taken in the maintenance window, an older one replaces the cache."
  type        = string
  default     = "8.1"

  validation {
    condition     = can(regex("^(7\\.2|8\\.[0-9])$", var.engine_version))
    error_message = "engine_version must be 7.2 or 8.x of Valkey."
  }
}

variable "nodes" {
  description = "Class of the nodes, shards, and replicas of each: without a replica a lost node is a lost shard."
  type = object({
    class    = string
    shards   = optional(number, 1)
    replicas = optional(number, 1)
  })

  validation {
    condition     = can(regex("^cache\\.(m|r|c)([6-9])[a-z]*\\.([0-9]*x?large)$", var.nodes.class)) || can(regex("^cache\\.t4g\\.(micro|small|medium)$", var.nodes.class))
    error_message = "nodes.class must be an m, r or c class of generation 6 or later, or t4g, such as cache.r7g.large."
  }

  validation {
    condition     = var.environment != "prod" || !startswith(var.nodes.class, "cache.t")
    error_message = "prod takes no burstable class."
  }

  validation {
    condition     = var.nodes.shards >= 1 && var.nodes.shards <= 90 && var.nodes.replicas >= 0 && var.nodes.replicas <= 5
    error_message = "nodes takes 1 to 90 shards and 0 to 5 replicas."
  }

  validation {
    condition     = var.environment != "prod" || var.nodes.replicas >= 1
    error_message = "prod needs a replica of each shard, in another zone."
  }
}

variable "network" {
  description = "VPC and restricted subnets by zone id that the nodes lie in. Consumers add their rules to the security group in the outputs."
  type = object({
    vpc_id     = string
    subnet_ids = map(string)
  })

  validation {
    condition     = length(var.network.subnet_ids) >= 2
    error_message = "A cache needs subnets in at least two zones: otherwise its replicas are lost with it."
  }
}

variable "users" {
  description = "Users by name with what they may do, in Valkey's own words; they log in with IAM, so that there is no password to keep or rotate."
  type        = map(string)

  validation {
    condition     = length(var.users) > 0 && alltrue([for user in keys(var.users) : can(regex("^[a-z][a-z0-9-]{1,38}$", user)) && user != "default"])
    error_message = "At least one user is needed, named with 2 to 39 lower-case letters, digits and hyphens, and not default."
  }

  validation {
    condition     = alltrue([for access in values(var.users) : startswith(access, "on ") && !strcontains(access, "allcommands") && !strcontains(access, "+@all")])
    error_message = "A user's access starts with on and doesn't give all commands: FLUSHALL and CONFIG are nobody's."
  }
}

variable "snapshot_days" {
  description = "Days that the daily snapshot is kept; what is in a cache can be rebuilt, but warming it takes time."
  type        = number
  default     = 7

  validation {
    condition     = var.snapshot_days >= (var.environment == "prod" ? 1 : 0) && var.snapshot_days <= 35
    error_message = "snapshot_days must be from 0 to 35, in prod at least 1."
  }
}
