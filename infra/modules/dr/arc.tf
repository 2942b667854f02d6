# An option: a plan of ARC Region switch that calls the same controller, for those who start fail-overs from there.

locals {
  arc = toset(var.arc == null ? [] : ["this"])
}

resource "aws_arcregionswitch_plan" "this" {
  for_each = local.arc

  region                          = var.region
  name                            = "${var.name}-dr"
  description                     = "Moves ${var.name} between ${var.posture.peer_region} and ${var.region}"
  execution_role                  = aws_iam_role.arc[each.key].arn
  recovery_approach               = var.posture.mode == "active_active" ? "activeActive" : "activePassive"
  primary_region                  = var.posture.mode == "active_active" ? null : var.posture.peer_region
  regions                         = [var.posture.peer_region, var.region]
  recovery_time_objective_minutes = ceil(local.recovery_seconds / 60)

  workflow {
    workflow_target_action = "activate"
    workflow_target_region = var.region
    workflow_description   = "A person agrees, then the controller fails over"

    step {
      name                 = "approve"
      execution_block_type = "ManualApproval"

      execution_approval_config {
        approval_role   = var.arc.approval_role_arn
        timeout_minutes = 60
      }
    }

    step {
      name                 = "fail-over"
      execution_block_type = "CustomActionLambda"

      custom_action_lambda_config {
        region_to_run          = "activatingRegion"
        retry_interval_minutes = 1
        timeout_minutes        = 30

        lambda {
          arn = "${local.function_arn}:live"
        }
      }
    }
  }
}

data "aws_iam_policy_document" "arc_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["arc-region-switch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "arc" {
  statement {
    actions   = ["lambda:GetFunction", "lambda:InvokeFunction"]
    resources = [local.function_arn, "${local.function_arn}:live"]
  }
}

resource "aws_iam_role" "arc" {
  for_each = local.arc

  name               = "${var.name}-dr-arc-${var.region}"
  description        = "Region switch of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.arc_trust.json
}

resource "aws_iam_role_policy" "arc" {
  for_each = local.arc

  name   = "call"
  role   = aws_iam_role.arc[each.key].id
  policy = data.aws_iam_policy_document.arc.json
}
