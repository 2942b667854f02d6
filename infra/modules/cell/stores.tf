# The database of reconciliation, its files and its cache, and the secrets of the venues.

locals {
  reachable = local.lit ? {
    vpc_id     = module.network[0].vpc_id
    subnet_ids = module.network[0].subnet_ids["restricted"]
  } : null

  # RDS can't keep the password of an instance that has replicas: then the product's rotation does.
  credentials = local.standby ? null : !local.partnered ? { mode = "managed", function = null, copies = {} } : {
    mode     = "lambda"
    function = { bucket = local.names.buckets["artifacts"], key = var.artifacts.functions["secret-rotation"].key, version = var.artifacts.functions["secret-rotation"].version }
    copies   = { for pair in var.pair[*] : pair.peer_region => pair.peer_key_arn }
  }
}

# In a standby it is the replica, which fail-over promotes.
module "database" {
  source = "../database"
  count  = local.lit ? 1 : 0

  name               = local.names.database
  region             = var.region
  account_id         = var.account_id
  environment        = var.environment
  kms_key_arn        = local.data_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  instance           = var.sizes.database
  protection         = { deletion_protection = var.environment != "dev" }
  credentials        = local.credentials
  initial_password   = var.initial_password
  replicated         = local.partnered && !local.standby
  replica_of         = local.standby ? "${local.arn}:rds:${var.pair.peer_region}:${var.account_id}:db:${local.names.database}" : null

  network = merge(local.reachable, {
    rotation_subnet_ids        = module.network[0].subnet_ids["private"]
    endpoint_security_group_id = module.network[0].endpoint_security_group_id
  })
}

module "files" {
  source = "../efs"
  count  = local.warm && var.options.files ? 1 : 0

  name             = local.names.files
  region           = var.region
  account_id       = var.account_id
  environment      = var.environment
  kms_key_arn      = local.data_key
  alarm_topic_arn  = module.messaging.topic_arns["alarms"]
  network          = local.reachable
  access_points    = { statements = { path = "/statements", uid = 10001, gid = 10001 } }
  client_role_arns = [local.reconciler_role]
}

module "cache" {
  source = "../cache"
  count  = local.warm && var.sizes.cache != null ? 1 : 0

  name               = local.names.cache
  region             = var.region
  account_id         = var.account_id
  environment        = var.environment
  kms_key_arn        = local.data_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  network            = local.reachable
  nodes              = var.sizes.cache
  users              = { reconciler = "on ~reconciler:* +@read +@write" }
}

# Made in the primary and copied; a standby reads the copies.
module "secrets" {
  source = "../secrets"
  count  = local.standby ? 0 : 1

  name                    = local.prefix
  region                  = var.region
  environment             = var.environment
  account_id              = var.account_id
  kms_key_arn             = local.shared_key
  alarm_topic_arn         = module.messaging.topic_arns["alarms"]
  administrator_role_arns = concat([local.deploy_role], values(var.contacts.support_role_arns))
  replica_key_arns        = local.paired ? { (var.pair.peer_region) = var.pair.peer_key_arn } : {}
  secrets = { for mic in keys(var.options.venues) : "venue-${lower(mic)}" => {
    description      = "Token of venue ${mic}"
    reader_role_arns = [local.router_role]
    replicated       = local.paired
  } }
}

locals {
  router_role     = "${local.role_arn}/${local.prefix}-order-router-${var.region}"
  reconciler_role = var.options.reconciler_runtime == "ecs" ? "${local.role_arn}/${local.names.reconciler}-task-${var.region}" : "${local.role_arn}/${local.prefix}-reconciler-${var.region}"
}

# What the tasks may reach; the owners of these groups list nobody.
resource "aws_vpc_security_group_ingress_rule" "store" {
  for_each = { for store, rule in {
    database = { group = one(module.database[*].security_group_id), port = one(module.database[*].port), present = true }
    cache    = { group = one(module.cache[*].security_group_id), port = 6379, present = var.sizes.cache != null }
    files    = { group = one(module.files[*].security_group_id), port = 2049, present = var.options.files }
  } : store => rule if rule.present && local.served }

  region                       = var.region
  security_group_id            = each.value.group
  description                  = "From the reconciler"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = module.reconciler[0].security_group_id
}
