# Security groups made of named patterns. Every rule is a resource of its own, so that one change touches one rule.

data "aws_partition" "current" {}

locals {
  rules = merge(flatten([for direction in ["ingress", "egress"] : [for name, group in var.groups : [for rule, settings in group[direction] : {
    for ports in local.patterns[settings.pattern] : "${direction}/${name}/${rule}/${ports.protocol}-${ports.from}" => merge(settings, ports, {
      owner       = name
      description = "${rule}: ${settings.pattern}"
      ipv6        = strcontains(coalesce(settings.cidr, "none"), ":")
    })
  }]]])...)

  ingress = { for key, rule in local.rules : trimprefix(key, "ingress/") => rule if startswith(key, "ingress/") }
  egress  = { for key, rule in local.rules : trimprefix(key, "egress/") => rule if startswith(key, "egress/") }
}

resource "aws_security_group" "this" {
  for_each = var.groups

  region                 = var.region
  name                   = "${var.name}-${each.key}"
  description            = each.value.description
  vpc_id                 = var.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.ingress

  region                       = var.region
  security_group_id            = aws_security_group.this[each.value.owner].id
  description                  = each.value.description
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.from
  to_port                      = each.value.to
  cidr_ipv4                    = each.value.ipv6 ? null : each.value.cidr
  cidr_ipv6                    = each.value.ipv6 ? each.value.cidr : null
  prefix_list_id               = each.value.prefix_list_id
  referenced_security_group_id = each.value.group == null ? each.value.security_group_id : aws_security_group.this[each.value.group].id
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.egress

  region                       = var.region
  security_group_id            = aws_security_group.this[each.value.owner].id
  description                  = each.value.description
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.from
  to_port                      = each.value.to
  cidr_ipv4                    = each.value.ipv6 ? null : each.value.cidr
  cidr_ipv6                    = each.value.ipv6 ? each.value.cidr : null
  prefix_list_id               = each.value.prefix_list_id
  referenced_security_group_id = each.value.group == null ? each.value.security_group_id : aws_security_group.this[each.value.group].id
}
