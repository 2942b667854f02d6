variable "name" {
  description = "Identifier of the instance, as `<product>-<environment>-<noun>`; changing it replaces the database."
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

variable "engine" {
  description = "postgres or mysql with its version; AWS takes minor upgrades itself in the maintenance window, a major one is a change here."
  type = object({
    name    = optional(string, "postgres")
    version = optional(string, "17.6")
  })
  default = {}

  validation {
    condition     = contains(["postgres", "mysql"], var.engine.name)
    error_message = "engine.name must be postgres or mysql: the rotation speaks these two."
  }

  validation {
    condition     = can(regex(var.engine.name == "mysql" ? "^8\\.[04](\\.[0-9]+)?$" : "^1[4-9]\\.[0-9]+$", var.engine.version))
    error_message = "engine.version must be 14.x to 19.x for postgres, 8.0 or 8.4 for mysql."
  }
}

variable "instance" {
  description = "Size of the instance. storage_gb grows by itself up to max_storage_gb and never shrinks; multi_az keeps a second copy in another zone; burstable permits a t class in prod, which slows down when its credits are used up."
  type = object({
    class          = string
    storage_gb     = optional(number, 100)
    max_storage_gb = optional(number, 500)
    multi_az       = optional(bool, true)
    burstable      = optional(bool, false)
  })

  validation {
    condition     = can(regex("^db\\.(c|m|r|t|x)([5-9]|[1-9][0-9])[a-z]*\\.([0-9]*x?large|medium|small)$", var.instance.class)) || can(regex("^db\\.t[34]g?\\.(micro|small|medium|x?large|2xlarge)$", var.instance.class))
    error_message = "instance.class must be a c, m, r or x class of generation 5 or later, or a t3 or t4g class, such as db.m7g.large."
  }

  validation {
    condition     = var.environment != "prod" || var.instance.burstable || !startswith(var.instance.class, "db.t")
    error_message = "prod takes no burstable class, unless burstable says that its credits were reckoned."
  }

  validation {
    condition     = var.instance.storage_gb >= 20 && var.instance.max_storage_gb >= var.instance.storage_gb && var.instance.max_storage_gb <= 65536
    error_message = "storage_gb must be at least 20, and max_storage_gb from there to 65536."
  }

  validation {
    condition     = var.environment != "prod" || var.instance.multi_az
    error_message = "prod runs in two zones (multi_az)."
  }
}

variable "protection" {
  description = "Days of point-in-time recovery (null: 35 in prod, 7 elsewhere), windows in UTC that must not overlap, and whether the instance refuses to be deleted, which prod forces."
  type = object({
    backup_days         = optional(number)
    backup_window       = optional(string, "02:00-03:00")
    maintenance_window  = optional(string, "sun:04:00-sun:05:00")
    deletion_protection = optional(bool, true)
  })
  default = {}

  validation {
    condition     = coalesce(var.protection.backup_days, 35) >= (var.environment == "prod" ? 14 : 1) && coalesce(var.protection.backup_days, 35) <= 35
    error_message = "backup_days must be from 1 to 35, in prod from 14."
  }

  validation {
    condition     = var.environment != "prod" || var.protection.deletion_protection
    error_message = "prod keeps deletion protection."
  }

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.protection.backup_window)) && can(regex("^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$", var.protection.maintenance_window))
    error_message = "backup_window must read hh:mm-hh:mm, maintenance_window ddd:hh:mm-ddd:hh:mm."
  }
}

variable "network" {
  description = "VPC and restricted subnets by zone id that the instance lies in, and the private subnets and endpoint security group that the rotation works from (null without it). Consumers add their rules to the security group in the outputs."
  type = object({
    vpc_id                     = string
    subnet_ids                 = map(string)
    rotation_subnet_ids        = optional(map(string))
    endpoint_security_group_id = optional(string)
  })

  validation {
    condition     = length(var.network.subnet_ids) >= 2
    error_message = "A database needs subnets in at least two zones, even when it runs in one."
  }

  validation {
    condition     = try(var.credentials.mode, "none") != "lambda" || (var.network.rotation_subnet_ids != null && var.network.endpoint_security_group_id != null)
    error_message = "The rotation needs rotation_subnet_ids and endpoint_security_group_id: it must reach the database and Secrets Manager."
  }
}

variable "credentials" {
  description = "Who changes the password: managed lets RDS do it, which AWS refuses for an instance with replicas; lambda uses the product's rotation function, a versioned object in S3, which alternates two users. copies are Regions that get the secrets too, each with its key. null for a replica, whose users come from its source."
  type = object({
    mode          = string
    rotation_days = optional(number, 30)
    function      = optional(object({ bucket = string, key = string, version = string }))
    copies        = optional(map(string), {})
  })
  default = { mode = "managed" }

  validation {
    condition     = var.credentials == null || contains(["managed", "lambda"], try(var.credentials.mode, "managed"))
    error_message = "credentials.mode must be managed or lambda."
  }

  validation {
    condition     = (var.credentials == null) == (var.replica_of != null)
    error_message = "A replica has no credentials of its own, and every other instance needs them."
  }

  validation {
    condition     = !var.replicated || try(var.credentials.mode, "none") == "lambda"
    error_message = "RDS can't manage the password of an instance that has replicas: use mode lambda."
  }

  validation {
    condition     = try(var.credentials.mode, "none") != "lambda" || try(var.credentials.function, null) != null
    error_message = "Mode lambda needs the rotation function's bucket, key and version."
  }

  validation {
    condition     = var.credentials == null || try(var.credentials.rotation_days >= 1 && var.credentials.rotation_days <= 90, false)
    error_message = "rotation_days must be from 1 to 90."
  }
}

variable "initial_password" {
  description = "Master password of the first minute in mode lambda; it is written nowhere in the state, and the first rotation replaces it. Needed when the instance is made, ignored afterwards."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.initial_password == null || length(coalesce(var.initial_password, "none")) >= 32
    error_message = "initial_password must have at least 32 characters."
  }
}

variable "replicated" {
  description = "Whether another Region holds a replica of this instance, made by that Region's page; it rules out RDS-managed passwords."
  type        = bool
  default     = false

  validation {
    condition     = !var.replicated || var.replica_of == null
    error_message = "A replica has no replicas here."
  }
}

variable "replica_of" {
  description = "ARN of an instance in the pair's other Region, of which this one becomes the replica; removing it promotes the replica to an instance of its own. null makes a primary."
  type        = string
  default     = null

  validation {
    condition     = var.replica_of == null || can(regex("^arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:db:[a-z][a-z0-9-]*$", var.replica_of))
    error_message = "replica_of must be an instance's ARN."
  }

  validation {
    condition     = var.replica_of == null || try(split(":", var.replica_of)[3], "") != var.region
    error_message = "A replica lies in another Region than its source; within a Region multi_az is what protects."
  }
}
