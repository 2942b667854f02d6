# The instance and what it needs: parameters that demand TLS, subnets, a security group without rules, a monitoring role.

data "aws_partition" "current" {}

locals {
  arns = "arn:${data.aws_partition.current.partition}"
  port = var.engine.name == "mysql" ? 3306 : 5432

  major  = var.engine.name == "mysql" ? join(".", slice(split(".", var.engine.version), 0, 2)) : split(".", var.engine.version)[0]
  family = "${var.engine.name}${local.major}"

  # A connection without TLS is refused by the server itself.
  parameters = {
    postgres = { "rds.force_ssl" = "1", "log_connections" = "1", "log_disconnections" = "1", "log_min_duration_statement" = "1000" }
    mysql    = { "require_secure_transport" = "1", "slow_query_log" = "1", "long_query_time" = "1" }
  }[var.engine.name]

  log_exports = { postgres = ["postgresql", "upgrade"], mysql = ["error", "slowquery"] }[var.engine.name]

  deletion_protection = var.environment == "prod" ? true : var.protection.deletion_protection
  backup_days         = coalesce(var.protection.backup_days, var.environment == "prod" ? 35 : 7)

  primary = var.replica_of == null ? { this = true } : {}
  managed = var.replica_of == null && try(var.credentials.mode, "none") == "managed"
  rotated = var.replica_of == null && try(var.credentials.mode, "none") == "lambda"
}

resource "aws_db_subnet_group" "this" {
  region      = var.region
  name        = var.name
  description = "Restricted subnets of ${var.name}"
  subnet_ids  = values(var.network.subnet_ids)
}

resource "aws_security_group" "this" {
  region                 = var.region
  name                   = "${var.name}-database"
  description            = "Database ${var.name}; consumers add their rules"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = "${var.name}-database" }
}

resource "aws_db_parameter_group" "this" {
  region      = var.region
  name        = "${var.name}-${replace(local.family, ".", "-")}"
  description = "TLS demanded, slow statements logged"
  family      = local.family

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(local.log_exports)

  region                      = var.region
  name                        = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days           = var.log_retention_days
  kms_key_id                  = var.kms_key_arn
  log_group_class             = "STANDARD"
  deletion_protection_enabled = var.environment == "prod"
  skip_destroy                = false
}

resource "aws_db_instance" "this" {
  for_each = local.primary

  region     = var.region
  identifier = var.name

  engine                      = var.engine.name
  engine_version              = var.engine.version
  instance_class              = var.instance.class
  parameter_group_name        = aws_db_parameter_group.this.name
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  apply_immediately           = false
  ca_cert_identifier          = "rds-ca-rsa2048-g1"

  db_name  = "reconciler"
  username = "orderflow"
  port     = local.port

  manage_master_user_password         = local.managed ? true : null
  master_user_secret_kms_key_id       = local.managed ? var.kms_key_arn : null
  password_wo                         = local.rotated ? var.initial_password : null
  password_wo_version                 = local.rotated ? 1 : null
  iam_database_authentication_enabled = true

  storage_type          = "gp3"
  allocated_storage     = var.instance.storage_gb
  max_allocated_storage = var.instance.max_storage_gb
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  multi_az               = var.instance.multi_az
  publicly_accessible    = false
  network_type           = "IPV4"
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]

  backup_retention_period   = local.backup_days
  backup_window             = var.protection.backup_window
  maintenance_window        = var.protection.maintenance_window
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = local.deletion_protection
  skip_final_snapshot       = var.environment == "dev"
  final_snapshot_identifier = var.environment == "dev" ? null : "${var.name}-final"

  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = var.environment == "prod" ? 465 : 7
  database_insights_mode                = var.environment == "prod" ? "advanced" : "standard"
  enabled_cloudwatch_logs_exports       = local.log_exports

  depends_on = [aws_cloudwatch_log_group.this]
}

data "aws_iam_policy_document" "monitoring_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  name                  = "${var.name}-monitoring-${var.region}"
  description           = "Lets RDS write the operating system's figures of ${var.name}"
  assume_role_policy    = data.aws_iam_policy_document.monitoring_trust.json
  force_detach_policies = true
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "${local.arns}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
