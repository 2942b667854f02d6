variable "name" {
  description = "Prefix of the secrets, which are called name/secret."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the secrets."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; a deleted secret can be brought back for 30 days in prod, for 7 elsewhere."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account of the secrets."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of the secrets; readers need to decrypt with it as well."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of failed rotations and deletions; its policy must let EventBridge publish."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "administrator_role_arns" {
  description = "Roles that may put values in and look at all of them. Without the right one here nobody can set a value again."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.administrator_role_arns) > 0 && alltrue([for arn in var.administrator_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*]+$", arn))])
    error_message = "administrator_role_arns needs a role at least, each by its full ARN."
  }
}

variable "replica_key_arns" {
  description = "Regions that get a copy of the replicated secrets, with the key of each."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for region, arn in var.replica_key_arns : region != var.region && can(regex("^arn:aws[a-z-]*:kms:${region}:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "replica_key_arns need another Region each, with a key of that Region."
  }
}

variable "secrets" {
  description = "Secrets by name: what each is, the roles that may read it (no other role can, whatever its own policy says), whether the standby has a copy, and the function that rotates it. Values are put in by a person or by the rotation, never by Terraform."
  type = map(object({
    description      = string
    reader_role_arns = set(string)
    replicated       = optional(bool, false)
    rotation = optional(object({
      function_arn = string
      role_arn     = string
      days         = optional(number, 30)
    }))
  }))
  nullable = false

  validation {
    condition     = length(var.secrets) > 0 && alltrue([for name in keys(var.secrets) : can(regex("^[a-z][a-z0-9-]*(/[a-z0-9-]+)*$", name)) && !can(regex("-[A-Za-z0-9]{6}$", name))])
    error_message = "secrets need lower-case names that don't end in a dash and six characters, which Secrets Manager takes for its own suffix."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : length(secret.reader_role_arns) > 0 && alltrue([for arn in secret.reader_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*]+$", arn))])])
    error_message = "secrets.reader_role_arns need a role at least, each by its full ARN."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : length(secret.description) >= 10])
    error_message = "secrets.description must say what the secret is for."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : secret.rotation == null || try(secret.rotation.days >= 1 && secret.rotation.days <= 90, false)])
    error_message = "secrets.rotation.days must be 1 to 90."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : !secret.replicated || length(var.replica_key_arns) > 0])
    error_message = "secrets.replicated needs replica_key_arns."
  }
}
