# One Kinesis stream with its fan-out consumers; alarms.tf says when it is in trouble.

data "aws_partition" "current" {}

locals {
  arn = "arn:${data.aws_partition.current.partition}:kinesis:${var.region}:${var.account_id}:stream/${var.name}"
}

resource "aws_kinesis_stream" "this" {
  region                    = var.region
  name                      = var.name
  shard_count               = var.shards
  retention_period          = var.retention_hours
  encryption_type           = "KMS"
  kms_key_id                = var.kms_key_arn
  enforce_consumer_deletion = false
  max_record_size_in_kib    = 1024
  shard_level_metrics       = ["IncomingBytes", "IncomingRecords", "IteratorAgeMilliseconds", "ReadProvisionedThroughputExceeded", "WriteProvisionedThroughputExceeded"]

  stream_mode_details {
    stream_mode = var.shards == null ? "ON_DEMAND" : "PROVISIONED"
  }
}

resource "aws_kinesis_stream_consumer" "fan_out" {
  for_each = var.consumers

  region     = var.region
  name       = each.key
  stream_arn = aws_kinesis_stream.this.arn
}
