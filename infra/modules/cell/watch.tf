# What people look at and what wakes them.

locals {
  composites = merge(
    local.lit ? { orders-not-flowing = {
      description = "Orders come in and aren't read or can't be written: see the runbook of the same name, then lanes list."
      any_of      = flatten([for stream in module.streams : stream.alarm_names])
    } } : {},
    local.served ? { api-down = {
      description = "Clients of the API get errors: see the load balancer's log, then the tasks of the reconciler."
      any_of      = concat(values(module.load_balancer[0].alarm_names), module.reconciler[0].alarm_names)
    } } : {},
    local.standby && local.partnered ? { cannot-take-over = {
      description = "The standby is behind or blind: a fail-over now would lose or miss something. See the runbook of the same name."
      any_of      = module.dr[0].alarm_names
    } } : {},
  )
}

module "alarms" {
  source = "../alarms"

  name            = local.prefix
  region          = var.region
  alarm_topic_arn = module.messaging.topic_arns["alarms"]
  page_topic_arn  = module.messaging.topic_arns["pages"]
  composites      = local.composites
  shared          = { event_rules = { for rule in local.lit ? ["break-found", "kill-switch-changed", "lane-changed"] : [] : rule => { name = "${local.prefix}-${rule}", bus = local.prefix } } }
}

module "dashboards" {
  source = "../dashboards"
  count  = local.lit ? 1 : 0

  name          = "${local.prefix}-${var.region}"
  region        = var.region
  other_regions = var.pair[*].peer_region
  notes         = "Runbooks: deploy/runbooks. Role: ${var.role}, mode: ${var.dr_mode}."
  alarm_arns    = values(module.alarms.composite_arns)

  compute = {
    cluster_name = local.names.cluster
    services     = local.ecs_services
    functions    = compact(concat(module.database[*].rotation_function_name, module.dr[*].function_name))
  }

  edge = {
    load_balancer    = one(module.load_balancer[*].arn_suffix)
    web_acl          = local.served ? local.names.api : null
    certificate_arns = { for certificate in module.certificate : "api" => certificate.arn }
    health_check_ids = merge([for records in module.records : records.health_check_ids]...)
  }

  data = {
    tables          = values(local.names.tables)
    replica_regions = local.partnered ? { (local.names.tables["orders"]) = [var.pair.peer_region] } : {}
    databases       = [local.names.database]
    file_systems    = module.files[*].id
    buckets         = values(local.names.buckets)
  }

  flow = {
    streams            = values(local.names.streams)
    queues             = [for mic in keys(var.options.venues) : "${local.prefix}-venue-${mic}.fifo"]
    dead_letter_queues = ["${local.prefix}-orders-dlq"]
    topics             = ["${local.prefix}-alarms"]
    buses              = [local.prefix]
  }

  delivery = {
    state_buckets = ["${var.name}-${var.region}-${var.account_id}-state"]
    pipelines     = [for pipeline in module.pipeline : local.prefix]
  }

  log_groups = {
    application = local.names.log_group
    firewall    = one(module.firewall[*].log_group_name)
  }
}

module "metrics" {
  source = "../managed-prometheus"
  count  = local.lit && var.options.managed_prometheus ? 1 : 0

  name               = local.prefix
  region             = var.region
  kms_key_arn        = local.log_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
}
