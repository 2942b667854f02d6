# The network, its groups, and the way in for people.

locals {
  zone_ids = keys(var.network.zones)

  # Where a NAT stands in for endpoints, AWS has addresses that nobody can list; prod has neither.
  out = length(var.network.nat_zones) > 0 ? { internet = { pattern = "https", cidr = "0.0.0.0/0" } } : {}
}

module "network" {
  source = "../network"
  count  = local.lit ? 1 : 0

  name               = local.prefix
  region             = var.region
  account_id         = var.account_id
  environment        = var.environment
  kms_key_arn        = local.log_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  vpc                = var.network.existing_vpc == null ? { cidr = local.cidr, pod_cidr = local.pod_cidr } : null
  existing_vpc       = var.network.existing_vpc
  zones              = local.zone_ids
  nat_zones          = var.network.nat_zones
  endpoints          = var.network.endpoints
}

# Pods have a group of their own; what they reach is listed here, by what it is.
module "security_groups" {
  source = "../security-groups"
  count  = local.lit ? 1 : 0

  name               = local.prefix
  region             = var.region
  account_id         = var.account_id
  environment        = var.environment
  kms_key_arn        = local.log_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  vpc_id             = module.network[0].vpc_id
  deploy_role_arns   = [local.deploy_role]
  groups = {
    pods = {
      description = "Pods of the services, on the pods' own subnets"
      ingress = {
        health  = { pattern = "health", cidr = module.network[0].vpc_cidr }
        metrics = { pattern = "metrics", group = "pods" }
        names   = { pattern = "dns", group = "pods" }
      }
      egress = merge(local.out, {
        endpoints = { pattern = "https", security_group_id = module.network[0].endpoint_security_group_id }
        tables    = { pattern = "https", prefix_list_id = module.network[0].gateway_prefix_list_ids["dynamodb"] }
        objects   = { pattern = "https", prefix_list_id = module.network[0].gateway_prefix_list_ids["s3"] }
        cluster   = { pattern = "https", security_group_id = module.cluster[0].cluster_security_group_id }
        metrics   = { pattern = "metrics", group = "pods" }
        names     = { pattern = "dns", group = "pods" }
        resolver  = { pattern = "dns", cidr = "${cidrhost(module.network[0].vpc_cidr, 2)}/32" }
      })
    }
  }
}

module "access" {
  source = "../access"
  count  = local.lit ? 1 : 0

  name               = local.prefix
  region             = var.region
  account_id         = var.account_id
  kms_key_arn        = local.log_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  sessions           = { tag_values = ["order-router", "reconciler", "system"] }
}
