# The older controller, for those whose approvals and hooks live in CodeDeploy.

resource "aws_ecs_service" "codedeploy" {
  for_each = local.codedeploy

  region                             = var.region
  name                               = var.name
  cluster                            = aws_ecs_cluster.this.arn
  task_definition                    = aws_ecs_task_definition.this.arn
  launch_type                        = "FARGATE"
  platform_version                   = "1.4.0"
  desired_count                      = var.scaling.min
  enable_execute_command             = var.exec_allowed
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  health_check_grace_period_seconds  = 60
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_controller {
    type = "CODE_DEPLOY"
  }

  network_configuration {
    subnets          = values(var.network.subnet_ids)
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  load_balancer {
    container_name   = "app"
    container_port   = var.container.port
    target_group_arn = aws_lb_target_group.this["blue"].arn
  }

  lifecycle {
    ignore_changes = [desired_count, load_balancer, task_definition] # moved by CodeDeploy
  }

  depends_on = [aws_lb_listener_rule.production]
}

resource "aws_codedeploy_app" "this" {
  for_each = local.codedeploy

  region           = var.region
  name             = var.name
  compute_platform = "ECS"
}

resource "aws_codedeploy_deployment_group" "this" {
  for_each = local.codedeploy

  region                 = var.region
  app_name               = aws_codedeploy_app.this[each.key].name
  deployment_group_name  = var.name
  service_role_arn       = aws_iam_role.deployment.arn
  deployment_config_name = var.deployment.strategy == "BLUE_GREEN" ? "CodeDeployDefault.ECSAllAtOnce" : "CodeDeployDefault.ECS${title(lower(var.deployment.strategy))}10Percent${var.deployment.strategy == "CANARY" ? "5Minutes" : "Every1Minutes"}"

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  ecs_service {
    cluster_name = aws_ecs_cluster.this.name
    service_name = aws_ecs_service.codedeploy[each.key].name
  }

  load_balancer_info {
    target_group_pair_info {
      prod_traffic_route {
        listener_arns = [var.ingress.listener_arn]
      }

      target_group {
        name = aws_lb_target_group.this["blue"].name
      }

      target_group {
        name = aws_lb_target_group.this["green"].name
      }
    }
  }

  blue_green_deployment_config {
    deployment_ready_option {
      action_on_timeout = "CONTINUE_DEPLOYMENT"
    }

    terminate_blue_instances_on_deployment_success {
      action                           = "TERMINATE"
      termination_wait_time_in_minutes = var.deployment.bake_minutes
    }
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  alarm_configuration {
    enabled                   = true
    alarms                    = local.rollback_alarms
    ignore_poll_alarm_failure = false
  }

  depends_on = [aws_iam_role_policy_attachment.deployment]
}
