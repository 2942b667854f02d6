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

variable "resources" {
  description = "ARNs of what is backed up, under names of the caller's; what isn't here isn't backed up. An empty map makes a vault that only receives copies."
  type        = map(string)

  validation {
    condition     = alltrue([for arn in values(var.resources) : can(regex("^arn:aws[a-z-]*:(dynamodb|rds|s3|elasticfilesystem|ec2):[^*]*$", arn))])
    error_message = "resources takes ARNs of tables, databases, buckets, file systems and volumes, without wildcards: a selection that nobody can read covers nothing for certain."
  }
}

variable "rules" {
  description = "Backups by name: when (UTC), after how many days they end, and after how many they move to cold storage (null: never). Cold storage is paid for at least 90 days."
  type = map(object({
    schedule     = string
    delete_after = number
    cold_after   = optional(number)
  }))
  default = {
    daily   = { schedule = "cron(0 3 * * ? *)", delete_after = 30 }
    weekly  = { schedule = "cron(0 4 ? * SUN *)", delete_after = 90 }
    monthly = { schedule = "cron(0 5 1 * ? *)", delete_after = 365, cold_after = 30 }
  }

  validation {
    condition     = alltrue([for rule in values(var.rules) : can(regex("^(cron|rate)\\(.+\\)$", rule.schedule))])
    error_message = "A schedule must be a cron(...) or rate(...) expression."
  }

  validation {
    condition     = alltrue([for rule in values(var.rules) : rule.delete_after >= coalesce(rule.cold_after, -90) + 90])
    error_message = "delete_after must be at least cold_after + 90: AWS refuses a backup that leaves cold storage sooner."
  }

  validation {
    condition     = alltrue([for rule in values(var.rules) : rule.delete_after >= 7 && rule.delete_after <= 3650])
    error_message = "delete_after must be from 7 to 3650 days."
  }

  validation {
    condition     = var.environment != "prod" || length(setsubtract(["daily", "weekly", "monthly"], keys(var.rules))) == 0
    error_message = "prod backs up daily, weekly and monthly."
  }
}

variable "lock" {
  description = "Retention that the vault itself enforces, in days. changeable_days given: after that many days nobody, not even AWS, can lift the lock or delete the vault before its backups end (at least 3; null keeps it liftable by an administrator). null is no lock, which prod refuses."
  type = object({
    min_days        = optional(number, 7)
    max_days        = optional(number, 400)
    changeable_days = optional(number)
  })
  default = {}

  validation {
    condition     = var.environment != "prod" || var.lock != null
    error_message = "prod locks its vault."
  }

  validation {
    condition     = var.lock == null || alltrue([for rule in values(var.rules) : rule.delete_after >= try(var.lock.min_days, 0) && rule.delete_after <= try(var.lock.max_days, 99999)])
    error_message = "Every rule's delete_after must lie between the lock's min_days and max_days: a locked vault refuses other backups."
  }

  validation {
    condition     = coalesce(try(var.lock.changeable_days, null), 3) >= 3
    error_message = "changeable_days must be at least 3: the time to change one's mind."
  }
}

variable "copy_to" {
  description = "Vault ARNs that every backup is copied to: the pair's other Region, or another account. prod needs one, because a vault is lost with its Region or account."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.copy_to : can(regex("^arn:aws[a-z-]*:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:[A-Za-z0-9_-]{2,50}$", arn))])
    error_message = "copy_to takes vault ARNs."
  }

  validation {
    condition     = alltrue([for arn in var.copy_to : try("${split(":", arn)[3]}/${split(":", arn)[4]}", "") != "${var.region}/${var.account_id}"])
    error_message = "A copy must go to another Region or another account."
  }

  validation {
    condition     = var.environment != "prod" || length(var.resources) == 0 || length(var.copy_to) > 0
    error_message = "prod copies its backups to another Region or account."
  }
}

variable "accept_from" {
  description = "Account ids, besides this one, that may copy backups into this vault."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for account in var.accept_from : can(regex("^[0-9]{12}$", account))])
    error_message = "accept_from takes account ids of 12 digits."
  }
}

variable "restore_tests" {
  description = "Resource types (DynamoDB, RDS, S3, EFS, EBS) that are restored for trial, with overrides of the restore's settings, and when. A backup that was never restored is a hope. null tests nothing, which prod refuses."
  type = object({
    schedule = optional(string, "cron(0 6 ? * MON *)")
    types    = map(map(string))
  })
  default = null

  validation {
    condition     = var.restore_tests == null || try(length(var.restore_tests.types) > 0 && length(setsubtract(keys(var.restore_tests.types), ["DynamoDB", "RDS", "S3", "EFS", "EBS"])) == 0, false)
    error_message = "restore_tests.types takes DynamoDB, RDS, S3, EFS and EBS, at least one."
  }

  validation {
    condition     = var.environment != "prod" || length(var.resources) == 0 || var.restore_tests != null
    error_message = "prod restores its backups for trial."
  }
}
