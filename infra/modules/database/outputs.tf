output "arn" {
  description = "ARN of the instance, computed from its name; a replica names its source by it."
  value       = "${local.arns}:rds:${var.region}:${var.account_id}:db:${var.name}"
}

output "identifier" {
  description = "Identifier of the instance, which a promotion names."
  value       = var.name
}

output "address" {
  description = "Host name that services connect to; it stays the same over a failover between zones."
  value       = var.replica_of == null ? one(values(aws_db_instance.this)[*].address) : one(values(aws_db_instance.replica)[*].address)
}

output "port" {
  description = "Port that services connect to."
  value       = local.port
}

output "database" {
  description = "Name of the database in the instance."
  value       = "reconciler"
}

output "security_group_id" {
  description = "Security group of the instance, to which consumers add their rules."
  value       = aws_security_group.this.id
}

output "rotation_settings" {
  description = "Settings of the rotation function, as exactly the keys of its `Config`; with credentials in mode managed, or null, they wait for a change of mode."
  value       = local.rotation_settings
}

output "secret_arn" {
  description = "Secret that services log in with: the application's in mode lambda, the one that RDS manages in mode managed, null for a replica."
  value       = local.rotated ? one([for name, secret in aws_secretsmanager_secret.this : secret.arn if name == "application"]) : try(aws_db_instance.this["this"].master_user_secret[0].secret_arn, null)
}

output "rotation_function_name" {
  description = "Name of the rotation function, or null when there is none."
  value       = local.rotated ? local.function_name : null
}
