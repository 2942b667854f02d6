output "service_config" {
  description = "Settings of each service in this Region, as JSON of exactly its `Config` keys; deploy/env is made from it."
  value       = { for service, settings in local.service_config : service => jsonencode(settings) }
}

output "names" {
  description = "Every name of the cell, also of what isn't made in this role and mode."
  value       = local.names
}

output "addresses" {
  description = "Address ranges of the network, its pods and its cluster's services."
  value       = { vpc = local.cidr, pods = local.pod_cidr, services = local.service_cidr }
}

output "api" {
  description = "Host that clients use, and this Region's own behind it."
  value       = { host = local.api_host, region_host = local.region_host }
}

output "ids" {
  description = "What others can't compute, in the shape of their ids.json: keys, cluster endpoint, load balancer."
  value = {
    data_key_arn     = local.data_key
    log_key_arn      = local.log_key
    cluster_endpoint = one(module.cluster[*].endpoint)
    load_balancer    = one(module.load_balancer[*].dns_name)
  }
}

output "hot_pool" {
  description = "What the cluster's software needs to know of the hot pool: start-up taint, pool taint, labels; null without one."
  value = one([for pool in module.hot_pool : {
    startup_taint_key = pool.startup_taint_key
    pool_taint        = pool.pool_taint
    labels            = pool.node_labels
  }])
}

output "pod_role_arns" {
  description = "Role of each service's pods."
  value       = merge([for cluster in module.cluster : cluster.pod_role_arns]...)
}

output "failover" {
  description = "Settings of the failover controller as JSON, and the alarms that say whether it could act; null but in a standby that can take over."
  value       = local.standby && local.partnered ? { config = module.dr[0].controller_config, alarms = module.dr[0].alarm_names } : null
}

output "backed_up" {
  description = "ARNs that the vault's plan covers, by name; what isn't here isn't backed up."
  value       = module.backup.covered
}

output "policies" {
  description = "Policy of each service as JSON, for the check against what the code calls."
  value       = { for service, document in data.aws_iam_policy_document.service : service => document.json }
}
