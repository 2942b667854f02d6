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
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  rules           = { router = "groups:\n  - name: router\n    rules: []\n" }
}

run "samples_and_log_are_under_our_key" {
  command = plan

  assert {
    condition     = aws_prometheus_workspace.this.kms_key_arn == var.kms_key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn
    error_message = "Workspace and log must be encrypted with the given key."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/vendedlogs/prometheus/orderflow-prod" && aws_cloudwatch_log_group.this.retention_in_days == 90
    error_message = "The log must be where AWS delivers, and bounded."
  }
}

run "alerts_reach_the_topic" {
  command = plan

  assert {
    condition     = yamldecode(yamldecode(aws_prometheus_alert_manager_definition.this.definition).alertmanager_config).receivers[0].sns_configs[0].topic_arn == var.alarm_topic_arn
    error_message = "Alerts must go to the topic."
  }

  assert {
    condition     = yamldecode(yamldecode(aws_prometheus_alert_manager_definition.this.definition).alertmanager_config).route.receiver == "topic"
    error_message = "The route must end at the receiver that exists."
  }
}

run "rules_are_loaded" {
  command = plan

  assert {
    condition     = keys(aws_prometheus_rule_group_namespace.this) == ["router"]
    error_message = "Every rule file must be loaded."
  }
}

run "services_are_bounded" {
  command = plan

  variables {
    limits = { series_per_service = { order-router = 200000 }, retention_days = 400 }
  }

  assert {
    condition     = aws_prometheus_workspace_configuration.this.limits_per_label_set[0].limits[0].max_series == 200000 && aws_prometheus_workspace_configuration.this.retention_period_in_days == 400
    error_message = "A service's series and the retention must be bounded as asked."
  }
}

run "collector_is_an_option" {
  command = plan

  assert {
    condition     = length(aws_prometheus_scraper.this) == 0
    error_message = "The collector must be asked for."
  }
}

run "collector_scrapes_the_cluster" {
  command = plan

  variables {
    scraper = {
      cluster_arn        = "arn:aws:eks:eu-west-1:123456789012:cluster/orderflow-prod"
      configuration      = "scrape_configs:\n  - job_name: router\n"
      subnet_ids         = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
      security_group_ids = ["sg-0123456789abcdef0"]
    }
  }

  assert {
    condition     = aws_prometheus_scraper.this["this"].source[0].eks[0].cluster_arn == var.scraper.cluster_arn
    error_message = "The collector must scrape the given cluster."
  }
}

run "workspace_is_watched" {
  command = plan

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.usage) == ["ActiveSeries", "IngestionRate"]
    error_message = "Series and samples must be watched."
  }
}
