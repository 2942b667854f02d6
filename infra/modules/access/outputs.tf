output "operator_policy_arn" {
  description = "Policy for the roles of people who may open sessions."
  value       = aws_iam_policy.operator.arn
}

output "machine_policy_arn" {
  description = "Policy for the machines' role, beside AmazonSSMManagedInstanceCore."
  value       = aws_iam_policy.machine.arn
}

output "log_group_name" {
  description = "Log of what was typed and shown."
  value       = aws_cloudwatch_log_group.sessions.name
}

output "agents_tag" {
  description = "Tag that a machine outside the cluster carries to get its agents."
  value       = { (var.agents.tag_key) = sort(var.agents.tag_values)[0] }
}

output "instance_connect_endpoint_id" {
  description = "Endpoint for SSH tunnels, null without."
  value       = one([for endpoint in aws_ec2_instance_connect_endpoint.this : endpoint.id])
}
