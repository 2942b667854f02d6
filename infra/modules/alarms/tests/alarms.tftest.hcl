provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-west-1"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  page_topic_arn  = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-pages"

  shared = {
    nat_gateway_ids = { euw1-az1 = "nat-0123456789abcdef0" }
    event_rules     = { rejects = { name = "orderflow-prod-rejects", bus = "orderflow-prod" } }
  }

  metric_alarms = {
    venue-age = {
      description = "Orders wait at a venue's queue: is its gateway up?"
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = "orderflow-prod-venue-XLON.fifo" }
      statistic   = "Maximum"
      threshold   = 30
    }
    put-latency = {
      description = "Puts on the journal are slow for one in a hundred."
      namespace   = "AWS/DynamoDB"
      metric      = "SuccessfulRequestLatency"
      dimensions  = { TableName = "orderflow-prod-journal", Operation = "PutItem" }
      statistic   = "p99"
      threshold   = 20
    }
  }

  composites = {
    orders-not-flowing = {
      description   = "Orders come in and don't get out: see the runbook of the same name."
      any_of        = ["orderflow-prod-venue-age", "orderflow-prod-orders-iterator-age"]
      and_any_of    = ["orderflow-prod-put-latency"]
      unless_any_of = ["orderflow-prod-market-closed"]
      suppressed_by = "orderflow-prod-announced-work"
    }
  }
}

run "undelivered_alarms_ring" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["notifications-failed"].dimensions["TopicName"] == "orderflow-prod-alarms"
    error_message = "A topic that can't deliver must be noticed."
  }
}

run "shared_things_are_watched" {
  command = plan

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.metric_name if contains(["nat-ports-euw1-az1", "rule-failed-rejects", "log-parsing", "lambda-concurrency"], key) } == { nat-ports-euw1-az1 = "ErrorPortAllocation", rule-failed-rejects = "FailedInvocations", log-parsing = "EMFParsingErrors", lambda-concurrency = "ConcurrentExecutions" }
    error_message = "NAT gateways, rules, log metrics and function concurrency must be watched."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["rule-failed-rejects"].dimensions["EventBusName"] == "orderflow-prod"
    error_message = "A rule of an own bus is found by its bus as well."
  }
}

run "percentiles_are_extended_statistics" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["put-latency"].extended_statistic == "p99" && aws_cloudwatch_metric_alarm.this["put-latency"].statistic == null
    error_message = "CloudWatch takes a percentile as extended statistic only."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["venue-age"].statistic == "Maximum" && aws_cloudwatch_metric_alarm.this["venue-age"].extended_statistic == null
    error_message = "A plain statistic must stay one."
  }
}

run "composite_asks_one_question" {
  command = plan

  assert {
    condition     = aws_cloudwatch_composite_alarm.this["orders-not-flowing"].alarm_rule == "(ALARM(\"orderflow-prod-orders-iterator-age\") OR ALARM(\"orderflow-prod-venue-age\")) AND (ALARM(\"orderflow-prod-put-latency\")) AND NOT (ALARM(\"orderflow-prod-market-closed\"))"
    error_message = "The rule must be what was asked."
  }

  assert {
    condition     = aws_cloudwatch_composite_alarm.this["orders-not-flowing"].alarm_actions == toset([var.page_topic_arn]) && aws_cloudwatch_composite_alarm.this["orders-not-flowing"].actions_suppressor[0].alarm == "orderflow-prod-announced-work"
    error_message = "Composites must wake somebody, but not during announced work."
  }
}

run "without_a_pager_composites_go_to_the_topic" {
  command = plan

  variables {
    page_topic_arn = null
  }

  assert {
    condition     = aws_cloudwatch_composite_alarm.this["orders-not-flowing"].alarm_actions == toset([var.alarm_topic_arn])
    error_message = "A composite must never be silent."
  }
}
