output "id" {
  description = "Id of the file system, as a storage class or a task definition takes it."
  value       = aws_efs_file_system.this.id
}

output "arn" {
  description = "ARN of the file system; AWS invents its id, so it is known when the file system exists."
  value       = aws_efs_file_system.this.arn
}

output "security_group_id" {
  description = "Security group of the mount targets, to which consumers add a rule for port 2049."
  value       = aws_security_group.this.id
}

output "access_point_ids" {
  description = "Id of each access point, by name."
  value       = { for name, point in aws_efs_access_point.this : name => point.id }
}

output "access_point_arns" {
  description = "ARN of each access point, by name, for the roles of those who mount it."
  value       = { for name, point in aws_efs_access_point.this : name => point.arn }
}
