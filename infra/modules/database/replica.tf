# The copy in the pair's other Region. It is promoted by the failover, and then backs itself up as this says.

resource "aws_db_instance" "replica" {
  for_each = var.replica_of == null ? {} : { this = var.replica_of }

  region              = var.region
  identifier          = var.name
  replicate_source_db = each.value

  instance_class              = var.instance.class
  parameter_group_name        = aws_db_parameter_group.this.name
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  apply_immediately           = false
  ca_cert_identifier          = "rds-ca-rsa2048-g1"
  port                        = local.port

  iam_database_authentication_enabled = true

  storage_type          = "gp3"
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
