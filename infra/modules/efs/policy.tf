# Who may mount: named roles, with TLS, through an access point and a mount target of the VPC.

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.this.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "ClientsMount"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.this.arn]

    # The account is the principal and the roles the condition, so that a role may be named before it exists.
    principals {
      type        = "AWS"
      identifiers = toset([for arn in var.client_role_arns : "arn:${data.aws_partition.current.partition}:iam::${split(":", arn)[4]}:root"])
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = var.client_role_arns
    }

    condition {
      test     = "Bool"
      variable = "elasticfilesystem:AccessedViaMountTarget"
      values   = ["true"]
    }

    condition {
      test     = "ArnLike"
      variable = "elasticfilesystem:AccessPointArn"
      values   = ["arn:${data.aws_partition.current.partition}:elasticfilesystem:${var.region}:${var.account_id}:access-point/*"]
    }
  }
}

resource "aws_efs_file_system_policy" "this" {
  region                             = var.region
  file_system_id                     = aws_efs_file_system.this.id
  bypass_policy_lockout_safety_check = false
  policy                             = data.aws_iam_policy_document.this.json
}
