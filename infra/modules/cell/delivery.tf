# Images, and the pipeline of those who deliver from inside AWS.

# A standby's repositories come into being by the primary's copies.
module "images" {
  source = "../ecr"
  count  = local.standby ? 0 : 1

  name            = local.prefix
  region          = var.region
  environment     = var.environment
  account_id      = var.account_id
  kms_key_arn     = local.shared_key
  alarm_topic_arn = module.messaging.topic_arns["alarms"]
  repositories    = { for service in ["order-router", "reconciler"] : service => { disposable = var.environment == "dev" } }

  registry = {
    replica_regions  = var.pair[*].peer_region
    replica_key_arns = { for pair in var.pair[*] : pair.peer_region => pair.peer_key_arn }
  }
}

module "pipeline" {
  source = "../pipeline"
  count  = !local.standby && var.options.pipeline != null ? 1 : 0

  name               = local.prefix
  region             = var.region
  environment        = var.environment
  account_id         = var.account_id
  kms_key_arn        = local.shared_key
  alarm_topic_arn    = module.messaging.topic_arns["alarms"]
  log_retention_days = var.options.log_retention_days
  artifact_bucket    = local.names.buckets["artifacts"]
  source_code        = { repository = var.options.pipeline.repository, connection = var.options.pipeline.connection }
  stack_path         = "infra/live/${var.environment}/${var.region}"
  role_arns          = local.state_roles
  images = { for service, url in module.images[0].repository_urls : service => {
    repository_arn = module.images[0].repository_arns[service]
    repository_url = url
  } }
}
