# Add-ons that every cluster has, at pinned versions, each with a role of its own through Pod Identity.

data "aws_partition" "current" {}

locals {
  # Add-on, version, settings. An add-on without a version is absent.
  addons = { for name, addon in {
    "vpc-cni"                         = { version = var.versions.vpc_cni, settings = local.cni_settings }
    "kube-proxy"                      = { version = var.versions.kube_proxy, settings = null }
    "coredns"                         = { version = var.versions.coredns, settings = local.dns_settings }
    "eks-pod-identity-agent"          = { version = var.versions.pod_identity_agent, settings = null }
    "eks-node-monitoring-agent"       = { version = var.versions.node_monitoring_agent, settings = null }
    "aws-ebs-csi-driver"              = { version = var.versions.ebs_csi_driver, settings = null }
    "aws-efs-csi-driver"              = { version = var.versions.efs_csi_driver, settings = null }
    "snapshot-controller"             = { version = var.versions.snapshot_controller, settings = null }
    "aws-guardduty-agent"             = { version = var.versions.guardduty_agent, settings = null }
    "amazon-cloudwatch-observability" = { version = var.versions.cloudwatch_observability, settings = local.cloudwatch_settings }
  } : name => addon if addon.version != null }

  roles = { for name, role in {
    "vpc-cni"            = { short = "cni", service_account = "aws-node", policies = ["AmazonEKS_CNI_Policy"] }
    "aws-ebs-csi-driver" = { short = "ebs-csi", service_account = "ebs-csi-controller-sa", policies = ["service-role/AmazonEBSCSIDriverPolicy"] }
    "aws-efs-csi-driver" = { short = "efs-csi", service_account = "efs-csi-controller-sa", policies = ["service-role/AmazonEFSCSIDriverPolicy"] }
    "amazon-cloudwatch-observability" = {
      short = "cw-agent", service_account = "cloudwatch-agent", policies = ["AWSXRayDaemonWriteAccess", "CloudWatchAgentServerPolicy"]
    }
  } : name => role if contains(keys(local.addons), name) }

  attachments = merge([
    for name, role in local.roles : { for policy in role.policies : "${name}/${policy}" => { addon = name, policy = policy } }
  ]...)

  # Pods on the carrier-grade range, so that they don't eat the VPC's addresses: one ENIConfig per zone.
  pod_network_settings = var.pod_network == null ? null : {
    env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone" }
    eniConfig = {
      create = true
      region = var.region
      subnets = { for zone, subnet in var.pod_network.zones : subnet.zone_name => {
        id             = subnet.subnet_id
        securityGroups = tolist(var.pod_network.security_group_ids)
      } }
    }
  }

  cni_settings = jsonencode(merge(
    {
      enableNetworkPolicy = "true"
      env = merge(
        { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" },
        try(local.pod_network_settings.env, {}),
      )
    },
    var.pod_network == null ? {} : { eniConfig = local.pod_network_settings.eniConfig },
  ))

  dns_settings = jsonencode({
    replicaCount        = 2
    podDisruptionBudget = { enabled = true, maxUnavailable = 1 }
    topologySpreadConstraints = [{
      maxSkew           = 1
      topologyKey       = "topology.kubernetes.io/zone"
      whenUnsatisfiable = "ScheduleAnyway"
      labelSelector     = { matchLabels = { "k8s-app" = "kube-dns" } }
    }]
  })

  cloudwatch_settings = jsonencode({ tolerations = [{ operator = "Exists" }] })
}

resource "aws_eks_addon" "this" {
  for_each = local.addons

  region                      = var.region
  cluster_name                = var.cluster_name
  addon_name                  = each.key
  addon_version               = each.value.version
  configuration_values        = each.value.settings
  preserve                    = false
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE" # the page is the truth; a hand-made change is drift

  dynamic "pod_identity_association" {
    for_each = contains(keys(local.roles), each.key) ? [local.roles[each.key]] : []

    content {
      role_arn        = aws_iam_role.this[each.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}
