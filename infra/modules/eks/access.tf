# Who may do what in the cluster. In API mode there is no other list.

locals {
  access_policies = merge([
    for entry, access in var.access_entries : {
      for policy, namespaces in access.policies : "${entry}/${policy}" => {
        principal_arn = access.principal_arn
        policy        = policy
        namespaces    = namespaces
      }
    }
  ]...)
}

resource "aws_eks_access_entry" "this" {
  for_each = var.access_entries

  region            = var.region
  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = each.value.principal_arn
  type              = "STANDARD"
  kubernetes_groups = each.value.kubernetes_groups
}

resource "aws_eks_access_policy_association" "this" {
  for_each = local.access_policies

  region        = var.region
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.value.principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/${each.value.policy}"

  access_scope {
    type       = length(each.value.namespaces) == 0 ? "cluster" : "namespace"
    namespaces = length(each.value.namespaces) == 0 ? null : each.value.namespaces
  }

  depends_on = [aws_eks_access_entry.this]
}

# Karpenter's nodes join by this entry; managed groups with the same role find it there.
resource "aws_eks_access_entry" "node" {
  region        = var.region
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_iam_role.node.arn
  type          = var.auto_mode == null ? "EC2_LINUX" : "EC2"
}
