# prod in eu-west-2: the UK cell. Its data stays in the UK, so it has no partner; its backups lie in another account of the same Region.

locals {
  ids = jsondecode(file("${path.module}/${var.ids_file}"))
}

module "cell" {
  source = "../../../modules/cell"

  environment = "prod"
  region      = "eu-west-2"
  account_id  = var.account_id
  role        = "primary"
  dr_mode     = "backup"
  contacts    = var.contacts
  artifacts   = var.artifacts

  domain = { name = "orderflow.example.com", zone_id = local.ids.zone_id }

  network = {
    zones = var.zones
  }

  sizes = {
    hot_pool = {
      type  = "c7i.8xlarge"
      cores = 16
      zones = { euw2-az1 = 2 }
    }
    cache = { class = "cache.m7g.large" }
  }

  options = {
    venues             = { XLON = {} }
    managed_prometheus = true
    backup_copies      = ["arn:aws:backup:eu-west-2:210987654321:backup-vault:orderflow-prod"]
  }
}

variable "account_id" {
  description = "Account of this stack; the provider refuses credentials of any other."
  type        = string
}

variable "ids_file" {
  description = "What the stacks before this one made up, as `deploy` wrote it; offline plans use ids.example.json."
  type        = string
  default     = "ids.json"
}

variable "zones" {
  description = "Zones by id with their names in this account: a name means another place in another account."
  type        = map(string)
}

variable "contacts" {
  description = "Who hears of alarms, who is woken, and the roles of those who help."
  type = object({
    alarms            = map(string)
    pages             = map(string)
    support_role_arns = optional(map(string), {})
  })
}

variable "artifacts" {
  description = "Image digests and function versions that run here; a release writes them."
  type = object({
    images    = map(string)
    functions = map(object({ key = string, version = string }))
  })
}

output "service_config" {
  description = "Settings of each service here, as JSON of exactly its `Config` keys; deploy/env is made from it."
  value       = module.cell.service_config
}

output "ids" {
  description = "What AWS made up here and others may need."
  value       = module.cell.ids
}

output "addresses" {
  description = "Address ranges of the network, its pods and its cluster's services."
  value       = module.cell.addresses
}

output "backed_up" {
  description = "ARNs that the vault's plan covers."
  value       = module.cell.backed_up
}
