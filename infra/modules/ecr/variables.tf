variable "name" {
  description = "Prefix of the repositories, which are called name/repository."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 40 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "region" {
  description = "Region of the registry."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a Region code such as eu-west-1."
  }
}

variable "environment" {
  description = "Environment; in prod a repository with images can't be deleted."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account of the registry and of its copies."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "kms_key_arn" {
  description = "Key of the images. Changing it replaces the repositories, and their images with them."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias or an id."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that hears of HIGH and CRITICAL findings; its policy must let EventBridge publish."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic."
  }
}

variable "repositories" {
  description = "Repositories by name: images kept for rollbacks, days an untagged layer lives, whether a destroy may take images along, and roles of other accounts that pull or push (roles of this account need their own policy only)."
  type = map(object({
    keep_images    = optional(number, 50)
    untagged_days  = optional(number, 7)
    disposable     = optional(bool, false)
    pull_role_arns = optional(list(string), [])
    push_role_arns = optional(list(string), [])
  }))
  nullable = false

  validation {
    condition     = length(var.repositories) > 0 && alltrue([for name in keys(var.repositories) : can(regex("^[a-z0-9]+([._-][a-z0-9]+)*$", name))])
    error_message = "repositories need lower-case names."
  }

  validation {
    condition     = alltrue([for repository in values(var.repositories) : repository.keep_images >= 10 && repository.keep_images <= 1000])
    error_message = "repositories.keep_images must be 10 to 1000: fewer leave a rollback without its image."
  }

  validation {
    condition     = alltrue([for repository in values(var.repositories) : repository.untagged_days >= 1])
    error_message = "repositories.untagged_days must be 1 or more."
  }

  validation {
    condition     = alltrue(flatten([for repository in values(var.repositories) : [for arn in concat(repository.pull_role_arns, repository.push_role_arns) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", arn))]]))
    error_message = "repositories.pull_role_arns and push_role_arns must be ARNs of roles."
  }

  validation {
    condition     = var.environment != "prod" || alltrue([for repository in values(var.repositories) : !repository.disposable])
    error_message = "repositories.disposable can't be on in prod."
  }
}

variable "registry" {
  description = "Settings of the Region's registry, which an account has once: enhanced scanning, Regions that get a copy of each image, and the key per Region that encrypts the copies. null where another page of the account has set them."
  type = object({
    replica_regions  = optional(set(string), [])
    replica_key_arns = optional(map(string), {})
  })
  default = null

  validation {
    condition     = var.registry == null || try(alltrue([for region in var.registry.replica_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))]) && !contains(var.registry.replica_regions, var.region), false)
    error_message = "registry.replica_regions must be other Regions than the registry's own."
  }

  validation {
    condition     = var.registry == null || try(toset(keys(var.registry.replica_key_arns)) == var.registry.replica_regions, false)
    error_message = "registry.replica_key_arns needs a key for each replica Region: without one the copies are encrypted with AES256 by AWS's own key."
  }
}
