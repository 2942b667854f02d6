# Every packet's flow, recorded twice: a log group that the alarms read, and a bucket that keeps it for years.

locals {
  flow_logs   = var.flow_logs == null ? {} : { this = var.flow_logs }
  flow_group  = "/aws/vpc/${var.name}-flow-logs"
  flow_bucket = "${var.name}-${var.region}-${var.account_id}-flow-logs"

  # Version 5 fields beside the default ones; the filters count on this order.
  flow_fields = ["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log-status", "vpc-id", "subnet-id", "az-id", "tcp-flags", "pkt-srcaddr", "pkt-dstaddr", "flow-direction", "traffic-path"]
  flow_format = join(" ", [for field in local.flow_fields : "$${${field}}"])
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  for_each = local.flow_logs

  region                      = var.region
  name                        = local.flow_group
  retention_in_days           = var.log_retention_days
  kms_key_id                  = var.kms_key_arn
  log_group_class             = "STANDARD"
  deletion_protection_enabled = var.environment == "prod"
  skip_destroy                = false
}

resource "aws_flow_log" "group" {
  for_each = local.flow_logs

  region                   = var.region
  vpc_id                   = local.vpc_id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:${aws_cloudwatch_log_group.flow_logs["this"].name}"
  iam_role_arn             = aws_iam_role.flow_logs["this"].arn
  log_format               = local.flow_format
  max_aggregation_interval = each.value.aggregation_seconds
}

resource "aws_flow_log" "bucket" {
  for_each = local.flow_logs

  region                   = var.region
  vpc_id                   = local.vpc_id
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = "arn:${data.aws_partition.current.partition}:s3:::${aws_s3_bucket_policy.flow_logs["this"].bucket}"
  log_format               = local.flow_format
  max_aggregation_interval = each.value.aggregation_seconds

  destination_options {
    file_format                = "parquet"
    hive_compatible_partitions = true
    per_hour_partition         = true
  }
}

data "aws_iam_policy_document" "flow_logs_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:ec2:${var.region}:${var.account_id}:vpc-flow-log/*"]
    }
  }
}

data "aws_iam_policy_document" "flow_logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:${local.flow_group}:*"]
  }
}

resource "aws_iam_role" "flow_logs" {
  for_each = local.flow_logs

  name                  = "${var.name}-flow-logs-${var.region}"
  description           = "Writes the flow logs of ${var.name} in ${var.region}"
  assume_role_policy    = data.aws_iam_policy_document.flow_logs_trust.json
  force_detach_policies = true
}

resource "aws_iam_role_policy" "flow_logs" {
  for_each = local.flow_logs

  name   = "flow-logs"
  role   = aws_iam_role.flow_logs["this"].id
  policy = data.aws_iam_policy_document.flow_logs.json
}
