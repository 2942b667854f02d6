output "arn" {
  description = "ARN of the function, computed from its name."
  value       = local.function_arn
}

output "alias_arn" {
  description = "ARN of the alias live, which callers invoke."
  value       = aws_lambda_alias.live.arn
}

output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "role_arn" {
  description = "Role of the function, for key, bucket and secret policies."
  value       = aws_iam_role.this.arn
}

output "log_group_name" {
  description = "Log group of the function."
  value       = aws_cloudwatch_log_group.this.name
}

output "dead_letter_queue_arn" {
  description = "Queue of calls that failed for good."
  value       = local.dead_letter_arn
}

output "alarm_names" {
  description = "Alarms, for composites."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}
