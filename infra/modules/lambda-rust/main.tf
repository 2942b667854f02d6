# One Rust function: a versioned archive from S3, arm64, traced, with a place for what it couldn't do and alarms.

data "aws_partition" "current" {}

locals {
  function_arn = "arn:${data.aws_partition.current.partition}:lambda:${var.region}:${var.account_id}:function:${var.name}"
  log_group    = "/aws/lambda/${var.name}"
}

resource "aws_lambda_function" "this" {
  region                         = var.region
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  package_type                   = "Zip"
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["arm64"]
  s3_bucket                      = var.code.bucket
  s3_key                         = var.code.key
  s3_object_version              = var.code.object_version
  code_signing_config_arn        = var.code.signing_config_arn
  publish                        = true
  memory_size                    = var.limits.memory_mib
  timeout                        = var.limits.timeout_seconds
  reserved_concurrent_executions = var.limits.concurrency
  kms_key_arn                    = var.kms_key_arn

  tracing_config {
    mode = "Active"
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letter.arn
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  environment {
    variables = merge({ RUST_BACKTRACE = "1" }, var.environment_variables)
  }

  dynamic "vpc_config" {
    for_each = var.network == null ? [] : [var.network]

    content {
      subnet_ids         = values(vpc_config.value.subnet_ids)
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [aws_iam_role_policy.base]
}

# Callers name the alias; a bad version is one pointer away from the last good one.
resource "aws_lambda_alias" "live" {
  region           = var.region
  name             = "live"
  description      = "What callers invoke"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_function_event_invoke_config" "this" {
  region                       = var.region
  function_name                = aws_lambda_function.this.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = 3600
  maximum_retry_attempts       = var.limits.retries

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letter.arn
    }
  }
}

resource "aws_lambda_permission" "this" {
  for_each = var.callers

  region         = var.region
  statement_id   = each.key
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.this.function_name
  qualifier      = aws_lambda_alias.live.name
  principal      = each.value.principal
  source_arn     = each.value.source_arn
  source_account = var.account_id
}

resource "aws_cloudwatch_log_group" "this" {
  region            = var.region
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_sqs_queue" "dead_letter" {
  region                            = var.region
  name                              = "${var.name}-dead-letter"
  message_retention_seconds         = 1209600
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_sqs_queue_policy" "dead_letter" {
  region    = var.region
  queue_url = aws_sqs_queue.dead_letter.url
  policy    = data.aws_iam_policy_document.dead_letter.json
}
