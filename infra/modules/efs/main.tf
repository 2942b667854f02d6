# A shared file system: encrypted at rest and on the way, a mount target per zone, entered by access points only.

data "aws_partition" "current" {}

resource "aws_efs_file_system" "this" {
  region           = var.region
  creation_token   = var.name
  encrypted        = true
  kms_key_id       = var.kms_key_arn
  performance_mode = "generalPurpose"
  throughput_mode  = "elastic"

  lifecycle_policy {
    transition_to_ia = var.infrequent_days == 1 ? "AFTER_1_DAY" : "AFTER_${var.infrequent_days}_DAYS"
  }

  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }

  # A file system that is nobody's replica is never overwritten by one.
  protection {
    replication_overwrite = "ENABLED"
  }

  tags = { Name = var.name }
}

resource "aws_efs_backup_policy" "this" {
  region         = var.region
  file_system_id = aws_efs_file_system.this.id

  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_security_group" "this" {
  region                 = var.region
  name                   = "${var.name}-files"
  description            = "File system ${var.name}; consumers add their rules"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = "${var.name}-files" }
}

resource "aws_efs_mount_target" "this" {
  for_each = var.network.subnet_ids

  region          = var.region
  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value
  security_groups = [aws_security_group.this.id]
}

resource "aws_efs_access_point" "this" {
  for_each = var.access_points

  region         = var.region
  file_system_id = aws_efs_file_system.this.id

  posix_user {
    uid = each.value.uid
    gid = each.value.gid
  }

  root_directory {
    path = each.value.path

    creation_info {
      owner_uid   = each.value.uid
      owner_gid   = each.value.gid
      permissions = "0750"
    }
  }

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_efs_replication_configuration" "this" {
  for_each = var.replica == null ? {} : { this = var.replica }

  region                = var.region
  source_file_system_id = aws_efs_file_system.this.id

  destination {
    region     = each.value.region
    kms_key_id = each.value.kms_key_arn
  }
}
