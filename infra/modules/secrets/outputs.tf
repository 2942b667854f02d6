output "arns" {
  description = "ARN per secret, with its random suffix, for task definitions."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}

output "names" {
  description = "Full name per secret."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.name }
}

output "read_policy_json" {
  description = "Policy per secret that a reader's role needs."
  value       = { for name, secret in var.secrets : name => jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "${local.arn_prefix}/${name}-*" }, { Effect = "Allow", Action = "kms:Decrypt", Resource = var.kms_key_arn, Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } } }] }) }
}
