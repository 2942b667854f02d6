output "ids" {
  description = "Id of each group, by name; consumers add their rules to it."
  value       = { for name, group in aws_security_group.this : name => group.id }
}

output "patterns" {
  description = "Ports of each pattern, for modules that make rules of their own."
  value       = local.patterns
}

output "open_rules" {
  description = "Keys of the ingress rules that are open to the internet; a check expects the load balancer's and no other."
  value       = sort([for key, rule in local.ingress : key if endswith(coalesce(rule.cidr, "none"), "/0")])
}

output "log_group_name" {
  description = "Log group that holds every change of a group, with who made it."
  value       = aws_cloudwatch_log_group.changes.name
}

output "event_patterns" {
  description = "EventBridge patterns of the watched changes by name, for tests on sample events."
  value       = { for name, watch in local.watched : name => jsonencode(watch.pattern) }
}
