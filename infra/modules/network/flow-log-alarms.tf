# Five filters over the flow logs, each with its alarm, and a query for what a filter can't see.

locals {
  # Fields of a record, in the order of flow_fields; a filter names those that it looks at.
  flow_head = "version, account, interface, source, destination"

  flow_filters = {
    ssh            = { metric = "SshAccepted", pattern = "[${local.flow_head}, source_port, destination_port=22, protocol=6, packets, bytes, start, end, action=ACCEPT, status, ...]", value = "1", meaning = "SSH was let in: machines are reached by session manager only." }
    rdp            = { metric = "RdpAccepted", pattern = "[${local.flow_head}, source_port, destination_port=3389, protocol=6, packets, bytes, start, end, action=ACCEPT, status, ...]", value = "1", meaning = "RDP was let in: nothing here speaks it." }
    rejected       = { metric = "Rejected", pattern = "[${local.flow_head}, source_port, destination_port, protocol, packets, bytes, start, end, action=REJECT, status, ...]", value = "$packets", meaning = "Many packets are refused: something is cut off, or somebody tries doors." }
    large-transfer = { metric = "LargeTransfers", pattern = "[${local.flow_head}, source_port, destination_port, protocol, packets, bytes>${try(var.flow_logs.large_bytes, 0)}, start, end, action=ACCEPT, status, ...]", value = "1", meaning = "Large amounts of data move in single flows." }
    port-scan      = { metric = "RefusedSyns", pattern = "[${local.flow_head}, source_port, destination_port, protocol=6, packets<4, bytes, start, end, action=REJECT, status, vpc, subnet, zone, flags=2, ...]", value = "1", meaning = "Many connections are refused at their first packet, as by a port scan; the saved query says whose." }
  }

  flow_thresholds = var.flow_logs == null ? {} : {
    ssh            = var.flow_logs.thresholds.ssh
    rdp            = var.flow_logs.thresholds.rdp
    rejected       = var.flow_logs.thresholds.rejected
    large-transfer = var.flow_logs.thresholds.large_transfer
    port-scan      = var.flow_logs.thresholds.port_scan
  }
}

resource "aws_cloudwatch_log_metric_filter" "flow" {
  for_each = local.flow_thresholds

  region         = var.region
  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.flow_logs["this"].name
  pattern        = local.flow_filters[each.key].pattern

  metric_transformation {
    namespace     = "${var.name}/flow-logs"
    name          = local.flow_filters[each.key].metric
    value         = local.flow_filters[each.key].value
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_cloudwatch_metric_alarm" "flow" {
  for_each = local.flow_thresholds

  region              = var.region
  alarm_name          = "${var.name}-flow-${each.key}"
  alarm_description   = local.flow_filters[each.key].meaning
  namespace           = "${var.name}/flow-logs"
  metric_name         = local.flow_filters[each.key].metric
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

# A filter counts records; only a query can count how many ports one address tried.
resource "aws_cloudwatch_query_definition" "port_scan" {
  for_each = local.flow_logs

  region          = var.region
  name            = "${var.name}/port-scan"
  log_group_names = [aws_cloudwatch_log_group.flow_logs["this"].name]

  query_string = <<-EOT
    parse @message "* * * * * * * * * * * * * *" as version, account, interface, source, destination, source_port, destination_port, protocol, packets, bytes, start, end, action, status
    | filter action = "REJECT" and protocol = 6
    | stats count_distinct(destination_port) as ports, count_distinct(destination) as hosts, sum(packets) as tries by source, bin(5m)
    | filter ports > 20 or hosts > 20
    | sort ports desc
  EOT
}

resource "aws_cloudwatch_query_definition" "refused" {
  for_each = local.flow_logs

  region          = var.region
  name            = "${var.name}/refused"
  log_group_names = [aws_cloudwatch_log_group.flow_logs["this"].name]

  query_string = <<-EOT
    parse @message "* * * * * * * * * * * * * *" as version, account, interface, source, destination, source_port, destination_port, protocol, packets, bytes, start, end, action, status
    | filter action = "REJECT"
    | stats sum(packets) as refused by source, destination, destination_port, interface
    | sort refused desc
    | limit 50
  EOT
}
