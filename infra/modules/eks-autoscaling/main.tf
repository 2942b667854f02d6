# What grows and shrinks a cluster: the system pool, and the AWS side of Karpenter or of the Cluster Autoscaler.

data "aws_partition" "current" {}

locals {
  partition    = data.aws_partition.current.partition
  cluster_arn  = "arn:${local.partition}:eks:${var.region}:${var.account_id}:cluster/${var.cluster.name}"
  ec2          = "arn:${local.partition}:ec2:${var.region}:${var.account_id}"
  karpenter    = var.autoscaler.kind == "karpenter" ? toset(["this"]) : toset([])
  bottlerocket = startswith(var.system_pool.ami_type, "BOTTLEROCKET")
}

module "system" {
  source = "../launch-template"

  name        = "${var.name}-system"
  region      = var.region
  environment = var.environment
  use         = "eks"
  kms_key_arn = var.kms_key_arn
  tags        = var.tags
  network     = { security_group_ids = var.cluster.security_group_ids }
  user_data   = local.bottlerocket ? null : {}

  # Bottlerocket keeps images and logs on its second volume.
  volumes = merge(
    { "/dev/xvda" = { size_gib = local.bottlerocket ? 4 : var.system_pool.volume_gib } },
    local.bottlerocket ? { "/dev/xvdb" = { size_gib = var.system_pool.volume_gib } } : {},
  )

  bottlerocket_settings = local.bottlerocket ? "[settings.kernel]\nlockdown = \"integrity\"\n" : null
}

# On demand: what runs here (DNS, the autoscaler itself, controllers) brings the rest back, so it can't wait for capacity.
resource "aws_eks_node_group" "system" {
  region          = var.region
  cluster_name    = var.cluster.name
  node_group_name = "${var.name}-system"
  node_role_arn   = var.cluster.node_role_arn
  subnet_ids      = values(var.system_pool.subnet_ids)
  capacity_type   = "ON_DEMAND"
  ami_type        = var.system_pool.ami_type
  instance_types  = var.system_pool.instance_types
  version         = var.system_pool.kubernetes_version
  release_version = var.system_pool.release_version
  labels          = { "orderflow.io/pool" = "system" }

  launch_template {
    id      = module.system.id
    version = module.system.version
  }

  scaling_config {
    min_size     = var.system_pool.min
    max_size     = var.system_pool.max
    desired_size = var.system_pool.desired
  }

  update_config {
    max_unavailable = 1
    update_strategy = "DEFAULT"
  }

  node_repair_config {
    enabled = true
  }

  lifecycle {
    ignore_changes = [
      scaling_config[0].desired_size, # moved by the autoscaler and by the failover controller
      subnet_ids,                     # a further zone would replace every node of the pool at once
    ]
  }
}

# The autoscaler's own permissions, for its service account in this cluster.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.cluster_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = [var.autoscaler.namespace]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = [var.autoscaler.kind]
    }
  }
}

resource "aws_iam_role" "autoscaler" {
  name               = "${var.name}-autoscaler-${var.region}"
  description        = "${var.autoscaler.kind} of ${var.cluster.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "autoscaler" {
  name   = var.autoscaler.kind
  role   = aws_iam_role.autoscaler.id
  policy = var.autoscaler.kind == "karpenter" ? data.aws_iam_policy_document.karpenter.json : data.aws_iam_policy_document.cluster_autoscaler.json
}

resource "aws_eks_pod_identity_association" "autoscaler" {
  region          = var.region
  cluster_name    = var.cluster.name
  namespace       = var.autoscaler.namespace
  service_account = var.autoscaler.kind
  role_arn        = aws_iam_role.autoscaler.arn
}
