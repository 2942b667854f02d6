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

run "ecs_moves_the_traffic_and_goes_back_by_alarm" {
  command = plan

  assert {
    condition     = aws_ecs_service.native["this"].deployment_configuration[0].strategy == "BLUE_GREEN" && aws_ecs_service.native["this"].deployment_configuration[0].bake_time_in_minutes == "10"
    error_message = "The default is ECS's own blue/green with ten minutes for a way back."
  }

  assert {
    condition     = aws_ecs_service.native["this"].alarms[0].rollback && aws_ecs_service.native["this"].alarms[0].alarm_names == toset(["orderflow-prod-reconciler-target-5xx-blue", "orderflow-prod-reconciler-target-5xx-green"])
    error_message = "Errors of either version must undo a deployment."
  }

  assert {
    condition     = aws_ecs_service.native["this"].deployment_circuit_breaker[0].rollback
    error_message = "Tasks that don't start must undo a deployment."
  }
}

run "alarms_that_undo_exist" {
  command = plan

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.target_5xx : alarm.alarm_name]) == toset(local.rollback_alarms)
    error_message = "The alarms that a deployment names must be the ones that are made."
  }
}

run "new_version_is_tested_by_a_header" {
  command = plan

  assert {
    condition     = aws_lb_listener_rule.test.priority == 99 && contains(flatten([for condition in aws_lb_listener_rule.test.condition : [for header in condition.http_header : header.http_header_name]]), "x-deployment")
    error_message = "The test rule must come first and ask for its header."
  }
}

run "canary_moves_in_steps" {
  command = plan

  variables {
    deployment = { strategy = "CANARY", canary_percent = 5 }
  }

  assert {
    condition     = aws_ecs_service.native["this"].deployment_configuration[0].canary_configuration[0].canary_percent == 5
    error_message = "A canary must take its share first."
  }
}

run "linear_moves_in_equal_steps" {
  command = plan

  variables {
    deployment = { strategy = "LINEAR", canary_percent = 20 }
  }

  assert {
    condition     = aws_ecs_service.native["this"].deployment_configuration[0].linear_configuration[0].step_percent == 20
    error_message = "Linear must move step by step."
  }
}

run "codedeploy_is_the_other_controller" {
  command = plan

  variables {
    deployment = { controller = "codedeploy", strategy = "CANARY" }
  }

  assert {
    condition     = length(aws_ecs_service.native) == 0 && aws_ecs_service.codedeploy["this"].deployment_controller[0].type == "CODE_DEPLOY"
    error_message = "There must be one service, moved by CodeDeploy."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.this["this"].deployment_config_name == "CodeDeployDefault.ECSCanary10Percent5Minutes" && aws_codedeploy_deployment_group.this["this"].alarm_configuration[0].enabled
    error_message = "CodeDeploy must move in the asked way and stop by alarm."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.this["this"].auto_rollback_configuration[0].events == toset(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"])
    error_message = "A failure or an alarm must undo the deployment."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.deployment_trust.json).Statement[0].Principal.Service == "codedeploy.amazonaws.com"
    error_message = "The role must be CodeDeploy's."
  }
}

run "codedeploy_linear_and_all_at_once_have_real_names" {
  command = plan

  variables {
    deployment = { controller = "codedeploy", strategy = "LINEAR" }
  }

  assert {
    condition     = aws_codedeploy_deployment_group.this["this"].deployment_config_name == "CodeDeployDefault.ECSLinear10PercentEvery1Minutes"
    error_message = "CodeDeploy knows this name."
  }
}
