provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "orderflow-prod-hot"
  region      = "eu-west-1"
  environment = "prod"
  use         = "asg"
  image_id    = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  instance    = { type = "c7i.4xlarge" }
  network     = { security_group_ids = ["sg-0123456789abcdef0"] }
  user_data   = { audit_log_group = "/orderflow-prod/nodes/audit", script = "#!/bin/bash\necho ready\n" }
  tags        = { service = "order-router", data_class = "confidential" }
}

run "asg_user_data_is_the_golden_one" {
  command = plan

  assert {
    condition     = output.user_data == file("${path.module}/tests/golden/asg.mime")
    error_message = "User data of an asg differs from tests/golden/asg.mime."
  }
}

run "eks_user_data_is_the_golden_one" {
  command = plan

  variables {
    use       = "eks"
    image_id  = null
    user_data = { node_config = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      cpuManagerPolicy: static\n" }
  }

  assert {
    condition     = output.user_data == file("${path.module}/tests/golden/eks.mime")
    error_message = "User data of an EKS node differs from tests/golden/eks.mime."
  }
}

run "agents_and_auditd_start" {
  command = plan

  assert {
    condition     = alltrue([for line in ["systemctl enable --now auditd", "systemctl enable --now amazon-ssm-agent", "amazon-cloudwatch-agent-ctl -a fetch-config"] : strcontains(output.user_data, line)])
    error_message = "The SSM agent, auditd and the CloudWatch agent must be started."
  }

  assert {
    condition     = length(base64encode(output.user_data)) < 16384
    error_message = "EC2 refuses user data above 16 KiB."
  }
}

run "bottlerocket_gets_its_settings" {
  command = plan

  variables {
    use                   = "eks"
    user_data             = null
    bottlerocket_settings = "[settings.kernel]\nlockdown = \"integrity\"\n"
  }

  assert {
    condition     = base64decode(aws_launch_template.this.user_data) == "[settings.kernel]\nlockdown = \"integrity\"\n"
    error_message = "Bottlerocket reads TOML, not MIME."
  }
}
