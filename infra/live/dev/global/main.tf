# What the account of dev has once. Everything in it lies in us-east-1, where billing and DNS live.

module "account" {
  source = "../../../modules/account"

  environment = "dev"
  account_id  = var.account_id
  domain      = "dev.orderflow.example.com"
  repository  = var.repository
  contacts    = var.contacts
  limits_usd  = { month = 900, regions = { eu-west-1 = 850 } }
}

variable "account_id" {
  description = "Account of this stack; the provider refuses credentials of any other."
  type        = string
}

variable "repository" {
  description = "Repository whose workflows plan and apply, as owner/name."
  type        = string
}

variable "contacts" {
  description = "Who hears of the budget and of the account's alarms."
  type        = map(string)
}

output "ids" {
  description = "What the account's other stacks need, for their ids.json."
  value       = module.account.ids
}

output "name_servers" {
  description = "Name servers that the parent domain must delegate to."
  value       = module.account.name_servers
}

output "workflow_role_arns" {
  description = "Roles that workflows take."
  value       = module.account.workflow_role_arns
}
