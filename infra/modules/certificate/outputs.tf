output "arn" {
  description = "ARN of the certificate, known only once it is issued, so that a listener waits."
  value       = aws_acm_certificate_validation.this.certificate_arn
}

output "domains" {
  description = "Every name on the certificate."
  value       = local.domains
}

output "alarm_name" {
  description = "Alarm on the expiry."
  value       = aws_cloudwatch_metric_alarm.expiry.alarm_name
}
