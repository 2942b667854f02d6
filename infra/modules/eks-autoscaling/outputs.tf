output "system_node_group_name" {
  description = "Node group of the system pool; the failover controller scales it."
  value       = aws_eks_node_group.system.node_group_name
}

output "autoscaler_role_arn" {
  description = "Role of the autoscaler's service account."
  value       = aws_iam_role.autoscaler.arn
}

output "service_account" {
  description = "Namespace and service account that the role is bound to; deploy/cluster must install the autoscaler under it."
  value       = "${var.autoscaler.namespace}/${var.autoscaler.kind}"
}

output "instance_profile_name" {
  description = "Profile that Karpenter's node class names; null with the Cluster Autoscaler."
  value       = one([for profile in aws_iam_instance_profile.node : profile.name])
}

output "interruption_queue_name" {
  description = "Queue of interruption notices, for Karpenter's settings; null with the Cluster Autoscaler."
  value       = one([for queue in aws_sqs_queue.interruption : queue.name])
}

output "owned_tag" {
  description = "Tag that everything Karpenter makes must carry: its permissions end there."
  value       = { "kubernetes.io/cluster/${var.cluster.name}" = "owned" }
}
