provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-reconciler"
  region          = "eu-west-1"
  environment     = "prod"
  account_id      = "123456789012"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"

  container = {
    image          = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/orderflow-prod/reconciler@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/orderflow-prod/reconciler"
    environment    = { PORT = "8080" }
    secrets        = { DATABASE_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod/reconciler/database-AbCdEf:password::" }
  }

  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
    egress     = { endpoints = { security_group_id = "sg-0123456789abcdef0" }, s3 = { prefix_list_id = "pl-0123456789abcdef0" } }
  }

  ingress = {
    listener_arn             = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/orderflow-prod-api/0123456789abcdef/0123456789abcdef"
    load_balancer_arn_suffix = "app/orderflow-prod-api/0123456789abcdef"
    security_group_id        = "sg-0123456789abcdef1"
    hosts                    = ["api.orderflow.example.com"]
  }
}

run "container_is_confined" {
  command = plan

  assert {
    condition     = local.container.user == "65532:65532" && local.container.readonlyRootFilesystem && !local.container.privileged && local.container.linuxParameters.capabilities.drop == ["ALL"]
    error_message = "The container must run without root, without capabilities, on a read-only file system."
  }

  assert {
    condition     = local.container.secrets == [{ name = "DATABASE_PASSWORD", valueFrom = var.container.secrets["DATABASE_PASSWORD"] }] && length([for entry in local.container.environment : entry if entry.name == "DATABASE_PASSWORD"]) == 0
    error_message = "Secrets must come by reference, never as settings."
  }
}

run "log_storage_and_sessions_are_encrypted" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_ecs_cluster.this.configuration[0].managed_storage_configuration[0].fargate_ephemeral_storage_kms_key_id == var.kms_key_arn && aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].kms_key_id == var.kms_key_arn
    error_message = "Log, storage and sessions must be under the given key."
  }
}

run "tasks_are_reached_by_the_load_balancer_alone" {
  command = plan

  assert {
    condition     = aws_vpc_security_group_ingress_rule.load_balancer.referenced_security_group_id == var.ingress.security_group_id && aws_vpc_security_group_ingress_rule.load_balancer.from_port == 8080
    error_message = "Only the load balancer's group may come in, on the service's port."
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.this) == ["endpoints", "s3"] && alltrue([for rule in aws_vpc_security_group_egress_rule.this : rule.cidr_ipv4 == null && rule.from_port == 443])
    error_message = "Tasks must reach what is listed, and no address range."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.load_balancer.security_group_id == var.ingress.security_group_id
    error_message = "The load balancer's way to the tasks is added here."
  }
}

run "tasks_grow_with_load_in_private_subnets" {
  command = plan

  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 2 && aws_appautoscaling_target.this.max_capacity == 6 && keys(aws_appautoscaling_policy.this) == ["cpu", "memory"]
    error_message = "The service must grow by CPU and by memory."
  }

  assert {
    condition     = !aws_ecs_service.native["this"].network_configuration[0].assign_public_ip && aws_ecs_service.native["this"].platform_version == "1.4.0"
    error_message = "Tasks must have no public address, on platform 1.4."
  }
}

run "start_role_reads_named_secrets_of_one_repository" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.execution.json).Statement : statement.Resource if statement.Sid == "ReadItsSecrets"]) == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orderflow-prod/reconciler/database-AbCdEf"
    error_message = "The start role must read its secret alone, without the key's suffix."
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.execution.json).Statement : statement.Resource if statement.Sid == "PullTheImage"]) == var.container.repository_arn
    error_message = "The start role must pull from its repository alone."
  }

  assert {
    condition     = aws_iam_role_policy.execution.policy == data.aws_iam_policy_document.execution.json
    error_message = "The start role must have what it needs, and nothing else."
  }
}

run "no_shell_in_prod" {
  command = plan

  assert {
    condition     = !aws_ecs_service.native["this"].enable_execute_command && length(aws_iam_role_policy.exec) == 0
    error_message = "Nobody opens a shell in prod."
  }
}
