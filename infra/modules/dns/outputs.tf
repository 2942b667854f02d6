output "zone_id" {
  description = "Hosted zone that the records lie in."
  value       = local.zone_id
}

output "name_servers" {
  description = "Servers to name at the parent zone; empty for a given zone."
  value       = try(aws_route53_zone.this["this"].name_servers, [])
}

output "ds_record" {
  description = "DS record for the parent zone, null without DNSSEC."
  value       = one([for key in aws_route53_key_signing_key.this : key.ds_record])
}

output "health_check_ids" {
  description = "Health check per name, for dashboards and the failover controller."
  value       = { for key, check in aws_route53_health_check.this : key => check.id }
}

output "alarm_names" {
  description = "Alarms on the health checks, in us-east-1."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.health : key => alarm.alarm_name }
}
