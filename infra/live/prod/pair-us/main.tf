# What us-east-1 and us-west-2 share: its state lies in the standby's Region, because it is needed when the primary is lost.

module "pair" {
  source = "../../../modules/pair"

  name        = "orderflow-prod"
  region      = "us-east-1"
  account_id  = var.account_id
  environment = "prod"
  shards      = 10
  standby     = { region = "us-west-2", dr_mode = "pilot_light", witness_region = "us-east-2" }
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
