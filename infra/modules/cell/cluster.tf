# The cluster that the routers run on, its add-ons and its pools.

locals {
  # Nodes per zone of the hot pool now: all of them in a primary and its equal, half when warm, none in a pilot light.
  share = !local.standby || var.dr_mode == "active_active" ? 1 : var.dr_mode == "warm_standby" ? 0.5 : 0
  hot_zones = { for zone, nodes in try(var.sizes.hot_pool.zones, {}) : zone => {
    zone_name = var.network.zones[zone]
    subnet_id = module.network[0].subnet_ids["private"][zone]
    desired   = ceil(nodes * local.share)
    min       = 0
    max       = nodes
    reserved  = local.share == 0 ? 0 : nodes
  } if local.lit }

  # A pilot light keeps one small node, so that the cluster's own software is alive when the rest is called.
  system_pool = local.warm ? var.sizes.system_pool : merge(var.sizes.system_pool, { instance_types = ["t4g.medium"], min = 1, desired = 1 })

  pod_services = setunion(["order-router"], var.options.reconciler_runtime == "eks" ? ["reconciler"] : [])
  tags         = { geography = local.geography, environment = var.environment, business_unit = "trading", service = "order-router", data_class = "confidential" }
}

module "cluster" {
  source = "../eks"
  count  = local.lit ? 1 : 0

  name                = local.names.cluster
  region              = var.region
  environment         = var.environment
  account_id          = var.account_id
  kubernetes_version  = var.cluster.version
  kms_key_arn         = local.data_key
  alarm_topic_arn     = module.messaging.topic_arns["alarms"]
  log_retention_days  = var.options.log_retention_days
  deletion_protection = var.environment != "dev"
  control_plane       = { service_ipv4_cidr = local.service_cidr }

  network = {
    vpc_id     = module.network[0].vpc_id
    subnet_ids = module.network[0].subnet_ids["private"]
  }

  access_entries = merge(
    { deploy = { principal_arn = local.deploy_role, policies = { AmazonEKSClusterAdminPolicy = [] } } },
    { for key, arn in var.contacts.support_role_arns : key => { principal_arn = arn, policies = { AmazonEKSViewPolicy = ["orderflow"] } } },
  )

  pod_identities = { for service in local.pod_services : service => {
    namespace       = "orderflow"
    service_account = service
    policy_json     = data.aws_iam_policy_document.service[service].json
  } }
}

module "addons" {
  source = "../eks-addons"
  count  = local.lit ? 1 : 0

  name         = local.prefix
  region       = var.region
  environment  = var.environment
  account_id   = var.account_id
  kms_key_arn  = local.data_key
  cluster_name = module.cluster[0].cluster_name
  versions     = var.cluster.addons

  pod_network = {
    security_group_ids = [module.cluster[0].cluster_security_group_id, module.security_groups[0].ids["pods"]]
    zones              = { for zone, name in var.network.zones : zone => { zone_name = name, subnet_id = module.network[0].subnet_ids["pods"][zone] } }
  }
}

module "system_pool" {
  source = "../eks-autoscaling"
  count  = local.lit ? 1 : 0

  name        = local.prefix
  region      = var.region
  environment = var.environment
  account_id  = var.account_id
  kms_key_arn = local.data_key
  autoscaler  = { kind = var.cluster.autoscaler }
  tags        = merge(local.tags, { service = "system" })

  cluster = {
    name               = module.cluster[0].cluster_name
    node_role_arn      = module.cluster[0].node_role_arn
    node_role_name     = module.cluster[0].node_role_name
    security_group_ids = [module.cluster[0].cluster_security_group_id]
  }

  system_pool = merge(local.system_pool, {
    subnet_ids         = module.network[0].subnet_ids["private"]
    kubernetes_version = var.cluster.version
  })
}

module "hot_pool" {
  source = "../eks-hot-pool"
  count  = length(local.hot_zones) > 0 ? 1 : 0

  name        = local.names.hot_pool
  region      = var.region
  environment = var.environment
  kms_key_arn = local.data_key
  zones       = local.hot_zones
  tags        = local.tags

  cluster = {
    name                  = module.cluster[0].cluster_name
    node_role_arn         = module.cluster[0].node_role_arn
    security_group_ids    = [module.cluster[0].cluster_security_group_id]
    endpoint              = module.cluster[0].endpoint
    certificate_authority = module.cluster[0].certificate_authority
    service_ipv4_cidr     = module.cluster[0].service_ipv4_cidr
  }

  instance = {
    type               = var.sizes.hot_pool.type
    cores              = var.sizes.hot_pool.cores
    architecture       = var.sizes.hot_pool.architecture
    huge_pages         = var.sizes.hot_pool.huge_pages
    kubernetes_version = var.cluster.version
  }
}
