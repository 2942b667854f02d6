output "vault_name" {
  description = "Name of the vault."
  value       = aws_backup_vault.this.name
}

output "vault_arn" {
  description = "ARN of the vault, computed from its name; another Region's or account's `copy_to` names it."
  value       = local.vault_arn
}

output "covered" {
  description = "ARNs that are backed up, by the caller's names; a check compares them with the page's data stores."
  value       = var.resources
}

output "role_arn" {
  description = "Role that backs up and restores, which a restore by hand needs as well; null for a vault that only receives copies."
  value       = length(local.role) == 0 ? null : "arn:${data.aws_partition.current.partition}:iam::${var.account_id}:role/${var.name}-backup-${var.region}"
}
