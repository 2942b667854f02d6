output "address" {
  description = "Configuration endpoint that clients start from; they must use TLS."
  value       = aws_elasticache_replication_group.this.configuration_endpoint_address
}

output "port" {
  description = "Port that clients connect to."
  value       = 6379
}

output "arn" {
  description = "ARN of the cache, computed from its name, for `elasticache:Connect`."
  value       = "${local.arns}:replicationgroup:${var.name}"
}

output "user_arns" {
  description = "ARN of each user, by name; a role needs `elasticache:Connect` on it and on the cache."
  value       = { for user in keys(var.users) : user => "${local.arns}:user:${var.name}-${user}" }
}

output "security_group_id" {
  description = "Security group of the nodes, to which consumers add a rule for port 6379."
  value       = aws_security_group.this.id
}
