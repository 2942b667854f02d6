# The state backends of all five Regions. Runs once, with local state, and then moves its own state into the bucket of
# the home Region (see README.md).

locals {
  name    = "orderflow"
  home    = "eu-west-1"
  regions = toset(["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "eu-west-2"])

  # The roles that the account's `global` stack makes later; they may be named before they exist.
  trusted = {
    plan  = [for role in ["plan", "drift"] : "arn:aws:iam::${var.account_id}:role/${local.name}-github-${role}"]
    apply = ["arn:aws:iam::${var.account_id}:role/${local.name}-github-apply"]
    read  = ["arn:aws:iam::${var.account_id}:role/${local.name}-auditor"]
  }
}

provider "aws" {
  region              = local.home
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      product       = local.name
      environment   = "shared"
      stack         = "bootstrap"
      geography     = "global"
      business_unit = "trading"
      service       = "terraform-state"
      data_class    = "confidential"
      managed_by    = "terraform"
    }
  }
}

module "state_backend" {
  source   = "../modules/state-backend"
  for_each = local.regions

  name           = local.name
  region         = each.key
  account_id     = var.account_id
  lock_mechanism = var.lock_mechanism
  trusted        = local.trusted
}
