# Topics, and a dead-letter queue for each subscription.

locals {
  topic_names = { for topic in keys(var.topics) : topic => "${var.name}-${topic}" }

  subscriptions = merge([for topic, settings in var.topics : {
    for subscription, target in settings.subscriptions : "${topic}-${subscription}" => merge(target, { topic = topic })
  }]...)

  subscription_dead_letters = { for subscription in keys(local.subscriptions) : subscription => "${var.name}-${subscription}-undelivered" }
}

resource "aws_sns_topic" "this" {
  for_each = var.topics

  region            = var.region
  name              = local.topic_names[each.key]
  display_name      = each.value.display_name
  fifo_topic        = false
  kms_master_key_id = var.kms_key_arn
  signature_version = 2
  tracing_config    = "PassThrough"
}

resource "aws_sns_topic_policy" "this" {
  for_each = var.topics

  region = var.region
  arn    = aws_sns_topic.this[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscriptions

  region        = var.region
  topic_arn     = aws_sns_topic.this[each.value.topic].arn
  protocol      = each.value.protocol
  endpoint      = each.value.endpoint
  filter_policy = each.value.filter_policy

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered[each.key].arn })

  depends_on = [aws_sqs_queue_policy.undelivered]
}

resource "aws_sqs_queue" "undelivered" {
  for_each = local.subscriptions

  region                            = var.region
  name                              = local.subscription_dead_letters[each.key]
  fifo_queue                        = false
  message_retention_seconds         = 14 * 86400
  visibility_timeout_seconds        = 30
  receive_wait_time_seconds         = 20
  delay_seconds                     = 0
  max_message_size                  = 262144
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_sqs_queue_policy" "undelivered" {
  for_each = local.subscriptions

  region    = var.region
  queue_url = aws_sqs_queue.undelivered[each.key].id
  policy    = data.aws_iam_policy_document.undelivered[each.key].json
}
