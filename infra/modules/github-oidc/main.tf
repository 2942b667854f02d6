# GitHub's workflows get roles by their identity: repository, and branch or environment. No key exists that could leak.

data "aws_partition" "current" {}

locals {
  host = "token.actions.githubusercontent.com"

  provider_arn = "arn:${data.aws_partition.current.partition}:iam::${var.account_id}:oidc-provider/${local.host}"

  # What GitHub writes into a token's subject.
  subjects = {
    for name, role in var.roles : name => sort(concat(
      [for branch in role.branches : "repo:${var.repository}:ref:refs/heads/${branch}"],
      [for environment in role.environments : "repo:${var.repository}:environment:${environment}"],
      role.pull_requests ? ["repo:${var.repository}:pull_request"] : [],
    ))
  }
}

resource "aws_iam_openid_connect_provider" "this" {
  url            = "https://${local.host}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  for_each = var.roles

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.host}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals" # equal, not like: no pattern can be stretched
      variable = "${local.host}:sub"
      values   = local.subjects[each.key]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = var.roles

  name                 = "${var.name}-github-${each.key}"
  description          = each.value.description
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = each.value.session_seconds
  permissions_boundary = var.permissions_boundary_arn

  depends_on = [aws_iam_openid_connect_provider.this]
}

# What the workflows do themselves is little: take the roles of the state backend and of the deployment.
data "aws_iam_policy_document" "this" {
  for_each = { for name, role in var.roles : name => role if length(role.assumed_role_arns) > 0 }

  statement {
    sid       = "TakeTheWorkingRoles"
    actions   = ["sts:AssumeRole", "sts:TagSession"]
    resources = sort(each.value.assumed_role_arns)
  }
}

resource "aws_iam_role_policy" "assume" {
  for_each = data.aws_iam_policy_document.this

  name   = "assume"
  role   = aws_iam_role.this[each.key].id
  policy = each.value.json
}

resource "aws_iam_role_policy" "own" {
  for_each = merge([for name, role in var.roles : { for policy, document in role.policies : "${name}/${policy}" => { role = name, name = policy, document = document } }]...)

  name   = each.value.name
  role   = aws_iam_role.this[each.value.role].id
  policy = each.value.document
}
