output "pipeline_arn" {
  description = "ARN of the pipeline."
  value       = aws_codepipeline.this.arn
}

output "connection_arn" {
  description = "Connection to the source; a new one waits for a person's handshake. null with CodeCommit."
  value       = local.connection_arn
}

output "repository_clone_url" {
  description = "Address of the CodeCommit repository, null with a connection."
  value       = one([for repository in aws_codecommit_repository.this : repository.clone_url_http])
}

output "build_role_arns" {
  description = "Roles of the builds; the trusts of role_arns must name plan and apply."
  value       = { for key, role in aws_iam_role.build : key => role.arn }
}

output "alarm_names" {
  description = "Alarms, for composites."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.failed : key => alarm.alarm_name }
}
