# What the Cluster Autoscaler may do: resize the groups that EKS tagged for this cluster, and look.

data "aws_iam_policy_document" "cluster_autoscaler" {
  statement {
    sid       = "ResizeOurGroups"
    actions   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    resources = ["arn:${local.partition}:autoscaling:${var.region}:${var.account_id}:autoScalingGroup:*:autoScalingGroupName/eks-*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/k8s.io/cluster-autoscaler/${var.cluster.name}"
      values   = ["owned"]
    }
  }

  statement {
    sid       = "ReadTheGroupsOfTheCluster"
    actions   = ["eks:DescribeNodegroup"]
    resources = ["arn:${local.partition}:eks:${var.region}:${var.account_id}:nodegroup/${var.cluster.name}/*/*"]
  }

  statement {
    sid = "LookWhereAwsHasNoResource"
    actions = [
      "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities", "autoscaling:DescribeTags",
      "ec2:DescribeImages", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplateVersions",
      "ec2:GetInstanceTypesFromInstanceRequirements",
    ]
    resources = ["*"]
  }
}
