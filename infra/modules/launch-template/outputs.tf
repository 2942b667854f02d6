output "id" {
  description = "Id of the template, for a group."
  value       = aws_launch_template.this.id
}

output "arn" {
  description = "ARN of the template."
  value       = aws_launch_template.this.arn
}

output "version" {
  description = "Newest version; a group that names it, not $Latest, rolls when the template changes."
  value       = aws_launch_template.this.latest_version
}

output "user_data" {
  description = "User data in plain text, as the instance sees it; null without."
  value       = local.user_data
}

output "settings" {
  description = "What decides how a node behaves, as the template says it: for the tests of those who call this."
  value       = { http_tokens = aws_launch_template.this.metadata_options[0].http_tokens, threads_per_core = one(aws_launch_template.this.cpu_options[*].threads_per_core), ena_express = aws_launch_template.this.network_interfaces[0].ena_srd_specification[0].ena_srd_enabled, placement_group = one(aws_launch_template.this.placement[*].group_name), reserved = length(aws_launch_template.this.capacity_reservation_specification) > 0 }
}

output "dashboard_name" {
  description = "Name of the dashboard, null without."
  value       = one([for dashboard in aws_cloudwatch_dashboard.this : dashboard.dashboard_name])
}
