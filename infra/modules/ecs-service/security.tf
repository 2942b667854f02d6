# Tasks are reached by the load balancer alone, and reach only what is listed.

resource "aws_security_group" "this" {
  region                 = var.region
  name                   = "${var.name}-tasks"
  description            = "Tasks of ${var.name}: in from the load balancer, out to what is listed."
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  region                       = var.region
  security_group_id            = aws_security_group.this.id
  description                  = "Requests from the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = var.container.port
  to_port                      = var.container.port
  referenced_security_group_id = var.ingress.security_group_id
}

# The load balancer's owner lists nobody; its users add their own way.
resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  region                       = var.region
  security_group_id            = var.ingress.security_group_id
  description                  = "Requests to ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = var.container.port
  to_port                      = var.container.port
  referenced_security_group_id = aws_security_group.this.id
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = var.network.egress

  region                       = var.region
  security_group_id            = aws_security_group.this.id
  description                  = "To ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  prefix_list_id               = each.value.prefix_list_id
  referenced_security_group_id = each.value.security_group_id
}
