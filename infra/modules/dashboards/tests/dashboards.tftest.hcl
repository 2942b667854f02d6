provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name          = "orderflow-prod"
  region        = "eu-west-1"
  other_regions = ["eu-central-1"]
  notes         = "Runbooks: deploy/runbooks"
  alarm_arns    = ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orderflow-prod-orders-not-flowing"]
  limits        = { monthly_usd = 40000 }

  compute = {
    cluster_name = "orderflow-prod"
    services     = { reconciler = { cluster = "orderflow-prod-reconciler", service = "orderflow-prod-reconciler" } }
    functions    = ["orderflow-prod-secret-rotation"]
  }

  edge = {
    load_balancer    = "app/orderflow-prod-api/0123456789abcdef"
    web_acl          = "orderflow-prod-api"
    nat_gateway_ids  = { euw1-az1 = "nat-0123456789abcdef0" }
    certificate_arns = { api = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555" }
    health_check_ids = { primary = "11111111-2222-3333-4444-555555555555" }
  }

  data = {
    tables          = ["orderflow-prod-journal", "orderflow-prod-orders"]
    replica_regions = { orderflow-prod-orders = ["eu-central-1"] }
    databases       = ["orderflow-prod-reconciler"]
    file_systems    = ["fs-0123456789abcdef0"]
    buckets         = ["orderflow-prod-eu-west-1-123456789012-audit"]
  }

  flow = {
    streams            = ["orderflow-prod-orders"]
    queues             = ["orderflow-prod-venue-XLON.fifo"]
    dead_letter_queues = ["orderflow-prod-orders-dlq"]
    topics             = ["orderflow-prod-alarms"]
    buses              = ["orderflow-prod"]
  }

  delivery = {
    lock_tables    = ["orderflow-state-locks"]
    state_buckets  = ["orderflow-eu-west-1-123456789012-state"]
    pipelines      = ["orderflow-prod"]
    build_projects = ["orderflow-prod-plan"]
  }

  log_groups = {
    application = "/orderflow-prod/services"
    trail       = "/orderflow-prod/trail"
    flow        = "/orderflow-prod/flow"
    firewall    = "aws-waf-logs-orderflow-prod-api"
  }
}

run "there_are_seven" {
  command = plan

  assert {
    condition     = keys(aws_cloudwatch_dashboard.this) == ["application", "backend", "certificate", "cost", "infrastructure", "performance", "security"]
    error_message = "Infrastructure, security, cost, performance, application, backend and certificate must each have a dashboard."
  }
}

run "thirty_metrics_at_least_and_all_real" {
  command = plan

  assert {
    condition     = length(output.metrics) >= 30
    error_message = "The dashboards must show 30 distinct metrics."
  }

  assert {
    condition     = length([for metric in output.metrics : metric if !contains(try(jsondecode(file("${path.module}/tests/metric-names.json"))[split(" ", metric)[0]], []), split(" ", metric)[1])]) == 0
    error_message = "A metric isn't in tests/metric-names.json, the names that AWS documents."
  }
}

run "billing_and_health_checks_are_read_where_they_are" {
  command = plan

  assert {
    condition     = alltrue([for widget in local.bodies["cost"].widgets : widget.properties.region == "us-east-1" if try(widget.properties.metrics[0][0], "") == "AWS/Billing"])
    error_message = "Billing metrics exist in us-east-1 only."
  }

  assert {
    condition     = alltrue([for widget in local.bodies["certificate"].widgets : widget.properties.region == "us-east-1" if try(widget.properties.metrics[0][0], "") == "AWS/Route53"])
    error_message = "Route 53's metrics exist in us-east-1 only."
  }
}

run "limits_are_drawn" {
  command = plan

  assert {
    condition     = contains(flatten([for widget in local.bodies["cost"].widgets : [for line in try(widget.properties.annotations.horizontal, []) : line.value]]), 40000)
    error_message = "The budget must be a line in the chart."
  }
}

run "logs_are_asked_and_notes_shown" {
  command = plan

  assert {
    condition     = length([for widget in local.bodies["security"].widgets : widget if widget.type == "log"]) == 3
    error_message = "Denied calls, rejected connections and blocked requests must be asked for."
  }

  assert {
    condition     = alltrue([for body in values(local.bodies) : strcontains(body.widgets[0].properties.markdown, "Runbooks: deploy/runbooks")])
    error_message = "Every dashboard must carry the notes."
  }
}

run "a_reader_switches_the_region" {
  command = plan

  assert {
    condition     = alltrue([for body in values(local.bodies) : [for value in body.variables[0].values : value.value] == ["eu-central-1", "eu-west-1"]])
    error_message = "A reader must be able to switch the Region."
  }
}

run "alarm_thresholds_are_lines_in_their_charts" {
  command = plan

  assert {
    condition     = alltrue([for board in ["application", "certificate", "infrastructure", "performance", "security"] : length(flatten([for widget in local.bodies[board].widgets : try(widget.properties.annotations.horizontal, [])])) > 0])
    error_message = "A board whose metrics have limits shows none."
  }
}

run "alarms_come_first" {
  command = plan

  assert {
    condition     = local.bodies["application"].widgets[1].properties.alarms == [tolist(var.alarm_arns)[0]]
    error_message = "The application's alarms must be at the top."
  }
}

run "what_a_page_has_not_is_not_drawn" {
  command = plan

  variables {
    compute    = {}
    edge       = {}
    data       = {}
    flow       = {}
    delivery   = {}
    log_groups = {}
    alarm_arns = []
  }

  assert {
    condition     = alltrue([for body in values(local.bodies) : alltrue([for widget in body.widgets : length(try(widget.properties.metrics, ["-"])) > 0 && try(widget.properties.query, "-") != ""])])
    error_message = "CloudWatch refuses a widget without metrics."
  }

  assert {
    condition     = [for widget in local.bodies["application"].widgets : widget.type] == ["text"]
    error_message = "An empty page must have its notes and nothing else."
  }
}

run "bodies_fit" {
  command = plan

  assert {
    condition     = alltrue([for body in values(output.bodies) : length(jsondecode(body).widgets) <= 500])
    error_message = "CloudWatch takes 500 widgets a dashboard."
  }
}
