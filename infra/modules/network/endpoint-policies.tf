# What may be done through an endpoint where AWS has resources to name: this product's, by principals of this account.
# A stolen credential of another account can't carry data out of the VPC. Endpoints that aren't here serve calls
# without such resources (sts, ec2, monitoring, ...) and keep AWS's own policy.

locals {
  p     = data.aws_partition.current.partition
  scope = "${var.region}:${var.account_id}"

  reachable = {
    s3 = {
      actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      resources = ["arn:${local.p}:s3:::${var.name}-*"]
    }
    dynamodb = {
      actions   = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"]
      resources = ["arn:${local.p}:dynamodb:${local.scope}:table/${var.name}-*"]
    }
    kinesis-streams = {
      actions   = ["kinesis:DescribeStreamConsumer", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:ListStreamConsumers", "kinesis:PutRecord", "kinesis:PutRecords", "kinesis:RegisterStreamConsumer", "kinesis:SubscribeToShard"]
      resources = ["arn:${local.p}:kinesis:${local.scope}:stream/${var.name}-*"]
    }
    sqs = {
      actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"]
      resources = ["arn:${local.p}:sqs:${local.scope}:${var.name}-*"]
    }
    sns = {
      actions   = ["sns:GetTopicAttributes", "sns:Publish"]
      resources = ["arn:${local.p}:sns:${local.scope}:${var.name}-*"]
    }
    events = {
      actions   = ["events:PutEvents"]
      resources = ["arn:${local.p}:events:${local.scope}:event-bus/${var.name}*"]
    }
    secretsmanager = {
      actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"]
      resources = ["arn:${local.p}:secretsmanager:${local.scope}:secret:${var.name}*", "arn:${local.p}:secretsmanager:${local.scope}:secret:rds!*"]
    }
  }
}

data "aws_iam_policy_document" "endpoint" {
  for_each = local.reachable

  statement {
    sid       = "OwnAccount"
    actions   = each.value.actions
    resources = each.value.resources

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account_id]
    }
  }

  # Image layers, the nodes' packages and the SSM agent lie in buckets of AWS's own.
  dynamic "statement" {
    for_each = each.key == "s3" ? [true] : []

    content {
      sid     = "AwsBuckets"
      actions = ["s3:GetObject"]
      resources = [
        "arn:${local.p}:s3:::prod-${var.region}-starport-layer-bucket/*",
        "arn:${local.p}:s3:::al2023-repos-${var.region}-de612dc2/*",
        "arn:${local.p}:s3:::amazon-ssm-${var.region}/*",
        "arn:${local.p}:s3:::aws-ssm-${var.region}/*",
        "arn:${local.p}:s3:::patch-baseline-snapshot-${var.region}/*",
      ]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }

      # What these buckets hold is public, and the nodes' package manager signs nothing: the VPC is the fence.
      condition {
        test     = "StringEquals"
        variable = "aws:SourceVpc"
        values   = [local.vpc_id]
      }
    }
  }
}
