# Rotation by the product's own function, where RDS can't: the master's password changes in place, the application's user
# alternates between two, so that a connection pool never meets a password that was just taken away.

locals {
  rotation      = local.rotated ? { this = var.credentials } : {}
  function_name = "${var.name}-rotation"
  secret_names  = { master = "${var.name}/master", application = "${var.name}/application" }
  secrets       = local.rotated ? local.secret_names : {}

  # Exactly the keys of the function's `Config`. The archive holds the Region's bundle of RDS' authorities beside the binary.
  rotation_settings = {
    ca_file                  = "/var/task/rds-ca.pem"
    database_timeout         = "10s"
    secret_prefix            = "${var.name}/"
    secrets_manager_endpoint = "https://secretsmanager.${var.region}.amazonaws.com"
  }
}

resource "aws_secretsmanager_secret" "this" {
  for_each = local.secrets

  region                  = var.region
  name                    = each.value
  description             = "Database ${var.name}: ${each.key} user"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.environment == "dev" ? 7 : 30

  # A standby must be able to log in when this Region is gone.
  dynamic "replica" {
    for_each = var.credentials.copies

    content {
      region     = replica.key
      kms_key_id = replica.value
    }
  }
}

data "aws_iam_policy_document" "secret" {
  for_each = local.secrets

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_secretsmanager_secret_policy" "this" {
  for_each = local.secrets

  region              = var.region
  secret_arn          = aws_secretsmanager_secret.this[each.key].arn
  policy              = data.aws_iam_policy_document.secret[each.key].json
  block_public_policy = true
}

# The first value, written without passing the state. The label keeps this version alive when rotation moves on, so that
# it is never written a second time.
resource "aws_secretsmanager_secret_version" "first" {
  for_each = local.secrets

  region                   = var.region
  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo_version = 1
  version_stages           = ["AWSCURRENT", "first"]

  secret_string_wo = jsonencode(merge(
    {
      engine   = var.engine.name
      host     = aws_db_instance.this["this"].address
      port     = local.port
      dbname   = "reconciler"
      username = each.key == "master" ? "orderflow" : "reconciler"
    },
    each.key == "master" ? { password = var.initial_password } : { masterarn = aws_secretsmanager_secret.this["master"].arn },
  ))

  lifecycle {
    ignore_changes = [version_stages]
  }
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each = local.secrets

  region              = var.region
  secret_id           = aws_secretsmanager_secret_version.first[each.key].secret_id
  rotation_lambda_arn = aws_lambda_function.rotation["this"].arn
  rotate_immediately  = true

  rotation_rules {
    automatically_after_days = var.credentials.rotation_days
    duration                 = "2h"
  }

  depends_on = [aws_lambda_permission.rotation, aws_vpc_security_group_ingress_rule.rotation, aws_vpc_security_group_egress_rule.rotation]
}

resource "aws_lambda_function" "rotation" {
  for_each = local.rotation

  region                         = var.region
  function_name                  = local.function_name
  description                    = "Rotates the passwords of ${var.name}"
  role                           = aws_iam_role.rotation["this"].arn
  package_type                   = "Zip"
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["arm64"]
  s3_bucket                      = each.value.function.bucket
  s3_key                         = each.value.function.key
  s3_object_version              = each.value.function.version
  kms_key_arn                    = var.kms_key_arn
  memory_size                    = 256
  timeout                        = 60
  reserved_concurrent_executions = 2
  publish                        = false

  environment {
    # The database's authorities alone are trusted, the machine's own list not.
    variables = { CONFIG = jsonencode(local.rotation_settings), SSL_CERT_FILE = local.rotation_settings.ca_file }
  }

  vpc_config {
    subnet_ids         = values(coalesce(var.network.rotation_subnet_ids, {}))
    security_group_ids = [aws_security_group.rotation["this"].id]
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.rotation["this"].name
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  depends_on = [aws_iam_role_policy.rotation]
}

resource "aws_lambda_permission" "rotation" {
  for_each = local.rotation

  region         = var.region
  statement_id   = "SecretsManagerRotates"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rotation["this"].function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = var.account_id
}

resource "aws_cloudwatch_log_group" "rotation" {
  for_each = local.rotation

  region                      = var.region
  name                        = "/aws/lambda/${local.function_name}"
  retention_in_days           = var.log_retention_days
  kms_key_id                  = var.kms_key_arn
  log_group_class             = "STANDARD"
  deletion_protection_enabled = var.environment == "prod"
  skip_destroy                = false
}

# From the function to the database and to Secrets Manager's endpoint, and nowhere else.
resource "aws_security_group" "rotation" {
  for_each = local.rotation

  region                 = var.region
  name                   = local.function_name
  description            = "Rotation of ${var.name}: database and endpoints only"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = local.function_name }
}

resource "aws_vpc_security_group_egress_rule" "rotation" {
  for_each = local.rotated ? { database = { group = aws_security_group.this.id, port = local.port }, endpoints = { group = var.network.endpoint_security_group_id, port = 443 } } : {}

  region                       = var.region
  security_group_id            = aws_security_group.rotation["this"].id
  description                  = "To the ${each.key}"
  referenced_security_group_id = each.value.group
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "rotation" {
  for_each = local.rotation

  region                       = var.region
  security_group_id            = aws_security_group.this.id
  description                  = "Rotation of the passwords"
  referenced_security_group_id = aws_security_group.rotation["this"].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}
