output "alarm_names" {
  description = "Single alarms by short name."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}

output "composite_names" {
  description = "Composite alarms by short name, for dashboards and for what must stop when they ring."
  value       = { for key, alarm in aws_cloudwatch_composite_alarm.this : key => alarm.alarm_name }
}

output "composite_arns" {
  description = "ARNs of the composites, for stop conditions of experiments."
  value       = { for key, alarm in aws_cloudwatch_composite_alarm.this : key => alarm.arn }
}
