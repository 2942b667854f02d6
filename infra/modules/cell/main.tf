# A cell: everything that trading needs in one Region. Primary and standby are the same code with another `role`; how much of
# it a standby has is `dr_mode`.

locals {
  standby = var.role == "standby"
  paired  = var.pair != null

  # backup: no VPC. pilot_light: the network, the cluster and the data, at rest. Above that, the services run too.
  lit  = !local.standby || var.dr_mode != "backup"
  warm = !local.standby || contains(["warm_standby", "active_active"], var.dr_mode)

  # A partner that can take over; in mode backup there is only a place for copies.
  partnered = local.paired && var.dr_mode != "backup"

  log_key  = module.keys.key_arns["logs"]
  data_key = module.keys.key_arns["data"]

  # A pair's stack made the shared key; a Region alone makes its own.
  shared_key = local.paired ? try(var.pair.key_arn, null) : one([for shared in module.shared : shared.key_arns[var.region]])
}

module "keys" {
  source = "../kms"

  name       = local.prefix
  region     = var.region
  account_id = var.account_id
  keys = {
    data = {
      description = "Streams, queues, volumes, databases and file systems of one Region"
      services    = ["backup", "delivery.logs", "dynamodb", "elasticache", "elasticfilesystem", "events", "kinesis", "lambda", "logs", "rds", "s3", "scheduler", "secretsmanager", "sns", "sqs"]
      grants      = local.lit ? ["${local.role_arn}/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"] : []
    }
    logs = {
      description = "Log groups, sessions and notices of one Region"
      services    = ["aps", "backup", "budgets", "cloudwatch", "costalerts", "delivery.logs", "events", "logs", "rds", "s3", "sns", "sqs"]
    }
  }
}

# Tables, buckets and the shared key of a Region without a partner; a pair has them in a stack of its own.
module "shared" {
  source   = "../pair"
  for_each = toset(local.paired ? [] : ["this"])

  name               = local.prefix
  region             = var.region
  account_id         = var.account_id
  environment        = var.environment
  log_retention_days = var.options.log_retention_days
  shards             = var.sizes.shards
}

module "messaging" {
  source = "../messaging"

  name            = local.prefix
  region          = var.region
  account_id      = var.account_id
  environment     = var.environment
  kms_key_arn     = local.log_key
  alarm_topic_arn = local.topic_arn
  venues          = local.lit ? var.options.venues : {}
  queues          = local.lit ? { orders-dlq = { dead_letters = false, retention_days = 14 } } : {}
  topics = {
    alarms = {
      display_name  = "${local.prefix} alarms"
      services      = ["aps", "backup", "budgets", "cloudwatch", "costalerts", "events", "rds", "s3"]
      subscriptions = { for key, email in var.contacts.alarms : key => { protocol = "email", endpoint = email } }
    }
    pages = {
      display_name  = "${local.prefix} pages"
      services      = ["cloudwatch"]
      subscriptions = { for key, email in var.contacts.pages : key => { protocol = "email", endpoint = email } }
    }
  }
}

# A standby's vault receives the primary's copies, from this account or, for a Region alone, another one's from there.
module "backup" {
  source = "../backup"

  name            = local.prefix
  region          = var.region
  account_id      = var.account_id
  environment     = var.environment
  kms_key_arn     = local.data_key
  alarm_topic_arn = module.messaging.topic_arns["alarms"]
  resources       = local.standby ? {} : local.backed_up
  copy_to         = local.standby ? [] : local.copy_to
  restore_tests   = local.standby || var.environment == "dev" ? null : { types = { DynamoDB = {}, RDS = {}, S3 = {}, EFS = {} } }
}

locals {
  backed_up = merge(
    { for noun, arn in local.table_arns : "table-${noun}" => arn },
    { for noun, name in local.names.buckets : "bucket-${noun}" => "${local.arn}:s3:::${name}" },
    { for database in module.database : "database" => database.arn },
    { for files in module.files : "files" => files.arn },
  )
  copy_to = setunion(
    var.options.backup_copies,
    [for pair in var.pair[*] : "${local.arn}:backup:${pair.peer_region}:${var.account_id}:backup-vault:${local.prefix}"],
  )
}
