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

run "name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "OrderFlow"
  }

  expect_failures = [var.name]
}

run "region_that_is_none_is_refused" {
  command = plan

  variables {
    region = "Ireland"
  }

  expect_failures = [var.region]
}

run "topic_by_name_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = "alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}

run "pager_by_number_is_refused" {
  command = plan

  variables {
    page_topic_arn = "+441632960000"
  }

  expect_failures = [var.page_topic_arn]
}

run "no_concurrency_is_refused" {
  command = plan

  variables {
    limits = { lambda_concurrency = 0 }
  }

  expect_failures = [var.limits]
}

run "gateway_by_name_is_refused" {
  command = plan

  variables {
    shared = { nat_gateway_ids = { euw1-az1 = "gateway" } }
  }

  expect_failures = [var.shared]
}

run "gateway_by_zone_name_is_refused" {
  command = plan

  variables {
    shared = { nat_gateway_ids = { eu-west-1a = "nat-0123456789abcdef0" } }
  }

  expect_failures = [var.shared]
}

run "rule_without_a_name_is_refused" {
  command = plan

  variables {
    shared = { event_rules = { a = { name = "" } } }
  }

  expect_failures = [var.shared]
}

run "alarm_without_a_word_is_refused" {
  command = plan

  variables {
    metric_alarms = { a = { description = "bad", namespace = "AWS/SQS", metric = "m", dimensions = {}, threshold = 1 } }
  }

  expect_failures = [var.metric_alarms]
}

run "unknown_statistic_is_refused" {
  command = plan

  variables {
    metric_alarms = { a = { description = "Something is wrong somewhere.", namespace = "AWS/SQS", metric = "m", dimensions = {}, threshold = 1, statistic = "Median" } }
  }

  expect_failures = [var.metric_alarms]
}

run "unknown_comparison_is_refused" {
  command = plan

  variables {
    metric_alarms = { a = { description = "Something is wrong somewhere.", namespace = "AWS/SQS", metric = "m", dimensions = {}, threshold = 1, comparison = ">" } }
  }

  expect_failures = [var.metric_alarms]
}

run "odd_period_is_refused" {
  command = plan

  variables {
    metric_alarms = { a = { description = "Something is wrong somewhere.", namespace = "AWS/SQS", metric = "m", dimensions = {}, threshold = 1, period_seconds = 45 } }
  }

  expect_failures = [var.metric_alarms]
}

run "unknown_treatment_is_refused" {
  command = plan

  variables {
    metric_alarms = { a = { description = "Something is wrong somewhere.", namespace = "AWS/SQS", metric = "m", dimensions = {}, threshold = 1, missing = "bad" } }
  }

  expect_failures = [var.metric_alarms]
}

run "name_of_a_shared_alarm_is_refused" {
  command = plan

  variables {
    metric_alarms = { log-parsing = { description = "Something is wrong somewhere.", namespace = "AWS/SQS", metric = "m", dimensions = {}, threshold = 1 } }
  }

  expect_failures = [var.metric_alarms]
}

run "composite_of_nothing_is_refused" {
  command = plan

  variables {
    composites = { a = { description = "Something is wrong somewhere.", any_of = [] } }
  }

  expect_failures = [var.composites]
}

run "composite_of_too_many_is_refused" {
  command = plan

  variables {
    composites = { a = { description = "Something is wrong somewhere.", any_of = [for i in range(101) : "a${i}"] } }
  }

  expect_failures = [var.composites]
}

run "composite_without_a_word_is_refused" {
  command = plan

  variables {
    composites = { a = { description = "bad", any_of = ["x"] } }
  }

  expect_failures = [var.composites]
}

run "name_twice_is_refused" {
  command = plan

  variables {
    composites = { venue-age = { description = "Something is wrong somewhere.", any_of = ["x"] } }
  }

  expect_failures = [var.composites]
}
