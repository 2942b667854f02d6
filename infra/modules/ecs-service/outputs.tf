output "cluster_name" {
  description = "Cluster of the service."
  value       = aws_ecs_cluster.this.name
}

output "cluster_arn" {
  description = "ARN of the cluster, computed from its name."
  value       = local.cluster_arn
}

output "service_name" {
  description = "Name of the service; the failover controller scales it."
  value       = local.service
}

output "task_definition_arn" {
  description = "Newest revision of the task."
  value       = aws_ecs_task_definition.this.arn
}

output "task_role_arn" {
  description = "Role of the tasks, for key, bucket and secret policies."
  value       = aws_iam_role.task.arn
}

output "execution_role_arn" {
  description = "Role that starts tasks and reads their secrets."
  value       = aws_iam_role.execution.arn
}

output "security_group_id" {
  description = "Group of the tasks; a database or an endpoint allows it in."
  value       = aws_security_group.this.id
}

output "target_group_arn_suffixes" {
  description = "Suffix per target group, blue and green, that metrics carry."
  value       = { for key, group in aws_lb_target_group.this : key => group.arn_suffix }
}

output "log_group_name" {
  description = "Log of the service."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_names" {
  description = "Alarms, for composites."
  value       = concat([for alarm in aws_cloudwatch_metric_alarm.service : alarm.alarm_name], [for alarm in aws_cloudwatch_metric_alarm.target_5xx : alarm.alarm_name], [for alarm in aws_cloudwatch_metric_alarm.unhealthy : alarm.alarm_name])
}
