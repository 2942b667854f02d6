# The applying workflow's policies, and what it may do to roles and with keys.
# It can't widen itself: its names begin with the product's, without the environment's, and each statement here that gives
# rights over rights names the environment's. Who may change the workflows' roles, their policies, their identity provider or
# the state's roles is the person who applied the bootstrap.

locals {
  # AWS' own policies that a role may be given, from every module that gives one.
  given_policies = [
    "AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore", "AWSXRayDaemonWriteAccess",
    "AmazonEC2ContainerRegistryPullOnly", "AmazonECSInfrastructureRolePolicyForLoadBalancers", "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodeMinimalPolicy", "AmazonEKS_CNI_Policy", "AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy",
    "service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores",
    "service-role/AmazonEBSCSIDriverPolicy", "service-role/AmazonEFSCSIDriverPolicy", "service-role/AmazonRDSEnhancedMonitoringRole",
  ]

  # Services that take the roles made here.
  passed_to = [
    "backup", "codebuild", "codepipeline", "ec2", "ecr", "ecs", "ecs-tasks", "eks", "events", "fis", "lambda", "monitoring.rds",
    "pods.eks", "s3", "scheduler", "vpc-flow-logs",
  ]

  # Services that make a role of their own when they are first used.
  linked = [
    "autoscaling", "backup", "dynamodb.application-autoscaling", "ecs", "ecs.application-autoscaling", "eks", "eks-nodegroup", "elasticache",
    "elasticfilesystem", "elasticloadbalancing", "fis", "inspector2", "rds", "replication.dynamodb", "replication.ecr", "reports.backup",
    "restore-testing.backup", "ssm", "wafv2",
  ]

  # Services that read and write under a key for who calls them.
  through = ["ecr", "elasticfilesystem", "events", "kinesis", "lambda", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm"]

  own_roles = ["${local.iam}::${var.account_id}:role/${local.prefix}-*"]
  # What stands above this environment.
  above = concat(
    ["${local.iam}::${var.account_id}:oidc-provider/*", "${local.iam}::${var.account_id}:policy/${var.name}-apply-*"],
    [for use in ["auditor", "github", "state"] : "${local.iam}::${var.account_id}:role/${var.name}-${use}*"],
  )

  apply_policies = merge(
    { for name, document in data.aws_iam_policy_document.apply : name => document.json },
    { roles = data.aws_iam_policy_document.apply_roles.json },
  )
}

data "aws_iam_policy_document" "apply" {
  for_each = merge(local.apply, local.apply_watching)

  dynamic "statement" {
    for_each = each.value

    content {
      sid     = statement.key
      actions = [for action in statement.value.actions : "${statement.value.service}:${action}"]
      resources = coalescelist(
        concat(
          try(statement.value.arns, []),
          [for name in try(statement.value.bucket, []) : "arn:${data.aws_partition.current.partition}:s3:::${name}"],
          flatten([for place, middle in local.places : [
            for name in try(statement.value[place], []) : "arn:${data.aws_partition.current.partition}:${statement.value.service}:${middle}:${name}"
          ]]),
        ),
        ["*"], # the actions know no resource
      )
    }
  }
}

data "aws_iam_policy_document" "apply_roles" {
  statement {
    sid = "Roles"
    actions = [
      "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
    ]
    resources = local.own_roles
  }

  statement {
    sid       = "GivePolicies"
    actions   = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
    resources = local.own_roles

    condition {
      test     = "ArnLike"
      variable = "iam:PolicyARN"
      values   = concat(["${local.iam}::${var.account_id}:policy/${local.prefix}-*"], [for name in local.given_policies : "${local.iam}::aws:policy/${name}"])
    }
  }

  statement {
    sid = "Policies"
    actions = [
      "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:TagPolicy",
      "iam:UntagPolicy",
    ]
    resources = ["${local.iam}::${var.account_id}:policy/${local.prefix}-*"]
  }

  statement {
    sid = "Profiles"
    actions = [
      "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile", "iam:UntagInstanceProfile",
    ]
    resources = ["${local.iam}::${var.account_id}:instance-profile/${local.prefix}-*"]
  }

  statement {
    sid       = "PassRoles"
    actions   = ["iam:PassRole"]
    resources = local.own_roles

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = [for service in local.passed_to : "${service}.amazonaws.com"]
    }
  }

  statement {
    sid       = "LinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["${local.iam}::${var.account_id}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = [for service in local.linked : "${service}.amazonaws.com"]
    }
  }

  statement {
    sid       = "KeysThroughServices"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["arn:${data.aws_partition.current.partition}:kms:*:${var.account_id}:key/*"]

    condition {
      test     = "StringLike"
      variable = "kms:ViaService"
      values   = [for service in local.through : "${service}.*.amazonaws.com"]
    }
  }

  # Allowed nowhere above, and denied whatever else is attached one day.
  statement {
    sid    = "NotWhatStandsAbove"
    effect = "Deny"
    actions = [
      "iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*", "iam:Remove*", "iam:Set*", "iam:Tag*",
      "iam:Untag*", "iam:Update*",
    ]
    resources = local.above
  }
}

# AWS takes 6,144 characters a policy: the module's test counts them, with the longest names that there can be.
resource "aws_iam_policy" "apply" {
  for_each = local.apply_policies

  name        = "${var.name}-apply-${each.key}"
  description = "What the applying workflow may do: ${each.key}"
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = aws_iam_policy.apply

  role       = "${var.name}-github-apply"
  policy_arn = each.value.arn

  depends_on = [module.workflows]
}
