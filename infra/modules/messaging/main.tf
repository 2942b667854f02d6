# The queues: one FIFO queue per venue, the others, and a dead-letter queue behind each.

data "aws_partition" "current" {}

locals {
  sqs = "arn:${data.aws_partition.current.partition}:sqs:${var.region}:${var.account_id}"
  sns = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${var.account_id}"

  queues = merge(
    { for mic, venue in var.venues : "venue-${mic}" => merge(venue, { fifo = true, dead_letters = true, max_messages = null }) },
    { for queue, settings in var.queues : queue => merge(settings, { receivers = toset([]), max_age_seconds = null }) },
  )
  with_dead_letters = { for queue, settings in local.queues : queue => settings if settings.dead_letters }

  names             = { for queue, settings in local.queues : queue => "${var.name}-${queue}${settings.fifo ? ".fifo" : ""}" }
  dead_letter_names = { for queue, settings in local.with_dead_letters : queue => "${var.name}-${queue}-dlq${settings.fifo ? ".fifo" : ""}" }
}

# Order is kept per account (the message group), and so is the limit of 300 calls a second.
resource "aws_sqs_queue" "this" {
  for_each = local.queues

  region                            = var.region
  name                              = local.names[each.key]
  fifo_queue                        = each.value.fifo
  content_based_deduplication       = each.value.fifo ? false : null
  deduplication_scope               = each.value.fifo ? "messageGroup" : null
  fifo_throughput_limit             = each.value.fifo ? "perMessageGroupId" : null
  visibility_timeout_seconds        = each.value.visibility_seconds
  message_retention_seconds         = each.value.retention_days * 86400
  receive_wait_time_seconds         = 20
  delay_seconds                     = 0
  max_message_size                  = 262144
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300

  redrive_policy = each.value.dead_letters ? jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[each.key].arn
    maxReceiveCount     = each.value.max_receives
  }) : null
}

resource "aws_sqs_queue" "dead_letters" {
  for_each = local.with_dead_letters

  region                            = var.region
  name                              = local.dead_letter_names[each.key]
  fifo_queue                        = each.value.fifo
  content_based_deduplication       = each.value.fifo ? false : null
  deduplication_scope               = each.value.fifo ? "messageGroup" : null
  fifo_throughput_limit             = each.value.fifo ? "perMessageGroupId" : null
  visibility_timeout_seconds        = each.value.visibility_seconds
  message_retention_seconds         = 14 * 86400
  receive_wait_time_seconds         = 20
  delay_seconds                     = 0
  max_message_size                  = 262144
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300
}

# A dead-letter queue takes letters from its own queue only, and gives them back to no other.
resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  for_each = local.with_dead_letters

  region    = var.region
  queue_url = aws_sqs_queue.dead_letters[each.key].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["${local.sqs}:${local.names[each.key]}"]
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "this" {
  for_each = local.with_dead_letters

  region               = var.region
  queue_url            = aws_sqs_queue.this[each.key].id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}
