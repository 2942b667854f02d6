# dev in eu-west-1: as cheap as a whole cell can be. One NAT instead of twenty endpoints, no hot pool, no cache, no load balancer.

locals {
  ids = jsondecode(file("${path.module}/${var.ids_file}"))
}

# What is here is thrown away: it goes with its stack, and its one NAT is the way out for everything.
#trivy:ignore:AWS-0104:exp:2027-11-21
#trivy:ignore:AWS-0177:exp:2027-11-21
#trivy:ignore:OF-0002:exp:2027-11-21
module "cell" {
  source = "../../../modules/cell"

  environment = "dev"
  region      = "eu-west-1"
  account_id  = var.account_id
  role        = "primary"
  dr_mode     = "backup"
  contacts    = var.contacts
  artifacts   = var.artifacts

  domain = { name = "dev.orderflow.example.com", zone_id = local.ids.zone_id }

  network = {
    zones     = var.zones
    nat_zones = ["euw1-az1"]
    endpoints = []
  }

  sizes = {
    shards             = 1
    records_per_second = 1000
    system_pool        = { instance_types = ["t4g.medium"], min = 1, desired = 2, max = 4 }
    database           = { class = "db.t4g.micro", storage_gb = 20, max_storage_gb = 50, multi_az = false }
  }

  options = {
    venues             = { XPAR = {}, XETR = {} }
    log_retention_days = 90
    files              = false
    reconciler_runtime = "eks"
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
