# Which tags the bill is split by. Once an account; a tag can be switched on only after it has been on a resource for a day.

resource "aws_ce_cost_allocation_tag" "this" {
  for_each = var.allocation_tags

  tag_key = each.value
  status  = "Active"
}
