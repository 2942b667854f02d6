output "budget_names" {
  description = "Budgets that exist."
  value       = concat([for budget in aws_budgets_budget.this : budget.name], [aws_budgets_budget.elsewhere.name])
}

output "anomaly_monitor_arns" {
  description = "Monitors of anomalies."
  value       = concat([aws_ce_anomaly_monitor.services.arn], [for monitor in aws_ce_anomaly_monitor.tagged : monitor.arn])
}

output "allocation_tags" {
  description = "Tags that default_tags of every page must carry."
  value       = sort(var.allocation_tags)
}
