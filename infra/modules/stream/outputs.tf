output "name" {
  description = "Name of the stream, as services take it."
  value       = aws_kinesis_stream.this.name
}

output "arn" {
  description = "ARN of the stream, computed from its name, so that policies can name it before it exists."
  value       = local.arn
}

output "shards" {
  description = "Provisioned shards, or null when the stream is on-demand; the journal's warm throughput follows it."
  value       = var.shards
}

output "consumer_arns" {
  description = "ARN of each fan-out consumer, by name; a subscriber needs `kinesis:SubscribeToShard` on it. AWS puts the time of creation into it, so it isn't known before."
  value       = { for name, consumer in aws_kinesis_stream_consumer.fan_out : name => consumer.arn }
}

output "alarm_names" {
  description = "Names of the alarms, for composite alarms and dashboards."
  value       = [for alarm in aws_cloudwatch_metric_alarm.stream : alarm.alarm_name]
}
