# Made from stacks.json, where the account's id is, by `cargo xtask infra backends`.
terraform {
  backend "s3" {
    bucket       = "orderflow-us-east-1-123456789012-state"
    key          = "prod/us-east-1.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
    kms_key_id   = "arn:aws:kms:us-east-1:123456789012:alias/orderflow-state"

    assume_role = {
      role_arn = "arn:aws:iam::123456789012:role/orderflow-state-apply-us-east-1"
    }
  }
}
