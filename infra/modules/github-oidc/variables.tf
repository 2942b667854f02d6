variable "name" {
  description = "Prefix of the roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,26}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 28 characters of a-z, 0-9 and -, begin with a letter and not end with a dash."
  }
}

variable "account_id" {
  description = "Account of the roles; it can have one provider for GitHub, so one call of this module."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "repository" {
  description = "Repository whose workflows may come, as owner/name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository must be owner/name, without a wildcard: another repository of the owner is another person's code."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds every role made here, whatever else is attached; null sets none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a policy."
  }
}

variable "roles" {
  description = "Roles by short name: the branches and GitHub environments whose jobs get them, whether pull requests do (then it must only read), the roles they may take further, and policies of their own by name. Approval rules live in the environment, at GitHub."
  type = map(object({
    description       = string
    branches          = optional(set(string), [])
    environments      = optional(set(string), [])
    pull_requests     = optional(bool, false)
    assumed_role_arns = optional(list(string), [])
    policies          = optional(map(string), {})
    session_seconds   = optional(number, 3600)
  }))
  nullable = false

  validation {
    condition     = length(var.roles) > 0 && alltrue([for name in keys(var.roles) : can(regex("^[a-z][a-z0-9-]{0,24}$", name))])
    error_message = "roles need short names of a-z, 0-9 and -, at most 25 characters."
  }

  validation {
    condition     = alltrue([for role in values(var.roles) : length(role.branches) + length(role.environments) > 0 || role.pull_requests])
    error_message = "roles need a branch, an environment or pull_requests, or nobody can take them."
  }

  validation {
    condition     = alltrue(flatten([for role in values(var.roles) : [for part in setunion(role.branches, role.environments) : !can(regex("[*?:]", part))]]))
    error_message = "roles.branches and environments are names, not patterns."
  }

  validation {
    condition     = alltrue([for role in values(var.roles) : !role.pull_requests || (length(role.branches) == 0 && length(role.environments) == 0)])
    error_message = "roles for pull requests can't be for branches or environments too: anybody can open a pull request."
  }

  validation {
    condition     = alltrue([for role in values(var.roles) : length(role.assumed_role_arns) + length(role.policies) > 0])
    error_message = "roles need assumed_role_arns or policies, or they can do nothing."
  }

  validation {
    condition     = alltrue([for role in values(var.roles) : alltrue([for policy, document in role.policies : policy != "assume" && can(jsondecode(document).Statement)])])
    error_message = "roles.policies must be policy documents, and none be called assume, which is the module's own."
  }

  validation {
    condition     = alltrue(flatten([for role in values(var.roles) : [for arn in role.assumed_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*]+$", arn))]]))
    error_message = "roles.assumed_role_arns must be full ARNs of roles."
  }

  validation {
    condition     = alltrue([for role in values(var.roles) : role.session_seconds >= 3600 && role.session_seconds <= 14400])
    error_message = "roles.session_seconds must be 3600 to 14400."
  }
}
