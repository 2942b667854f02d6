# Every name and every address range of a cell. Nothing else in this tree makes one up: what another stack needs is computed
# from the same words, so that no stack reads another's state.

data "aws_partition" "current" {}

locals {
  # What is replicated or Regional by nature: the two Regions of a pair call it the same.
  prefix = "${var.name}-${var.environment}"

  geography = {
    us-east-1    = "us"
    us-west-2    = "us"
    eu-west-1    = "eu"
    eu-central-1 = "eu"
    eu-west-2    = "uk"
  }[var.region]

  # Second octet of 10.0.0.0/8: sixteen Regions per environment, and a place for each Region that never moves.
  environment_octet = { dev = 0, staging = 16, prod = 32 }[var.environment]
  region_octet = {
    us-east-1    = 0
    us-west-2    = 1
    eu-west-1    = 2
    eu-central-1 = 3
    eu-west-2    = 4
  }[var.region]
  cidr         = "10.${local.environment_octet + local.region_octet}.0.0/16"
  pod_cidr     = "100.64.0.0/16" # the same everywhere: pods are never routed between VPCs
  service_cidr = "172.20.0.0/16" # inside one cluster only

  names = {
    cluster    = local.prefix
    hot_pool   = "${local.prefix}-hot"
    streams    = { for noun in ["orders", "executions", "order-events"] : noun => "${local.prefix}-${noun}" }
    tables     = { for noun in ["journal", "orders", "control", "leases"] : noun => "${local.prefix}-${noun}" }
    buckets    = { for noun in ["audit", "statements", "snapshots", "artifacts"] : noun => "${local.prefix}-${var.region}-${var.account_id}-${noun}" }
    access_log = "${local.prefix}-${var.region}-${var.account_id}-access-logs"
    database   = "${local.prefix}-reconciler"
    reconciler = "${local.prefix}-recon" # 26 characters at most, with the longest environment
    api        = "${local.prefix}-api"
    files      = "${local.prefix}-files"
    cache      = "${local.prefix}-cache"
    log_group  = "/${local.prefix}/services"
  }

  # The name that clients use is the pair's; each Region has one of its own behind it, for probes.
  api_host    = "api.${local.geography}.${var.domain.name}"
  region_host = "${var.region}.${local.api_host}"
  peer_host   = try("${var.pair.peer_region}.${local.api_host}", null)

  arn        = "arn:${data.aws_partition.current.partition}"
  topic_arn  = "${local.arn}:sns:${var.region}:${var.account_id}:${local.prefix}-alarms"
  page_arn   = "${local.arn}:sns:${var.region}:${var.account_id}:${local.prefix}-pages"
  table_arns = { for noun, name in local.names.tables : noun => "${local.arn}:dynamodb:${var.region}:${var.account_id}:table/${name}" }

  # Route 53's metrics live in us-east-1, and so does the topic of its alarms, which the account's global stack makes.
  dns_topic_arn = "${local.arn}:sns:us-east-1:${var.account_id}:${local.prefix}-global-alarms"

  # The account's roles, made by its global stack and by the bootstrap.
  role_arn    = "${local.arn}:iam::${var.account_id}:role"
  deploy_role = "${local.role_arn}/${var.name}-github-apply"
  state_roles = { for use in ["plan", "apply"] : use => "${local.role_arn}/${var.name}-state-${use}-${var.region}" }
}
