output "function_name" {
  description = "Name of the failover controller, null on the primary's page."
  value       = one([for controller in module.controller : controller.name])
}

output "function_alias_arn" {
  description = "What people and plans invoke with {\"action\":\"failover\"}, {\"action\":\"failback\"} or {\"action\":\"drill\",\"dry_run\":true}; null on the primary's page."
  value       = one([for controller in module.controller : controller.alias_arn])
}

output "controller_role_arn" {
  description = "Role of the controller, for key policies; null on the primary's page."
  value       = one([for controller in module.controller : controller.role_arn])
}

output "controller_config" {
  description = "What the controller is told, key by key; null on the primary's page."
  value       = local.controller_config
}

output "topic_arn" {
  description = "Topic of announcements, computed from its name."
  value       = local.topic_arn
}

output "audit_log_group_name" {
  description = "Log of every decision of the controller and of every experiment."
  value       = aws_cloudwatch_log_group.audit.name
}

output "sizes_path" {
  description = "Path of the sizes in the standby's Region."
  value       = local.sizes_path
}

output "recovery_seconds" {
  description = "Recovery time that the mode promises."
  value       = local.recovery_seconds
}

output "health_check_ids" {
  description = "Health checks of the primary."
  value       = { for key, check in aws_route53_health_check.this : key => check.id }
}

output "experiment_template_id" {
  description = "Experiment to start in a drill, null without."
  value       = one([for template in aws_fis_experiment_template.this : template.id])
}

output "alarm_names" {
  description = "Alarms of this Region on recovery point and recovery time."
  value       = concat([for alarm in aws_cloudwatch_metric_alarm.lag : alarm.alarm_name], [for alarm in aws_cloudwatch_metric_alarm.figure : alarm.alarm_name], [for alarm in aws_cloudwatch_metric_alarm.unwatched : alarm.alarm_name])
}
