# The reconciler and the way to it: name, certificate, firewall, load balancer, tasks.

locals {
  # On EKS the cluster's own software makes the load balancer.
  served = local.warm && var.options.reconciler_runtime == "ecs"
}

module "certificate" {
  source = "../certificate"
  count  = local.served ? 1 : 0

  name                = local.prefix
  region              = var.region
  domain              = local.api_host
  alternative_domains = [local.region_host]
  zone_id             = var.domain.zone_id
  alarm_topic_arn     = module.messaging.topic_arns["alarms"]
}

module "load_balancer" {
  source = "../alb"
  count  = local.served ? 1 : 0

  name                = local.names.api
  region              = var.region
  environment         = var.environment
  alarm_topic_arn     = module.messaging.topic_arns["alarms"]
  internal            = false
  ingress             = { internet = { cidr_ipv4 = "0.0.0.0/0" } }
  certificate_arn     = module.certificate[0].arn
  log_bucket          = local.names.access_log
  deletion_protection = var.environment != "dev"

  network = {
    vpc_id     = module.network[0].vpc_id
    subnet_ids = module.network[0].subnet_ids["public"]
  }
}

module "firewall" {
  source = "../waf"
  count  = local.served ? 1 : 0

  name               = local.names.api
  region             = var.region
  account_id         = var.account_id
  kms_key_arn        = local.log_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  associations       = { api = module.load_balancer[0].arn }
}

# The Region's own name, for probes, and its half of the pair's.
module "records" {
  source = "../dns"
  count  = local.served ? 1 : 0

  name            = "${local.prefix}-${var.region}"
  account_id      = var.account_id
  alarm_topic_arn = local.dns_topic_arn
  zone_id         = var.domain.zone_id

  aliases = merge(
    { (local.region_host) = { dns_name = module.load_balancer[0].dns_name, zone_id = module.load_balancer[0].zone_id } },
    local.paired ? {} : { (local.api_host) = { dns_name = module.load_balancer[0].dns_name, zone_id = module.load_balancer[0].zone_id } },
  )

  failovers = local.paired ? { (var.region) = {
    name         = local.api_host
    role         = local.standby ? "SECONDARY" : "PRIMARY"
    dns_name     = module.load_balancer[0].dns_name
    zone_id      = module.load_balancer[0].zone_id
    health_check = local.standby ? null : "api"
  } } : {}

  health_checks = local.paired && !local.standby ? { api = { fqdn = local.region_host } } : {}
}

module "reconciler" {
  source = "../ecs-service"
  count  = local.served ? 1 : 0

  name               = local.names.reconciler
  region             = var.region
  environment        = var.environment
  account_id         = var.account_id
  kms_key_arn        = local.data_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  scaling            = { min = var.sizes.reconciler.min, max = var.sizes.reconciler.max }
  task_policies      = { work = data.aws_iam_policy_document.service["reconciler"].json }

  container = {
    image          = "${var.account_id}.dkr.ecr.${var.region}.amazonaws.com/${local.prefix}/reconciler@${var.artifacts.images["reconciler"]}"
    repository_arn = "${local.arn}:ecr:${var.region}:${var.account_id}:repository/${local.prefix}/reconciler"
    cpu            = var.sizes.reconciler.cpu
    memory_mib     = var.sizes.reconciler.memory_mib
  }

  network = {
    vpc_id     = module.network[0].vpc_id
    subnet_ids = module.network[0].subnet_ids["private"]
    egress = merge(
      {
        endpoints = { security_group_id = module.network[0].endpoint_security_group_id }
        tables    = { prefix_list_id = module.network[0].gateway_prefix_list_ids["dynamodb"] }
        objects   = { prefix_list_id = module.network[0].gateway_prefix_list_ids["s3"] }
        database  = { port = module.database[0].port, security_group_id = module.database[0].security_group_id }
      },
      { for cache in module.cache : "cache" => { port = cache.port, security_group_id = cache.security_group_id } },
      { for files in module.files : "files" => { port = 2049, security_group_id = files.security_group_id } },
    )
  }

  ingress = {
    listener_arn             = module.load_balancer[0].listener_arn
    load_balancer_arn_suffix = module.load_balancer[0].arn_suffix
    security_group_id        = module.load_balancer[0].security_group_id
    hosts                    = [local.api_host, local.region_host]
  }
}
