output "names" {
  description = "Dashboards by kind."
  value       = { for board, dashboard in aws_cloudwatch_dashboard.this : board => dashboard.dashboard_name }
}

output "metrics" {
  description = "Namespace and name of every metric that is drawn."
  value       = sort(local.metrics)
}

output "bodies" {
  description = "Bodies as JSON, for a check and for a review of what a change draws."
  value       = { for board, body in local.bodies : board => jsonencode(body) }
}
