# A Valkey cache: TLS only, users that log in with IAM, replicas in other zones.

data "aws_partition" "current" {}

locals {
  arns     = "arn:${data.aws_partition.current.partition}:elasticache:${var.region}:${var.account_id}"
  family   = "valkey${split(".", var.engine_version)[0]}"
  multi_az = var.nodes.replicas > 0

  # The names that ElastiCache gives to the nodes of a cluster.
  members = toset(flatten([for shard in range(1, var.nodes.shards + 1) : [for node in range(1, var.nodes.replicas + 2) : format("%s-%04d-%03d", var.name, shard, node)]]))
}

resource "aws_elasticache_subnet_group" "this" {
  region      = var.region
  name        = var.name
  description = "Restricted subnets of ${var.name}"
  subnet_ids  = values(var.network.subnet_ids)
}

resource "aws_security_group" "this" {
  region                 = var.region
  name                   = "${var.name}-cache"
  description            = "Cache ${var.name}; consumers add their rules"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = "${var.name}-cache" }
}

resource "aws_elasticache_parameter_group" "this" {
  region      = var.region
  name        = "${var.name}-${local.family}"
  description = "What is least used goes first when memory ends"
  family      = local.family

  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }

  parameter {
    name  = "cluster-enabled"
    value = "yes"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_user" "this" {
  for_each = var.users

  region        = var.region
  user_id       = "${var.name}-${each.key}"
  user_name     = "${var.name}-${each.key}" # with IAM both must be equal
  engine        = "valkey"
  access_string = each.value

  authentication_mode {
    type = "iam"
  }
}

resource "aws_elasticache_user_group" "this" {
  region        = var.region
  user_group_id = var.name
  engine        = "valkey"
  user_ids      = [for user in aws_elasticache_user.this : user.user_id]
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["engine-log", "slow-log"])

  region                      = var.region
  name                        = "/aws/elasticache/${var.name}/${each.key}"
  retention_in_days           = var.log_retention_days
  kms_key_id                  = var.kms_key_arn
  log_group_class             = "STANDARD"
  deletion_protection_enabled = var.environment == "prod"
  skip_destroy                = false
}

resource "aws_elasticache_replication_group" "this" {
  region               = var.region
  replication_group_id = var.name
  description          = "Cache ${var.name}"

  engine               = "valkey"
  engine_version       = var.engine_version
  node_type            = var.nodes.class
  port                 = 6379
  parameter_group_name = aws_elasticache_parameter_group.this.name

  cluster_mode               = "enabled"
  num_node_groups            = var.nodes.shards
  replicas_per_node_group    = var.nodes.replicas
  multi_az_enabled           = local.multi_az
  automatic_failover_enabled = true
  data_tiering_enabled       = false

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this.id]
  network_type       = "ipv4"
  ip_discovery       = "ipv4"

  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]

  auto_minor_version_upgrade = true
  apply_immediately          = false
  maintenance_window         = "sun:04:00-sun:05:00"
  snapshot_retention_limit   = var.snapshot_days
  snapshot_window            = "02:00-03:00"
  final_snapshot_identifier  = var.environment == "prod" ? "${var.name}-final" : null
  notification_topic_arn     = var.alarm_topic_arn

  dynamic "log_delivery_configuration" {
    for_each = aws_cloudwatch_log_group.this

    content {
      destination_type = "cloudwatch-logs"
      destination      = log_delivery_configuration.value.name
      log_format       = "json"
      log_type         = log_delivery_configuration.key
    }
  }
}
