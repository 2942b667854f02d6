# What Karpenter may do. Everything that it makes carries the cluster's tag, and it may touch nothing that doesn't.

locals {
  owned_tag = "kubernetes.io/cluster/${var.cluster.name}"

  interruption_events = {
    health    = { source = "aws.health", detail_type = "AWS Health Event" }
    spot      = { source = "aws.ec2", detail_type = "EC2 Spot Instance Interruption Warning" }
    rebalance = { source = "aws.ec2", detail_type = "EC2 Instance Rebalance Recommendation" }
    state     = { source = "aws.ec2", detail_type = "EC2 Instance State-change Notification" }
    capacity  = { source = "aws.ec2", detail_type = "EC2 Capacity Reservation Instance Interruption Warning" }
  }
}

data "aws_iam_policy_document" "karpenter" {
  statement {
    sid     = "LaunchFromWhatExists"
    actions = ["ec2:CreateFleet", "ec2:RunInstances"]
    resources = [
      "arn:${local.partition}:ec2:${var.region}::image/*", "arn:${local.partition}:ec2:${var.region}::snapshot/*",
      "${local.ec2}:capacity-reservation/*", "${local.ec2}:placement-group/*", "${local.ec2}:security-group/*", "${local.ec2}:subnet/*",
    ]
  }

  statement {
    sid       = "LaunchFromOurTemplates"
    actions   = ["ec2:CreateFleet", "ec2:RunInstances"]
    resources = ["${local.ec2}:launch-template/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.owned_tag}"
      values   = ["owned"]
    }
  }

  statement {
    sid       = "MakeTagged"
    actions   = ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"]
    resources = [for kind in ["fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume"] : "${local.ec2}:${kind}/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.owned_tag}"
      values   = ["owned"]
    }
  }

  statement {
    sid       = "TagWhileMaking"
    actions   = ["ec2:CreateTags"]
    resources = [for kind in ["fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume"] : "${local.ec2}:${kind}/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.owned_tag}"
      values   = ["owned"]
    }

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["CreateFleet", "CreateLaunchTemplate", "RunInstances"]
    }
  }

  statement {
    sid       = "NameOurInstances"
    actions   = ["ec2:CreateTags"]
    resources = ["${local.ec2}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.owned_tag}"
      values   = ["owned"]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = ["Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"]
    }
  }

  statement {
    sid       = "EndWhatIsOurs"
    actions   = ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"]
    resources = ["${local.ec2}:instance/*", "${local.ec2}:launch-template/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.owned_tag}"
      values   = ["owned"]
    }
  }

  statement {
    sid = "LookWhereAwsHasNoResource"
    actions = [
      "ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstanceStatus",
      "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeInstances",
      "ec2:DescribeLaunchTemplates", "ec2:DescribePlacementGroups", "ec2:DescribeSecurityGroups",
      "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets", "pricing:GetProducts",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ReadImageParameters"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:${local.partition}:ssm:${var.region}::parameter/aws/service/*"]
  }

  statement {
    sid       = "HearOfInterruptions"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = ["arn:${local.partition}:sqs:${var.region}:${var.account_id}:${var.name}-interruptions"]
  }

  statement {
    sid       = "GiveNodesTheirRole"
    actions   = ["iam:PassRole"]
    resources = [var.cluster.node_role_arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }

  statement {
    sid       = "ReadTheInstanceProfile"
    actions   = ["iam:GetInstanceProfile"]
    resources = ["arn:${local.partition}:iam::${var.account_id}:instance-profile/${var.name}-node-${var.region}"]
  }

  statement {
    sid       = "FindTheCluster"
    actions   = ["eks:DescribeCluster"]
    resources = [local.cluster_arn]
  }
}

# A fixed profile, named in the node class, so that Karpenter needs no right to make profiles.
resource "aws_iam_instance_profile" "node" {
  for_each = local.karpenter

  name = "${var.name}-node-${var.region}"
  role = var.cluster.node_role_name
}
