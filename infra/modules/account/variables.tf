variable "name" {
  description = "Product; every name begins with it."
  type        = string
  default     = "orderflow"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,8}$", var.name))
    error_message = "name must be 2 to 9 lower-case letters and digits: load balancers and roles have short names."
  }
}

variable "environment" {
  description = "dev, staging or prod; also the GitHub environment whose jobs may apply."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Account that owns what is made here."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "domain" {
  description = "Domain of the account's hosted zone; its parent must delegate to the name servers in the outputs."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain must be a lower-case domain name."
  }
}

variable "repository" {
  description = "Repository whose workflows may plan and apply, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository must be owner/name."
  }
}

variable "state_regions" {
  description = "Regions whose state backends the workflows use."
  type        = set(string)
  default     = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "eu-west-2"]

  validation {
    condition     = length(var.state_regions) > 0 && alltrue([for region in var.state_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "state_regions takes Region codes, at least one."
  }
}

variable "limits_usd" {
  description = "Budget of the month, of each Region where anything may be, and of services by their tag."
  type = object({
    month    = number
    regions  = map(number)
    services = optional(map(number), {})
  })

  validation {
    condition     = var.limits_usd.month > 0 && sum(concat([0], values(var.limits_usd.regions))) <= var.limits_usd.month
    error_message = "limits_usd.month must be above zero and hold the Regions' limits."
  }
}

variable "contacts" {
  description = "Addresses that hear of the budget and of the account's alarms, by a name of your choice."
  type        = map(string)

  validation {
    condition     = length(var.contacts) > 0 && alltrue([for email in values(var.contacts) : can(regex("^[^@ ]+@[^@ ]+\\.[a-z]+$", email))])
    error_message = "contacts takes e-mail addresses, at least one."
  }
}
