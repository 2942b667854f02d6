# The failover controller: a function in the standby's Region, on its own schedule. Rules are a second trigger, never the only one.

locals {
  function_name = "${var.name}-sync-cluster-sizes"
  function_arn  = "${local.arn}:lambda:${var.region}:${var.account_id}:function:${local.function_name}"

  # Everything the controller needs to know, in one setting.
  controller_config = var.controller == null ? null : {
    mode             = var.posture.mode
    primary_region   = var.posture.peer_region
    standby_region   = var.region
    sizes_path       = local.sizes_path
    cluster_name     = var.controller.targets.cluster_name
    node_groups      = sort(var.controller.targets.node_groups)
    ecs_services     = var.controller.targets.ecs_services
    database_replica = var.controller.targets.database_replica
    control_table    = var.controller.targets.control_table
    probes           = [for key in sort(keys(var.health_checks)) : { name = key, host = var.health_checks[key].fqdn, port = var.health_checks[key].port, path = var.health_checks[key].path }]
    failures         = var.controller.failures
    hold_off_seconds = var.controller.hold_off_seconds
    automatic        = var.controller.automatic
    recovery_seconds = local.recovery_seconds
    audit_log_group  = aws_cloudwatch_log_group.audit.name
    topic_arn        = local.topic_arn
  }
}

module "controller" {
  source   = "../lambda-rust"
  for_each = local.acting

  name               = local.function_name
  region             = var.region
  account_id         = var.account_id
  description        = "Watches ${var.posture.peer_region} and moves ${var.name} to ${var.region} and back"
  kms_key_arn        = var.kms_key_arn
  alarm_topic_arn    = var.alarm_topic_arn
  log_retention_days = var.log_retention_days
  code               = var.controller.code
  policies           = { controller = data.aws_iam_policy_document.controller.json }
  limits             = { memory_mib = 256, timeout_seconds = 55, concurrency = 2, retries = 0 }

  environment_variables = { FAILOVER_CONFIG = jsonencode(local.controller_config) }

  callers = merge(
    { watch = { principal = "scheduler.amazonaws.com", source_arn = "${local.arn}:scheduler:${var.region}:${var.account_id}:schedule/${var.name}-dr/watch" } },
    { drill = { principal = "scheduler.amazonaws.com", source_arn = "${local.arn}:scheduler:${var.region}:${var.account_id}:schedule/${var.name}-dr/drill" } },
    { for key in keys(local.triggers) : "rule-${key}" => { principal = "events.amazonaws.com", source_arn = "${local.arn}:events:${var.region}:${var.account_id}:rule/${var.name}-dr-${key}" } },
  )
}

resource "aws_scheduler_schedule_group" "this" {
  for_each = local.acting

  region = var.region
  name   = "${var.name}-dr"
}

resource "aws_scheduler_schedule" "watch" {
  for_each = local.acting

  region              = var.region
  group_name          = aws_scheduler_schedule_group.this[each.key].name
  name                = "watch"
  description         = "The controller looks at ${var.posture.peer_region} for itself"
  schedule_expression = "rate(1 minute)"
  state               = "ENABLED"
  kms_key_arn         = var.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.controller[each.key].alias_arn
    role_arn = aws_iam_role.schedule[each.key].arn
    input    = jsonencode({ action = "watch" })

    retry_policy {
      maximum_event_age_in_seconds = 60 # the next minute looks again
      maximum_retry_attempts       = 0
    }
  }
}

# Second triggers: an alarm in this Region or handed over from us-east-1, and AWS's own word on the primary's Region.
locals {
  triggers = { for key, pattern in {
    alarm = jsonencode({
      source      = ["aws.cloudwatch"]
      detail-type = ["CloudWatch Alarm State Change"]
      detail = {
        alarmName = sort(concat([for key in keys(var.health_checks) : "${var.name}-dr-${var.region}-${key}"], try(tolist(var.controller.trigger_alarms), [])))
        state     = { value = ["ALARM"] }
      }
    })
    health = jsonencode({
      source      = ["aws.health"]
      detail-type = ["AWS Health Event"]
      detail      = { eventTypeCategory = ["issue"], eventRegion = [var.posture.peer_region], service = ["EC2", "EKS", "DYNAMODB", "KINESIS"] }
    })
  } : key => pattern if var.controller != null }
}

resource "aws_cloudwatch_event_rule" "trigger" {
  for_each = local.triggers

  region        = var.region
  name          = "${var.name}-dr-${each.key}"
  description   = "Has the controller look at once: ${each.key}"
  event_pattern = each.value
  state         = "ENABLED"
}

resource "aws_cloudwatch_event_target" "trigger" {
  for_each = local.triggers

  region    = var.region
  rule      = aws_cloudwatch_event_rule.trigger[each.key].name
  target_id = "controller"
  arn       = module.controller["this"].alias_arn
  input     = jsonencode({ action = "watch", trigger = each.key })

  dead_letter_config {
    arn = module.controller["this"].dead_letter_queue_arn
  }
}
