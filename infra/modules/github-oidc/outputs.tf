output "role_arns" {
  description = "Role per short name, for the workflow's role-to-assume."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "provider_arn" {
  description = "ARN of the provider, for trusts that are made elsewhere."
  value       = aws_iam_openid_connect_provider.this.arn
}

output "subjects" {
  description = "Token subjects that each role trusts, word for word."
  value       = local.subjects
}
