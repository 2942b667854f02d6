provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "orderflow-prod-hot"
  region      = "us-east-1"
  environment = "prod"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  cluster = {
    name               = "orderflow-prod"
    node_role_arn      = "arn:aws:iam::123456789012:role/orderflow-prod-node-us-east-1"
    security_group_ids = ["sg-0123456789abcdef0"]
  }

  zones = {
    use1-az2 = { zone_name = "us-east-1a", subnet_id = "subnet-0aaaaaaaaaaaaaaa1", desired = 2, min = 2, max = 2, reserved = 2 }
    use1-az4 = { zone_name = "us-east-1b", subnet_id = "subnet-0aaaaaaaaaaaaaaa2", desired = 0, max = 2 }
  }

  instance = { type = "c7i.8xlarge", cores = 16, kubernetes_version = "1.34" }
}

run "templates_turn_smt_off_and_target_the_reservation" {
  command = apply

  assert {
    condition     = aws_eks_node_group.this["use1-az2"].launch_template[0].id == module.template["use1-az2"].id
    error_message = "Each group must launch from its zone's template."
  }

  assert {
    condition     = aws_ec2_capacity_reservation.this["use1-az2"].placement_group_arn == aws_placement_group.this["use1-az2"].arn
    error_message = "The reservation must lie in the zone's placement group."
  }
}
