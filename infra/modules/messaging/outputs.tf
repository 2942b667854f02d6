output "queue_names" {
  description = "Name of each queue, by its key (`venue-<MIC>` or the queue's own), as services take it."
  value       = local.names
}

output "queue_arns" {
  description = "ARN of each queue, by key; computed, so that policies can name a queue before it exists."
  value       = { for queue, name in local.names : queue => "${local.sqs}:${name}" }
}

output "queue_urls" {
  description = "URL of each queue, by key; known when the queue exists."
  value       = { for queue in keys(local.queues) : queue => aws_sqs_queue.this[queue].id }
}

output "dead_letter_arns" {
  description = "ARN of the dead-letter queue behind each queue, by the queue's key; what `redrive` reads."
  value       = { for queue, name in local.dead_letter_names : queue => "${local.sqs}:${name}" }
}

output "topic_arns" {
  description = "ARN of each topic, by name; computed, so that alarms can name it before it exists."
  value       = { for topic, name in local.topic_names : topic => "${local.sns}:${name}" }
}
