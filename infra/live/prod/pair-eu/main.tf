# What eu-west-1 and eu-central-1 share: its state lies in the standby's Region, because it is needed when the primary is lost.

module "pair" {
  source = "../../../modules/pair"

  name        = "orderflow-prod"
  region      = "eu-west-1"
  account_id  = var.account_id
  environment = "prod"
  shards      = 10
  standby     = { region = "eu-central-1", dr_mode = "warm_standby", witness_region = "eu-west-3" }
}

variable "account_id" {
  description = "Account of this stack; the provider refuses credentials of any other."
  type        = string
}

output "ids" {
  description = "What the pages of the pair need, for their ids.json."
  value       = module.pair.ids
}

output "table_consistency" {
  description = "STRONG, EVENTUAL or NONE by table: what a lost Region may cost."
  value       = module.pair.table_consistency
}
