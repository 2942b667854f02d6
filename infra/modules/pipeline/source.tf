# Where the code comes from: a connection to GitHub and its like, or CodeCommit.

# A new connection is pending until a person has finished the handshake in the console.
resource "aws_codeconnections_connection" "this" {
  for_each = toset(local.connected && var.source_code.connection == null ? ["this"] : [])

  region        = var.region
  name          = substr(local.source, 0, 32)
  provider_type = "GitHub"
}

resource "aws_codecommit_repository" "this" {
  for_each = toset(local.connected ? [] : ["this"])

  region          = var.region
  repository_name = var.source_code.repository
  description     = "Source of ${var.name}"
  default_branch  = var.source_code.branch
  kms_key_id      = var.kms_key_arn
}

resource "aws_cloudwatch_event_rule" "commit" {
  for_each = aws_codecommit_repository.this

  region      = var.region
  name        = "${var.name}-commit"
  description = "Starts ${var.name} when ${var.source_code.branch} moves"

  event_pattern = jsonencode({
    source      = ["aws.codecommit"]
    detail-type = ["CodeCommit Repository State Change"]
    resources   = ["${local.arn}:codecommit:${var.region}:${var.account_id}:${var.source_code.repository}"]
    detail      = { event = ["referenceCreated", "referenceUpdated"], referenceType = ["branch"], referenceName = [var.source_code.branch] }
  })
}

resource "aws_cloudwatch_event_target" "commit" {
  for_each = aws_cloudwatch_event_rule.commit

  region    = var.region
  rule      = each.value.name
  target_id = "pipeline"
  arn       = aws_codepipeline.this.arn
  role_arn  = aws_iam_role.start["this"].arn
}

data "aws_iam_policy_document" "start_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "start" {
  statement {
    actions   = ["codepipeline:StartPipelineExecution"]
    resources = ["${local.arn}:codepipeline:${var.region}:${var.account_id}:${var.name}"]
  }
}

resource "aws_iam_role" "start" {
  for_each = aws_codecommit_repository.this

  name               = "${var.name}-start-${var.region}"
  description        = "Starts ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.start_trust.json
}

resource "aws_iam_role_policy" "start" {
  for_each = aws_iam_role.start

  name   = "start"
  role   = each.value.id
  policy = data.aws_iam_policy_document.start.json
}
