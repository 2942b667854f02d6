# What each service may do: infra/policy/services.json says it in names, which Rust reads too; here they become ARNs.

locals {
  actions = jsondecode(file("${path.module}/../../policy/services.json"))

  sqs = "${local.arn}:sqs:${var.region}:${var.account_id}"
  resources = merge(
    { for noun, name in local.names.streams : "stream/${noun}" => ["${local.arn}:kinesis:${var.region}:${var.account_id}:stream/${name}"] },
    { for noun, name in local.names.streams : "consumer/${noun}" => ["${local.arn}:kinesis:${var.region}:${var.account_id}:stream/${name}/consumer/order-router:*"] },
    { for noun, arn in local.table_arns : "table/${noun}" => [arn] },
    { for noun, arn in local.table_arns : "index/${noun}" => ["${arn}/index/*"] },
    { for noun, name in local.names.buckets : "objects/${noun}" => ["${local.arn}:s3:::${name}/*"] },
    {
      "bus"              = ["${local.arn}:events:${var.region}:${var.account_id}:event-bus/${local.prefix}"]
      "queue/venues"     = [for mic in keys(var.options.venues) : "${local.sqs}:${local.prefix}-venue-${mic}.fifo"]
      "queue/orders-dlq" = ["${local.sqs}:${local.prefix}-orders-dlq"]
      "secret/database"  = local.database_secrets
      "key/data"         = [local.data_key]
      "key/shared"       = [local.shared_key]
    },
  )

  # With the rotation the name is ours, in both Regions; a password that RDS manages has a name of its own.
  database_secrets = local.partnered ? [
    "${local.arn}:secretsmanager:${var.region}:${var.account_id}:secret:${local.names.database}/application-??????"
  ] : compact([for database in module.database : database.secret_arn])
}

data "aws_iam_policy_document" "service" {
  # The rotation's role lies with its function, in modules/database.
  for_each = { for service, statements in local.actions : service => statements if local.lit && service != "secret-rotation" }

  dynamic "statement" {
    for_each = { for statement in each.value : statement.sid => statement }

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = flatten([for resource in statement.value.resources : local.resources[resource]])
    }
  }
}
