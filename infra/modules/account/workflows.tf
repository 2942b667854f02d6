# The roles of GitHub's workflows. A pull request plans, main's nightly run compares, an environment applies and pushes.

module "workflows" {
  source = "../github-oidc"

  name       = var.name
  account_id = var.account_id
  repository = var.repository
  roles = {
    plan = {
      description       = "Plans on pull requests"
      pull_requests     = true
      assumed_role_arns = local.state["plan"]
    }
    drift = {
      description       = "Plans what is on main: before an approval, and every night"
      branches          = ["main"]
      assumed_role_arns = local.state["plan"]
    }
    apply = {
      description       = "Applies what was approved for ${var.environment}"
      environments      = [var.environment]
      assumed_role_arns = local.state["apply"]
    }
    images = {
      description  = "Pushes images to the registry of ${var.environment}"
      environments = [var.environment]
      policies     = { push = data.aws_iam_policy_document.push.json }
    }
  }
}

# All three read everything; what applying may change, roles among it, stands in apply.tf.
resource "aws_iam_role_policy_attachment" "workflow" {
  for_each = toset(["plan", "drift", "apply"])

  role       = "${var.name}-github-${each.key}"
  policy_arn = "${local.iam}::aws:policy/ReadOnlyAccess"

  depends_on = [module.workflows]
}

data "aws_iam_policy_document" "push" {
  statement {
    sid       = "SignIn"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # the action knows no resource
  }

  statement {
    sid = "Push"
    actions = [
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
    ]
    resources = ["arn:${data.aws_partition.current.partition}:ecr:*:${var.account_id}:repository/${local.prefix}/*"]
  }
}
