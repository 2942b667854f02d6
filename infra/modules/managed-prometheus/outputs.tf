output "workspace_arn" {
  description = "ARN of the workspace."
  value       = aws_prometheus_workspace.this.arn
}

output "workspace_id" {
  description = "Id of the workspace."
  value       = aws_prometheus_workspace.this.id
}

output "remote_write_url" {
  description = "Where agents write to, signed with SigV4."
  value       = "${aws_prometheus_workspace.this.prometheus_endpoint}api/v1/remote_write"
}

output "query_url" {
  description = "Where Grafana asks."
  value       = aws_prometheus_workspace.this.prometheus_endpoint
}

output "policy_arns" {
  description = "Policies for readers and writers, by read and write."
  value       = { for key, policy in aws_iam_policy.this : key => policy.arn }
}

output "scraper_role_arn" {
  description = "Role of the collector, which the cluster must let in by an access entry; null without."
  value       = one([for scraper in aws_prometheus_scraper.this : scraper.role_arn])
}

output "alarm_names" {
  description = "Alarms on the workspace."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.usage : key => alarm.alarm_name }
}
