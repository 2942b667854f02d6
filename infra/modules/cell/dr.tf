# Disaster recovery: the primary leaves its sizes in the standby's Region, the standby watches and acts.

locals {
  hot_groups    = try(module.hot_pool[0].node_group_names, {})
  system_groups = [for pool in module.system_pool : pool.system_node_group_name]
  ecs_services  = local.served ? { reconciler = { cluster = local.names.reconciler, service = local.names.reconciler } } : {}

  desired_sizes = merge(
    { for zone, pool in local.hot_zones : "hot-${zone}" => { kind = "node_group", name = "${local.names.hot_pool}-${zone}", min = pool.min, desired = pool.desired, max = pool.max } },
    { system = { kind = "node_group", name = "${local.prefix}-system", min = var.sizes.system_pool.min, desired = var.sizes.system_pool.desired, max = var.sizes.system_pool.max } },
    local.served ? { reconciler = { kind = "ecs_service", name = local.names.reconciler, min = var.sizes.reconciler.min, desired = var.sizes.reconciler.min, max = var.sizes.reconciler.max } } : {},
  )
}

module "dr" {
  source = "../dr"
  count  = local.partnered ? 1 : 0

  name               = local.prefix
  region             = var.region
  environment        = var.environment
  account_id         = var.account_id
  kms_key_arn        = local.data_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  desired_sizes      = local.standby ? {} : local.desired_sizes
  health_checks      = local.standby ? { api = { fqdn = local.peer_host } } : {}

  posture = {
    role         = var.role
    mode         = var.dr_mode
    peer_region  = var.pair.peer_region
    peer_key_arn = var.pair.peer_key_arn
  }

  controller = !local.standby ? null : {
    code = {
      bucket         = local.names.buckets["artifacts"]
      key            = var.artifacts.functions["failover-controller"].key
      object_version = var.artifacts.functions["failover-controller"].version
    }
    automatic = var.options.automatic_failover
    targets = {
      cluster_name     = local.names.cluster
      node_groups      = concat(values(local.hot_groups), local.system_groups)
      ecs_services     = local.ecs_services
      database_replica = local.names.database
      control_table    = local.names.tables["control"]
    }
  }

  replication = {
    tables            = local.standby ? [] : [local.names.tables["orders"]]
    database_replicas = local.standby ? [local.names.database] : []
  }

  fault = local.standby || length(local.hot_zones) == 0 ? null : {
    node_group_arns = values(module.hot_pool[0].node_group_arns)
    stop_alarm_arns = values(module.alarms.composite_arns)
  }
}
