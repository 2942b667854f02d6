# The control plane of one Region's cluster: private endpoint, access entries only, every log type, secrets under our key.

data "aws_partition" "current" {}

locals {
  cluster_arn = "arn:${data.aws_partition.current.partition}:eks:${var.region}:${var.account_id}:cluster/${var.name}"
  log_types   = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
}

resource "aws_cloudwatch_log_group" "control_plane" {
  region            = var.region
  name              = "/aws/eks/${var.name}/cluster"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_eks_cluster" "this" {
  region                        = var.region
  name                          = var.name
  role_arn                      = aws_iam_role.cluster.arn
  version                       = var.kubernetes_version
  deletion_protection           = var.deletion_protection
  enabled_cluster_log_types     = local.log_types
  bootstrap_self_managed_addons = false # eks-addons installs them, at versions that a page names

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false # the deploy role gets an entry of its own, which can be read and revoked
  }

  vpc_config {
    subnet_ids              = values(var.network.subnet_ids)
    endpoint_private_access = true
    endpoint_public_access  = false
    security_group_ids      = [aws_security_group.control_plane.id]
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = var.kms_key_arn
    }
  }

  kubernetes_network_config {
    ip_family         = "ipv4"
    service_ipv4_cidr = var.control_plane.service_ipv4_cidr

    dynamic "elastic_load_balancing" {
      for_each = var.auto_mode == null ? [] : [var.auto_mode]

      content {
        enabled = true
      }
    }
  }

  dynamic "compute_config" {
    for_each = var.auto_mode == null ? [] : [var.auto_mode]

    content {
      enabled       = true
      node_pools    = compute_config.value.node_pools
      node_role_arn = aws_iam_role.node.arn
    }
  }

  dynamic "storage_config" {
    for_each = var.auto_mode == null ? [] : [var.auto_mode]

    content {
      block_storage {
        enabled = true
      }
    }
  }

  dynamic "control_plane_scaling_config" {
    for_each = var.control_plane.scaling_tier == null ? [] : [var.control_plane.scaling_tier]

    content {
      tier = control_plane_scaling_config.value
    }
  }

  upgrade_policy {
    support_type = var.control_plane.support_type
  }

  zonal_shift_config {
    enabled = true
  }

  # Without the log group EKS makes one that has no key and never expires; without the policies the deletion hangs.
  depends_on = [
    aws_cloudwatch_log_group.control_plane,
    aws_iam_role_policy_attachment.cluster,
  ]
}

# Whoever talks to the private endpoint from outside the cluster adds an ingress rule to this group.
resource "aws_security_group" "control_plane" {
  region                 = var.region
  name                   = "${var.name}-control-plane"
  description            = "API server endpoint of ${var.name}; its clients add their own rules."
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
}

# Pods that verify tokens of an older set-up; new ones use Pod Identity.
resource "aws_iam_openid_connect_provider" "this" {
  for_each = toset(var.oidc_audiences == null ? [] : ["this"])

  url            = join("", flatten(aws_eks_cluster.this.identity[*].oidc[*].issuer))
  client_id_list = var.oidc_audiences
}
