# The lock table of Terraform before 1.10, kept as an option for migration and for older clients.

resource "aws_dynamodb_table" "lock" {
  count = var.lock_mechanism == "s3+dynamodb" ? 1 : 0

  region                      = var.region
  name                        = "${var.name}-state-lock"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "LockID"
  table_class                 = "STANDARD"
  deletion_protection_enabled = true

  attribute {
    name = "LockID"
    type = "S"
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 35
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.state.arn
  }
}
