output "backends" {
  description = "Backend arguments by Region, without `key`; the stacks' backend files are made from them."
  value       = { for region, backend in module.state_backend : region => backend.backend }
}

output "role_arns" {
  description = "Plan, apply and read role of each Region's state."
  value       = { for region, backend in module.state_backend : region => backend.role_arns }
}

output "backend_file" {
  description = "Text of `backend.tf` that moves this root's own state into the home Region's bucket."
  value       = <<-EOT
    terraform {
      backend "s3" {
        bucket       = "${module.state_backend[local.home].bucket}"
        key          = "bootstrap.tfstate"
        region       = "${local.home}"
        encrypt      = true
        use_lockfile = true
        kms_key_id   = "${module.state_backend[local.home].backend.kms_key_id}"
      }
    }
  EOT
}
