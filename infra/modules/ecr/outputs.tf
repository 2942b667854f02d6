output "repository_urls" {
  description = "Address per repository; append @sha256:… of the image."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "repository_arns" {
  description = "ARN per repository, for the policies of those who pull and push."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.arn }
}
