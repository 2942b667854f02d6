# What an account has once: its domain, the roles that workflows take, its budget, and the topic of Route 53's alarms.
# All of it lies in us-east-1 or nowhere: billing and DNS know no other place.

data "aws_partition" "current" {}

locals {
  home   = "us-east-1"
  prefix = "${var.name}-${var.environment}"
  iam    = "arn:${data.aws_partition.current.partition}:iam"
  state  = { for use in ["plan", "apply"] : use => [for region in sort(var.state_regions) : "${local.iam}::${var.account_id}:role/${var.name}-state-${use}-${region}"] }
}

module "keys" {
  source = "../kms"

  name       = "${local.prefix}-global"
  region     = local.home
  account_id = var.account_id
  keys = {
    notices = {
      description = "The account's notices and its DNS log"
      services    = ["budgets", "cloudwatch", "costalerts", "events", "logs", "sns", "sqs"]
    }
  }
}

module "notices" {
  source = "../messaging"

  name            = "${local.prefix}-global"
  region          = local.home
  account_id      = var.account_id
  environment     = var.environment
  kms_key_arn     = module.keys.key_arns["notices"]
  alarm_topic_arn = "arn:${data.aws_partition.current.partition}:sns:${local.home}:${var.account_id}:${local.prefix}-global-alarms"
  venues          = {}
  queues          = {}
  topics = {
    alarms = {
      display_name  = "${local.prefix} account"
      services      = ["budgets", "cloudwatch", "costalerts", "events"]
      subscriptions = { for key, email in var.contacts : key => { protocol = "email", endpoint = email } }
    }
  }
}

module "domain" {
  source = "../dns"

  name            = "${local.prefix}-global"
  account_id      = var.account_id
  alarm_topic_arn = module.notices.topic_arns["alarms"]
  zone = {
    domain    = var.domain
    query_log = { kms_key_arn = module.keys.key_arns["notices"], retention_days = var.environment == "prod" ? 365 : 90 }
  }
}

module "budget" {
  source = "../cost"

  name                = local.prefix
  account_id          = var.account_id
  alarm_topic_arn     = module.notices.topic_arns["alarms"]
  monthly_limit_usd   = var.limits_usd.month
  region_limits_usd   = var.limits_usd.regions
  service_limits_usd  = var.limits_usd.services
  elsewhere_limit_usd = 20
  emails              = values(var.contacts)
}
