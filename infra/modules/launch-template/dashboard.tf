# What the group's instances do, when a group is named.

locals {
  dashboard_group = var.dashboard_group_name == null ? "" : var.dashboard_group_name

  dashboard_widgets = [
    { title = "CPU", metrics = ["CPUUtilization"], stat = "Average" },
    { title = "Network bytes", metrics = ["NetworkIn", "NetworkOut"], stat = "Sum" },
    { title = "Volume operations", metrics = ["EBSReadOps", "EBSWriteOps"], stat = "Sum" },
    { title = "Failed status checks", metrics = ["StatusCheckFailed", "StatusCheckFailed_System"], stat = "Maximum" },
    { title = "Metadata calls without a token", metrics = ["MetadataNoToken"], stat = "Sum" },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  for_each = toset(var.dashboard_group_name == null ? [] : ["this"])

  region         = var.region
  dashboard_name = "${var.name}-instances"

  dashboard_body = jsonencode({
    widgets = [
      for index, widget in local.dashboard_widgets : {
        type   = "metric"
        x      = (index % 3) * 8
        y      = floor(index / 3) * 6
        width  = 8
        height = 6
        properties = {
          title   = widget.title
          region  = var.region
          stat    = widget.stat
          period  = 60
          metrics = [for metric in widget.metrics : ["AWS/EC2", metric, "AutoScalingGroupName", local.dashboard_group]]
        }
      }
    ]
  })
}
