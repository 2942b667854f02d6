output "addon_arns" {
  description = "Add-ons that exist, by name."
  value       = { for name, addon in aws_eks_addon.this : name => addon.arn }
}

output "role_arns" {
  description = "Role per add-on that calls AWS."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "service_accounts" {
  description = "Service account per add-on with a role, for a check against what the cluster runs."
  value       = { for name, role in local.roles : name => role.service_account }
}
