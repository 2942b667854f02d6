# prod in eu-west-1: primary of the EU pair.

locals {
  ids = jsondecode(file("${path.module}/${var.ids_file}"))
}

module "cell" {
  source = "../../../modules/cell"

  environment      = "prod"
  region           = "eu-west-1"
  account_id       = var.account_id
  role             = "primary"
  dr_mode          = "warm_standby"
  contacts         = var.contacts
  artifacts        = var.artifacts
  initial_password = var.initial_password
  domain           = { name = "orderflow.example.com", zone_id = local.ids.zone_id }

  pair = {
    peer_region  = "eu-central-1"
    key_arn      = local.ids.shared_key_arns["eu-west-1"]
    peer_key_arn = local.ids.shared_key_arns["eu-central-1"]
  }

  network = {
    zones = var.zones
  }

  sizes = {
    hot_pool = {
      type  = "c7i.8xlarge"
      cores = 16
      zones = { euw1-az1 = 2, euw1-az2 = 2 }
    }
    cache = { class = "cache.m7g.large" }
  }

  options = {
    venues             = { XPAR = {}, XETR = {} }
    managed_prometheus = true
    pipeline           = { repository = "example/orderflow" }
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

variable "initial_password" {
  description = "Database password of the first minute; give it on the first apply, as TF_VAR_initial_password, and never again."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
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
