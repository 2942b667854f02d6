# The Region's state key. Its policy leaves the account in charge, so that no lost role can lock the state away.

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AccountKeepsControl"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.owner_arn]
    }
  }
}

resource "aws_kms_key" "state" {
  region                             = var.region
  description                        = "State of the ${var.name} stacks in ${var.region}"
  key_usage                          = "ENCRYPT_DECRYPT"
  customer_master_key_spec           = "SYMMETRIC_DEFAULT"
  is_enabled                         = true
  enable_key_rotation                = true
  rotation_period_in_days            = 365
  deletion_window_in_days            = 30
  multi_region                       = false
  bypass_policy_lockout_safety_check = false
  policy                             = data.aws_iam_policy_document.key.json

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "state" {
  region        = var.region
  name          = "alias/${var.name}-state"
  target_key_id = aws_kms_key.state.key_id
}
