provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-sessions"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b" }
  }
  nodes = { class = "cache.r7g.large" }
  users = { reconciler = "on ~reconciler:* +@read +@write" }
}

run "a_zone_can_be_lost" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.replicas_per_node_group == 1
    error_message = "A shard has no replica in another zone, or nobody takes over."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.snapshot_retention_limit == 7 && aws_elasticache_replication_group.this.final_snapshot_identifier == "orderflow-prod-sessions-final"
    error_message = "Nothing is left to warm it from."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.engine == "valkey" && aws_elasticache_parameter_group.this.family == "valkey8"
    error_message = "It isn't Valkey."
  }
}

run "clients_need_tls_and_a_user" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.transit_encryption_mode == "required"
    error_message = "A client can connect without TLS."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.at_rest_encryption_enabled == "true" && aws_elasticache_replication_group.this.kms_key_id == var.kms_key_arn
    error_message = "What is stored isn't encrypted with the key that was given."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.user_group_ids == toset(["orderflow-prod-sessions"]) && aws_elasticache_user.this["reconciler"].authentication_mode[0].type == "iam" && aws_elasticache_user.this["reconciler"].user_id == aws_elasticache_user.this["reconciler"].user_name
    error_message = "A client can connect without a user, or a user has a password."
  }

  assert {
    condition     = aws_elasticache_user_group.this.user_ids == toset(["orderflow-prod-sessions-reconciler"]) && output.user_arns["reconciler"] == "arn:aws:elasticache:eu-west-1:123456789012:user:orderflow-prod-sessions-reconciler"
    error_message = "The group holds other users than were given."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 365 && group.kms_key_id == var.kms_key_arn]) && length(aws_cloudwatch_log_group.this) == 2
    error_message = "Its logs aren't kept for a year, encrypted."
  }
}

run "trouble_is_noticed" {
  command = plan

  assert {
    condition     = alltrue(flatten([for member in ["0001-001", "0001-002"] : [for alarm, metric in { cpu = "EngineCPUUtilization", memory = "DatabaseMemoryUsagePercentage", evictions = "Evictions", lag = "ReplicationLag", refused = "AuthenticationFailures" } : aws_cloudwatch_metric_alarm.this["${member}-${alarm}"].metric_name == metric && aws_cloudwatch_metric_alarm.this["${member}-${alarm}"].dimensions.CacheClusterId == "orderflow-prod-sessions-${member}"]])) && length(aws_cloudwatch_metric_alarm.this) == 10
    error_message = "A node or a limit has no alarm."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([var.alarm_topic_arn])]) && aws_elasticache_replication_group.this.notification_topic_arn == var.alarm_topic_arn
    error_message = "An alarm tells nobody, or a failover isn't announced."
  }
}

run "dev_may_have_one_node" {
  command = plan

  variables {
    environment   = "dev"
    nodes         = { class = "cache.t4g.micro", replicas = 0 }
    snapshot_days = 0
  }

  assert {
    condition     = !aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_replication_group.this.final_snapshot_identifier == null
    error_message = "A single node is told to spread over zones, or leaves a snapshot behind."
  }
}
