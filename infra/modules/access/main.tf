# How people reach a machine: a logged, encrypted session through Systems Manager. There is no bastion and no SSH key.

data "aws_partition" "current" {}

locals {
  ssm       = "arn:${data.aws_partition.current.partition}:ssm:${var.region}"
  log_group = "/${var.name}/sessions"
  documents = ["SSM-SessionManagerRunShell"]
}

resource "aws_cloudwatch_log_group" "sessions" {
  region            = var.region
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# The name is Systems Manager's: under it these settings hold for every session of the account in the Region.
resource "aws_ssm_document" "session" {
  region          = var.region
  name            = "SSM-SessionManagerRunShell"
  document_type   = "Session"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "1.0"
    description   = "Sessions of ${var.name}"
    sessionType   = "Standard_Stream"
    inputs = {
      kmsKeyId                    = var.kms_key_arn
      cloudWatchLogGroupName      = aws_cloudwatch_log_group.sessions.name
      cloudWatchEncryptionEnabled = true
      cloudWatchStreamingEnabled  = true # line by line, not at the end: a session that is cut is logged up to the cut
      s3BucketName                = ""
      s3KeyPrefix                 = ""
      s3EncryptionEnabled         = true
      idleSessionTimeout          = tostring(var.sessions.idle_minutes)
      maxSessionDuration          = tostring(var.sessions.max_minutes)
      runAsEnabled                = true
      runAsDefaultUser            = var.sessions.user
      shellProfile                = { linux = "exec bash -l", windows = "" }
    }
  })
}

# What somebody needs who may open sessions: on tagged machines, and ending only one's own.
data "aws_iam_policy_document" "operator" {
  statement {
    sid       = "OpenOnTaggedMachines"
    actions   = ["ssm:StartSession"]
    resources = ["arn:${data.aws_partition.current.partition}:ec2:${var.region}:${var.account_id}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "ssm:resourceTag/${var.sessions.tag_key}"
      values   = sort(var.sessions.tag_values)
    }
  }

  statement {
    sid       = "WithTheLoggedDocumentOnly"
    actions   = ["ssm:StartSession"]
    resources = [for document in local.documents : "${local.ssm}:${var.account_id}:document/${document}"]

    condition {
      test     = "BoolIfExists"
      variable = "ssm:SessionDocumentAccessCheck"
      values   = ["true"]
    }
  }

  statement {
    sid       = "EndOnesOwn"
    actions   = ["ssm:ResumeSession", "ssm:TerminateSession"]
    resources = ["${local.ssm}:${var.account_id}:session/$${aws:userid}-*"]
  }

  statement {
    sid       = "EncryptTheSession"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "SeeWhetherAMachineAnswers"
    actions   = ["ssm:GetConnectionStatus"]
    resources = ["arn:${data.aws_partition.current.partition}:ec2:${var.region}:${var.account_id}:instance/*"]
  }

  statement {
    sid       = "LookWhereAwsHasNoResource"
    actions   = ["ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:DescribeSessions"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "operator" {
  name        = "${var.name}-sessions-${var.region}"
  description = "Opens logged sessions on machines of ${var.name}"
  policy      = data.aws_iam_policy_document.operator.json
}

# What a machine needs beside AmazonSSMManagedInstanceCore.
data "aws_iam_policy_document" "machine" {
  statement {
    sid       = "DecryptTheSession"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "LogTheSession"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${var.account_id}:log-group:${local.log_group}:*"]
  }

  statement {
    sid       = "FindTheLogWhereAwsHasNoResource"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "machine" {
  name        = "${var.name}-sessions-machine-${var.region}"
  description = "Lets a machine of ${var.name} encrypt and log its sessions"
  policy      = data.aws_iam_policy_document.machine.json
}

# An option for tools that speak SSH: a tunnel with a key that lives for a minute.
resource "aws_ec2_instance_connect_endpoint" "this" {
  for_each = toset(var.instance_connect == null ? [] : ["this"])

  region             = var.region
  subnet_id          = var.instance_connect.subnet_id
  security_group_ids = var.instance_connect.security_group_ids
  preserve_client_ip = false
}

# Somebody sees each session that is opened.
resource "aws_cloudwatch_event_rule" "opened" {
  region      = var.region
  name        = "${var.name}-session-opened"
  description = "A session was opened or its settings were changed"

  event_pattern = jsonencode({
    source      = ["aws.ssm"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["ssm.amazonaws.com"]
      eventName   = ["StartSession", "UpdateDocument", "DeleteDocument"]
    }
  })
}

resource "aws_cloudwatch_event_target" "opened" {
  region    = var.region
  rule      = aws_cloudwatch_event_rule.opened.name
  target_id = "alarms"
  arn       = var.alarm_topic_arn
}
