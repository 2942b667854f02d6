output "name" {
  description = "Name of the bus, as services take it."
  value       = aws_cloudwatch_event_bus.this.name
}

output "arn" {
  description = "ARN of the bus, computed from its name, for `events:PutEvents`."
  value       = local.arn
}

output "archive_arn" {
  description = "ARN of the archive, which a replay names."
  value       = "${local.events}:archive/${var.name}"
}

output "rule_arns" {
  description = "ARN of each rule, by name; a target's own policy names it as the source."
  value       = { for rule, name in local.rules : rule => "${local.events}:rule/${var.name}/${name}" }
}

output "dead_letter_arns" {
  description = "ARN of the dead-letter queue of each target (`<rule>-<target>`), of the record and of the bus."
  value       = { for queue, name in local.dead_letter_names : queue => "${local.sqs}:${name}" }
}

output "log_group_name" {
  description = "Log group that holds every event, for log queries."
  value       = aws_cloudwatch_log_group.events.name
}
