output "key_arns" {
  description = "ARN of each domain's key, by domain; what other modules take as `kms_key_arn`."
  value       = local.key_arns
}

output "key_ids" {
  description = "Id of each domain's key, by domain; multi-Region ids start with mrk- and are the same in every Region."
  value       = local.key_ids
}

output "alias_names" {
  description = "Alias of each domain's key, by domain; known before the key exists."
  value       = { for domain in keys(var.keys) : domain => "alias/${var.name}-${domain}" }
}
