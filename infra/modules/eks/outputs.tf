output "cluster_name" {
  description = "Name of the cluster; known only when the cluster exists, so that users of it wait."
  value       = aws_eks_cluster.this.name
}

output "cluster_arn" {
  description = "ARN of the cluster, computed from its name."
  value       = local.cluster_arn
}

output "endpoint" {
  description = "Address of the API server, reachable inside the VPC only."
  value       = aws_eks_cluster.this.endpoint
}

output "certificate_authority" {
  description = "Base64 certificate that nodes and kubectl check the API server against."
  value       = join("", aws_eks_cluster.this.certificate_authority[*].data)
}

output "service_ipv4_cidr" {
  description = "Range of service addresses; custom images need it in their NodeConfig."
  value       = var.control_plane.service_ipv4_cidr
}

output "cluster_security_group_id" {
  description = "Group that EKS puts on its interfaces and on managed nodes; nodes and pods talk freely inside it."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "control_plane_security_group_id" {
  description = "Group on the control plane's interfaces; a client outside the cluster adds an ingress rule for port 443 to it."
  value       = aws_security_group.control_plane.id
}

output "node_role_arn" {
  description = "Role of every node, managed or Karpenter's."
  value       = aws_iam_role.node.arn

  depends_on = [aws_iam_role_policy_attachment.node]
}

output "node_role_name" {
  description = "Name of the nodes' role, for instance profiles."
  value       = aws_iam_role.node.name
}

output "pod_role_arns" {
  description = "Role per entry of pod_identities, for key and bucket policies that name it."
  value       = { for key, role in aws_iam_role.pod : key => role.arn }
}

output "oidc_provider_arn" {
  description = "ARN of the OIDC provider, null without one."
  value       = one([for provider in aws_iam_openid_connect_provider.this : provider.arn])
}

output "alarm_names" {
  description = "Alarms of the control plane, for composites."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}
