# Seven dashboards, each a JSON template; widgets of what a page doesn't have are left out.

locals {
  boards = toset(["application", "backend", "certificate", "cost", "infrastructure", "performance", "security"])

  # What the templates know. Single things become lists of none or one, so that a widget without any can be told.
  facts = {
    name                 = var.name
    region               = var.region
    regions              = sort(setunion([var.region], var.other_regions))
    notes                = var.notes
    limits               = var.limits
    alarm_arns           = sort(var.alarm_arns)
    log_groups           = var.log_groups
    clusters             = [for value in [var.compute.cluster_name] : value if value != null]
    services             = [for key in sort(keys(var.compute.services)) : var.compute.services[key]]
    functions            = sort(var.compute.functions)
    load_balancers       = [for value in [var.edge.load_balancer] : value if value != null]
    web_acls             = [for value in [var.edge.web_acl] : value if value != null]
    nat_gateways         = [for key in sort(keys(var.edge.nat_gateway_ids)) : var.edge.nat_gateway_ids[key]]
    certificates         = [for key in sort(keys(var.edge.certificate_arns)) : var.edge.certificate_arns[key]]
    health_checks        = [for key in sort(keys(var.edge.health_check_ids)) : var.edge.health_check_ids[key]]
    databases            = sort(var.data.databases)
    file_systems         = sort(var.data.file_systems)
    tables               = sort(var.data.tables)
    replicated_tables    = flatten([for table in sort(keys(var.data.replica_regions)) : [for region in sort(var.data.replica_regions[table]) : { table = table, region = region }]])
    buckets              = sort(var.data.buckets)
    streams              = sort(var.flow.streams)
    queues               = sort(var.flow.queues)
    dead_letter_queues   = sort(var.flow.dead_letter_queues)
    topics               = sort(var.flow.topics)
    buses                = sort(var.flow.buses)
    lock_tables          = sort(var.delivery.lock_tables)
    state_buckets        = sort(var.delivery.state_buckets)
    pipelines            = sort(var.delivery.pipelines)
    build_projects       = sort(var.delivery.build_projects)
    billed_services      = sort(var.billed_services)
    billed_log_groups    = sort([for value in values(var.log_groups) : value if value != null])
    sensitive_log_groups = [for value in [var.log_groups.application] : value if value != null]
  }

  drawn = { for board in local.boards : board => jsondecode(templatefile("${path.module}/templates/${board}.json.tftpl", local.facts)) }

  bodies = { for board, body in local.drawn : board => merge(body, {
    widgets = [
      for widget in body.widgets : widget
      if length(try(widget.properties.metrics, ["-"])) > 0 && try(widget.properties.query, "-") != "" && length(try(widget.properties.alarms, ["-"])) > 0
    ]
  }) }

  # Namespace and name of every metric that is drawn, for a check against what AWS and our services publish.
  metrics = distinct(flatten([
    for body in values(local.bodies) : [
      for widget in body.widgets : [for metric in try(widget.properties.metrics, []) : "${metric[0]} ${metric[1]}"]
    ]
  ]))
}

resource "aws_cloudwatch_dashboard" "this" {
  for_each = local.boards

  region         = var.region
  dashboard_name = "${var.name}-${each.key}"
  dashboard_body = jsonencode(local.bodies[each.key])
}
