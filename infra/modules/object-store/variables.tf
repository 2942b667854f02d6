variable "name" {
  description = "Start of every name here, as `<product>-<environment>`; changing it replaces what carries it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 22 lower-case letters, digits and hyphens, starting with a letter."
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

variable "buckets" {
  description = "Which buckets are made: audit and statements are object-locked, snapshots and artifacts only versioned. artifacts holds what Lambdas and images are built from."
  type        = set(string)
  default     = ["audit", "statements", "snapshots", "artifacts"]

  validation {
    condition     = length(var.buckets) > 0 && length(setsubtract(var.buckets, ["audit", "statements", "snapshots", "artifacts"])) == 0
    error_message = "buckets takes audit, statements, snapshots and artifacts, at least one."
  }
}

variable "replica" {
  description = "Second Region of the pair, with its key, alarm topic and access-log bucket: the buckets are made there too, and each side copies to the other within 15 minutes. null keeps everything in one Region."
  type = object({
    region          = string
    kms_key_arn     = string
    alarm_topic_arn = string
    access_logs     = optional(object({ bucket = string }))
  })
  default = null

  validation {
    condition     = var.replica == null || try(var.replica.region != var.region && can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.replica.region)), false)
    error_message = "replica.region must be another Region than the buckets' own."
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
    condition     = substr(var.region, 0, 3) == substr(try(coalesce(var.replica.region, var.region), var.region), 0, 3)
    error_message = "The replica must lie on the same continent: statements hold personal data."
  }
}

variable "access_logs" {
  description = "Bucket of the same Region that takes the access logs (an object, because whether there is one must be known before its name is); null writes none, and then only CloudTrail data events tell who read what."
  type = object({
    bucket = string
  })
  default = null

  validation {
    condition     = var.access_logs == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_logs.bucket))
    error_message = "access_logs.bucket must be a bucket name (3 to 63 characters), not an ARN."
  }
}

variable "statements_lock_days" {
  description = "Days that an uploaded statement can't be overwritten or deleted in prod, but by a role that may bypass governance; elsewhere it is one day."
  type        = number
  default     = 365

  validation {
    condition     = var.statements_lock_days >= 30 && var.statements_lock_days <= 3650
    error_message = "statements_lock_days must be from 30 to 3650: a reconciliation may be asked for until the month is closed."
  }
}

variable "snapshot_days" {
  description = "Days that a lane's snapshot is kept; recovery needs the newest one and the journal after it."
  type        = number
  default     = 35

  validation {
    condition     = var.snapshot_days >= 7 && var.snapshot_days <= 365
    error_message = "snapshot_days must be from 7 to 365."
  }
}
