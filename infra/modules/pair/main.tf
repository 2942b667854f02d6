# What spans the Regions of a pair, and outlives either: keys, access logs, tables with replicas, buckets that copy to each other.
# A Region without a partner calls it with standby = null and has the same things once.

data "aws_partition" "current" {}

locals {
  # Without a standby, the sites of a pair are its primary alone.
  sites = toset(concat([var.region], var.standby[*].region))

  # In mode backup the standby's Region holds copies only; everywhere else it serves what it holds.
  replicated = [for standby in var.standby[*] : standby if standby.dr_mode != "backup"]

  topic_arns = { for region in local.sites : region => "arn:${data.aws_partition.current.partition}:sns:${region}:${var.account_id}:${var.name}-alarms" }

  key_services = ["backup", "delivery.logs", "dynamodb", "elasticfilesystem", "logs", "s3", "secretsmanager"]

  key_arns = merge(
    { (var.region) = module.key.key_arns["shared"] },
    { for region, key in module.key_replica : region => key.key_arns["shared"] },
  )
}

# One key under one id in both Regions, so that what is copied is readable where it arrives.
module "key" {
  source = "../kms"

  name       = var.name
  region     = var.region
  account_id = var.account_id
  keys = {
    shared = {
      description  = "Tables, buckets, images and secrets that a pair shares"
      services     = local.key_services
      multi_region = var.standby != null
    }
  }
}

module "key_replica" {
  source   = "../kms"
  for_each = toset(var.standby[*].region)

  name       = var.name
  region     = each.key
  account_id = var.account_id
  keys = {
    shared = {
      description = "Tables, buckets, images and secrets that a pair shares"
      services    = local.key_services
      replica_of  = { arn = module.key.key_arns["shared"] }
    }
  }
}

module "log_archive" {
  source   = "../log-archive"
  for_each = local.sites

  name               = var.name
  region             = each.key
  account_id         = var.account_id
  environment        = var.environment
  kms_key_arn        = local.key_arns[each.key]
  alarm_topic_arn    = local.topic_arns[each.key]
  log_retention_days = var.log_retention_days
  log_groups         = { "/${var.name}/services" = null }
}

# Leases are each Region's own and stand in its page.
module "tables" {
  source = "../tables"

  name            = var.name
  region          = var.region
  account_id      = var.account_id
  environment     = var.environment
  kms_key_arn     = local.key_arns[var.region]
  alarm_topic_arn = local.topic_arns[var.region]
  tables          = ["journal", "orders", "control"]
  journal         = { shards = var.shards }

  replica = one([for standby in local.replicated : {
    region          = standby.region
    kms_key_arn     = local.key_arns[standby.region]
    alarm_topic_arn = local.topic_arns[standby.region]
    witness_region  = standby.witness_region
    strong          = standby.witness_region == null ? [] : ["journal", "control"]
  }])

  deletion_protection = var.environment != "dev"
}

module "buckets" {
  source = "../object-store"

  name            = var.name
  region          = var.region
  account_id      = var.account_id
  environment     = var.environment
  kms_key_arn     = local.key_arns[var.region]
  alarm_topic_arn = local.topic_arns[var.region]
  access_logs     = { bucket = module.log_archive[var.region].access_log_bucket }

  replica = one([for standby in var.standby[*] : {
    region          = standby.region
    kms_key_arn     = local.key_arns[standby.region]
    alarm_topic_arn = local.topic_arns[standby.region]
    access_logs     = { bucket = module.log_archive[standby.region].access_log_bucket }
  }])
}
