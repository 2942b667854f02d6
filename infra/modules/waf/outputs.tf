output "web_acl_arn" {
  description = "ARN of the firewall."
  value       = aws_wafv2_web_acl.this.arn
}

output "log_group_name" {
  description = "Log of blocked and counted requests."
  value       = aws_cloudwatch_log_group.this.name
}

output "rule_names" {
  description = "Rules in order of writing; priorities decide."
  value       = [for rule in local.rules : rule.Name]
}

output "alarm_name" {
  description = "Alarm on blocked requests."
  value       = aws_cloudwatch_metric_alarm.blocked.alarm_name
}
