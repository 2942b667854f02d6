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

output "dashboard_name" {
  description = "Name of the dashboard, null without."
  value       = one([for dashboard in aws_cloudwatch_dashboard.this : dashboard.dashboard_name])
}
