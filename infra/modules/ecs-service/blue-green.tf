# Two target groups and a rule between them; the new version is tested on the same port, by a header, before it takes over.

locals {
  native     = toset(var.deployment.controller == "ecs" ? ["this"] : [])
  codedeploy = toset(var.deployment.controller == "codedeploy" ? ["this"] : [])
}

resource "aws_lb_target_group" "this" {
  for_each = toset(["blue", "green"])

  region               = var.region
  name                 = "${var.name}-${each.key}"
  target_type          = "ip"
  protocol             = "HTTP"
  protocol_version     = "HTTP1"
  port                 = var.container.port
  vpc_id               = var.network.vpc_id
  deregistration_delay = tostring(var.container.stop_seconds)

  health_check {
    enabled             = true
    path                = var.container.health_path
    protocol            = "HTTP"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener_rule" "production" {
  region       = var.region
  listener_arn = var.ingress.listener_arn
  priority     = var.ingress.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["blue"].arn
  }

  condition {
    host_header {
      values = var.ingress.hosts
    }
  }

  lifecycle {
    ignore_changes = [action] # moved by each deployment
  }
}

resource "aws_lb_listener_rule" "test" {
  region       = var.region
  listener_arn = var.ingress.listener_arn
  priority     = var.ingress.priority - 1

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["green"].arn
  }

  condition {
    host_header {
      values = var.ingress.hosts
    }
  }

  condition {
    http_header {
      http_header_name = "x-deployment"
      values           = ["test"]
    }
  }

  lifecycle {
    ignore_changes = [action]
  }
}

# ECS moves the traffic itself, waits, and goes back when an alarm rings.
resource "aws_ecs_service" "native" {
  for_each = local.native

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
  availability_zone_rebalancing      = "ENABLED"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_controller {
    type = "ECS"
  }

  deployment_configuration {
    strategy             = var.deployment.strategy
    bake_time_in_minutes = tostring(var.deployment.bake_minutes)

    dynamic "canary_configuration" {
      for_each = var.deployment.strategy == "CANARY" ? [var.deployment.canary_percent] : []

      content {
        canary_percent              = canary_configuration.value
        canary_bake_time_in_minutes = tostring(var.deployment.bake_minutes)
      }
    }

    dynamic "linear_configuration" {
      for_each = var.deployment.strategy == "LINEAR" ? [var.deployment.canary_percent] : []

      content {
        step_percent              = linear_configuration.value
        step_bake_time_in_minutes = tostring(var.deployment.bake_minutes)
      }
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms {
    enable      = true
    rollback    = true
    alarm_names = local.rollback_alarms
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

    advanced_configuration {
      alternate_target_group_arn = aws_lb_target_group.this["green"].arn
      production_listener_rule   = aws_lb_listener_rule.production.arn
      test_listener_rule         = aws_lb_listener_rule.test.arn
      role_arn                   = aws_iam_role.deployment.arn
    }
  }

  lifecycle {
    ignore_changes = [desired_count] # moved by autoscaling
  }

  depends_on = [aws_iam_role_policy_attachment.deployment]
}
