output "arn" {
  description = "ARN of the load balancer, for the firewall's association."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "Suffix that metrics carry as dimension."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "Address for alias records."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Hosted zone of that address, for alias records."
  value       = aws_lb.this.zone_id
}

output "listener_arn" {
  description = "Listener that services add their rules to."
  value       = aws_lb_listener.https.arn
}

output "security_group_id" {
  description = "Group of the load balancer; services allow it in, and add egress rules to it towards their tasks."
  value       = aws_security_group.this.id
}

output "alarm_names" {
  description = "Alarms, for composites and rollbacks."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}
