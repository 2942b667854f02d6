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

variable "network" {
  description = "VPC and restricted subnets by zone id; each gets a mount target, so that a zone's loss takes only its own. Consumers add their rules to the security group in the outputs."
  type = object({
    vpc_id     = string
    subnet_ids = map(string)
  })

  validation {
    condition     = length(var.network.subnet_ids) >= (var.environment == "prod" ? 2 : 1) && alltrue([for zone in keys(var.network.subnet_ids) : can(regex("^[a-z]{3,4}[0-9]-az[1-8]$", zone))])
    error_message = "subnet_ids needs one subnet per zone id (euw1-az1), in prod at least two."
  }
}

variable "access_points" {
  description = "Access points by name: the directory that a service sees as its root, and the user that all its files belong to. A client without one can't mount."
  type = map(object({
    path = string
    uid  = number
    gid  = number
  }))

  validation {
    condition     = length(var.access_points) > 0 && alltrue([for point in values(var.access_points) : can(regex("^/[A-Za-z0-9_/-]+$", point.path))])
    error_message = "At least one access point is needed, each with a path below the root."
  }

  validation {
    condition     = alltrue([for point in values(var.access_points) : point.uid > 0 && point.gid > 0])
    error_message = "uid and gid must be above zero: nobody is root."
  }
}

variable "client_role_arns" {
  description = "Roles that may mount, and may write through their access point."
  type        = set(string)

  validation {
    condition     = length(var.client_role_arns) > 0 && alltrue([for arn in var.client_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "client_role_arns takes role ARNs, at least one, without wildcards."
  }
}

variable "replica" {
  description = "Second Region that gets a read-only copy, with its key. null makes none."
  type = object({
    region      = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.replica == null || try(var.replica.region != var.region && can(regex("^arn:aws[a-z-]*:kms:${var.replica.region}:[0-9]{12}:key/[A-Za-z0-9-]+$", var.replica.kms_key_arn)), false)
    error_message = "The replica needs another Region and a key there."
  }
}

variable "infrequent_days" {
  description = "Days without access after which a file moves to cheaper storage, from which the next access brings it back."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 7, 14, 30, 60, 90, 180, 270, 365], var.infrequent_days)
    error_message = "infrequent_days must be 1, 7, 14, 30, 60, 90, 180, 270 or 365."
  }
}
