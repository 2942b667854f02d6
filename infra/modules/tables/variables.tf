variable "name" {
  description = "Start of every name here, as `<product>-<environment>`; changing it replaces what carries it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 lower-case letters, digits and hyphens, starting with a letter."
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

variable "tables" {
  description = "Which of the tables of proto/tables.toml are made here: a pair makes those with replicas, each Region its own leases."
  type        = set(string)
  default     = ["journal", "orders", "control", "leases"]

  validation {
    condition     = length(var.tables) > 0 && length(setsubtract(var.tables, keys(local.schema))) == 0
    error_message = "tables must name tables of proto/tables.toml, at least one."
  }
}

variable "journal" {
  description = "Lanes that write the journal, one per shard, and the write units a second that the table must take at once (null: 1,000 per shard). Too little and every lane is throttled at the opening bell."
  type = object({
    shards      = number
    write_units = optional(number)
  })

  validation {
    condition     = var.journal.shards >= 1 && var.journal.shards <= 500 && floor(var.journal.shards) == var.journal.shards
    error_message = "journal.shards must be a whole number from 1 to 500."
  }

  validation {
    condition     = coalesce(var.journal.write_units, 500000) >= var.journal.shards * 1000
    error_message = "journal.write_units must be at least 1,000 per shard: a partition takes no more, and a lane writes at that rate."
  }
}

variable "replica" {
  description = "Second Region of the pair's tables, with its key and alarm topic; strong names the tables that are multi-Region strongly consistent, which need a witness Region and can't be changed later. null keeps everything in one Region. leases are never replicated."
  type = object({
    region          = string
    kms_key_arn     = string
    alarm_topic_arn = string
    witness_region  = optional(string)
    strong          = optional(set(string), [])
  })
  default = null

  validation {
    condition     = var.replica == null || try(var.replica.region != var.region && can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.replica.region)), false)
    error_message = "replica.region must be another Region than the table's own."
  }

  validation {
    condition     = var.replica == null || can(regex("^arn:aws[a-z-]*:kms:${try(var.replica.region, "")}:[0-9]{12}:key/[A-Za-z0-9-]+$", var.replica.kms_key_arn))
    error_message = "replica.kms_key_arn must be a key in the replica's Region."
  }

  validation {
    condition     = var.replica == null || can(regex("^arn:aws[a-z-]*:sns:${try(var.replica.region, "")}:[0-9]{12}:[A-Za-z0-9_-]+$", var.replica.alarm_topic_arn))
    error_message = "replica.alarm_topic_arn must be a topic in the replica's Region."
  }

  validation {
    condition     = var.replica == null || try(length(setsubtract(var.replica.strong, ["journal", "control"])) == 0, false)
    error_message = "Only journal and control can be strongly consistent: orders is a view that may lag, and leases are never replicated."
  }

  validation {
    condition = var.replica == null || length(try(var.replica.strong, [])) == 0 || anytrue([
      for regions in values(local.strong_sets) : length(setsubtract(compact([var.region, try(var.replica.region, ""), try(var.replica.witness_region, "")]), regions)) == 0
    ])
    error_message = "Strong consistency needs all three Regions in one set: us-east-1, us-east-2, us-west-2; or eu-west-1, eu-west-2, eu-west-3, eu-central-1; or ap-northeast-1, ap-northeast-2, ap-northeast-3."
  }

  validation {
    condition     = var.replica == null || (length(try(var.replica.strong, [])) > 0) == (try(var.replica.witness_region, null) != null)
    error_message = "A witness Region belongs to strong consistency: give both or neither."
  }

  validation {
    condition     = !contains([var.region, try(var.replica.region, "")], coalesce(try(var.replica.witness_region, null), "none"))
    error_message = "The witness must lie in a third Region."
  }
}

variable "recovery_days" {
  description = "Days back to which a table can be restored to the second; an error found later than that can only be undone from backups."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35 && floor(var.recovery_days) == var.recovery_days
    error_message = "recovery_days must be a whole number from 1 to 35."
  }

  validation {
    condition     = var.environment != "prod" || var.recovery_days == 35
    error_message = "prod keeps all 35 days of point-in-time recovery."
  }
}

variable "deletion_protection" {
  description = "Whether a table refuses to be deleted; turn it off only to take a dev or staging Region down."
  type        = bool
  default     = true

  validation {
    condition     = var.environment != "prod" || var.deletion_protection
    error_message = "prod tables keep deletion protection."
  }
}

variable "max_replication_lag_ms" {
  description = "Milliseconds that an eventually consistent replica may lag before its alarm fires: it is what a lost Region would cost."
  type        = number
  default     = 5000

  validation {
    condition     = var.max_replication_lag_ms >= 1000 && var.max_replication_lag_ms <= 900000
    error_message = "max_replication_lag_ms must be from 1000 to 900000 (the 15 minutes of the recovery point)."
  }
}
