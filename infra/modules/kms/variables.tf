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

variable "keys" {
  description = "Keys by domain: a key's loss or misuse reaches that domain only. services are the AWS services that use it on their own account; users are role ARNs that the key's policy itself admits; grants are deploy roles that pass the key on to services; multi_region makes a primary that other Regions replicate (fixed at creation); replica_of names such a primary, and makes its replica here (an object, because whether there is one must be known before the primary's ARN is)."
  type = map(object({
    description  = string
    services     = optional(set(string), [])
    users        = optional(set(string), [])
    grants       = optional(set(string), [])
    multi_region = optional(bool, false)
    replica_of   = optional(object({ arn = string }))
  }))

  validation {
    condition     = length(var.keys) > 0 && alltrue([for domain in keys(var.keys) : can(regex("^[a-z][a-z0-9-]{1,30}$", domain))])
    error_message = "keys needs at least one domain, each 2 to 31 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for key in values(var.keys) : length(trimspace(key.description)) >= 10])
    error_message = "Each key needs a description of at least 10 characters: it is what an operator sees before a deletion."
  }

  validation {
    condition     = alltrue(flatten([for key in values(var.keys) : [for service in key.services : contains(["aps", "backup", "budgets", "cloudwatch", "costalerts", "delivery.logs", "dynamodb", "elasticache", "elasticfilesystem", "events", "kinesis", "lambda", "logs", "rds", "s3", "scheduler", "secretsmanager", "sns", "sqs"], service)]]))
    error_message = "services takes aps, backup, budgets, cloudwatch, costalerts, delivery.logs, dynamodb, elasticache, elasticfilesystem, events, kinesis, lambda, logs, rds, s3, scheduler, secretsmanager, sns and sqs."
  }

  validation {
    condition     = alltrue(flatten([for key in values(var.keys) : [for arn in setunion(key.users, key.grants) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))]]))
    error_message = "users and grants take role ARNs only, without wildcards."
  }

  validation {
    condition     = alltrue([for key in values(var.keys) : key.replica_of == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", key.replica_of.arn))])
    error_message = "replica_of.arn must be the ARN of a key, not of an alias; AWS refuses one that isn't a multi-Region primary."
  }

  validation {
    condition     = alltrue([for key in values(var.keys) : key.replica_of == null || try(split(":", key.replica_of.arn)[3], "") != var.region])
    error_message = "A replica must lie in another Region than its primary."
  }

  validation {
    condition     = alltrue([for key in values(var.keys) : key.replica_of == null || !key.multi_region])
    error_message = "A key is a multi-Region primary or a replica of one, not both."
  }
}
