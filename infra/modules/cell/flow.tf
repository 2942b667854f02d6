# The way of an order: streams in and out, the bus of what happened, the table of who owns which lane.

locals {
  streams = {
    orders       = { shards = var.sizes.shards, consumers = ["order-router"] }
    executions   = { shards = var.sizes.shards, consumers = [] }
    order-events = { shards = var.sizes.shards, consumers = [] }
  }
}

# A standby has the primary's number of shards: lanes are numbered by them.
module "streams" {
  source   = "../stream"
  for_each = { for noun, stream in local.streams : noun => stream if local.lit }

  name            = local.names.streams[each.key]
  region          = var.region
  account_id      = var.account_id
  environment     = var.environment
  kms_key_arn     = local.data_key
  alarm_topic_arn = module.messaging.topic_arns["alarms"]
  shards          = each.value.shards
  expected        = { records_per_second = var.sizes.records_per_second, bytes_per_second = var.sizes.records_per_second * 1000 }
  consumers       = each.value.consumers
  retention_hours = var.environment == "dev" ? 24 : 168
}

module "bus" {
  source = "../event-bus"
  count  = local.lit ? 1 : 0

  name               = local.prefix
  region             = var.region
  account_id         = var.account_id
  environment        = var.environment
  kms_key_arn        = local.data_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  archive_days       = var.environment == "dev" ? 7 : 90
  rules = {
    break-found         = { description = "A break was found or cleared", targets = { alarms = { arn = module.messaging.topic_arns["alarms"] } } }
    kill-switch-changed = { description = "A kill switch was thrown or released", targets = { alarms = { arn = module.messaging.topic_arns["alarms"] } } }
    lane-changed        = { description = "A lane was opened, lost or closed", targets = { alarms = { arn = module.messaging.topic_arns["alarms"] } } }
  }
}

module "leases" {
  source = "../tables"
  count  = local.lit ? 1 : 0

  name                = local.prefix
  region              = var.region
  account_id          = var.account_id
  environment         = var.environment
  kms_key_arn         = local.data_key
  alarm_topic_arn     = module.messaging.topic_arns["alarms"]
  tables              = ["leases"]
  journal             = { shards = var.sizes.shards }
  deletion_protection = var.environment != "dev"
}
