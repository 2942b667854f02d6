# Network ACLs: a second fence behind the security groups, by tier. They keep no state, so that answers need rules too.

locals {
  ephemeral = [{ from = 1024, to = 3388 }, { from = 3390, to = 65535 }] # without RDP's port
  inside    = var.vpc == null ? {} : { nodes = var.vpc.cidr, pods = var.vpc.pod_cidr }

  # tier => rules in the order in which they are tried
  acls = {
    public = {
      in = concat(
        [{ cidr = "0.0.0.0/0", protocol = "tcp", from = 443, to = 443 }],
        [for ports in local.ephemeral : merge({ cidr = "0.0.0.0/0", protocol = "tcp" }, ports)],
        [for cidr in values(local.inside) : { cidr = cidr, protocol = "-1", from = 0, to = 0 }],
      )
      out = [{ cidr = "0.0.0.0/0", protocol = "-1", from = 0, to = 0 }]
    }
    private = {
      in = concat(
        [for cidr in values(local.inside) : { cidr = cidr, protocol = "-1", from = 0, to = 0 }],
        [for ports in local.ephemeral : merge({ cidr = "0.0.0.0/0", protocol = "tcp" }, ports)],
      )
      # S3 and DynamoDB have public addresses, also behind their gateways.
      out = concat(
        [for cidr in values(local.inside) : { cidr = cidr, protocol = "-1", from = 0, to = 0 }],
        [{ cidr = "0.0.0.0/0", protocol = "tcp", from = 443, to = 443 }],
      )
    }
    restricted = {
      in = flatten([for cidr in values(local.inside) : concat(
        [for port in [3306, 5432, 6379, 2049] : { cidr = cidr, protocol = "tcp", from = port, to = port }],
        [for ports in local.ephemeral : merge({ cidr = cidr, protocol = "tcp" }, ports)],
      )])
      out = concat(
        [for cidr in values(local.inside) : { cidr = cidr, protocol = "tcp", from = 443, to = 443 }],
        [for cidr in values(local.inside) : { cidr = cidr, protocol = "tcp", from = 1024, to = 65535 }],
      )
    }
  }

  acl_of = { public = "public", private = "private", pods = "private", restricted = "restricted" }
}

resource "aws_network_acl" "tier" {
  for_each = var.vpc == null ? {} : local.acls

  region = var.region
  vpc_id = aws_vpc.this["this"].id

  ingress = [for number, rule in each.value.in : {
    rule_no         = 100 + 10 * number, action = "allow", protocol = rule.protocol, cidr_block = rule.cidr, from_port = rule.from, to_port = rule.to
    ipv6_cidr_block = null, icmp_code = 0, icmp_type = 0
  }]

  egress = [for number, rule in each.value.out : {
    rule_no         = 100 + 10 * number, action = "allow", protocol = rule.protocol, cidr_block = rule.cidr, from_port = rule.from, to_port = rule.to
    ipv6_cidr_block = null, icmp_code = 0, icmp_type = 0
  }]

  tags = { Name = "${var.name}-${each.key}" }
}

# One association per subnet: a further zone leaves the ACLs as they are.
resource "aws_network_acl_association" "this" {
  for_each = local.subnets

  region         = var.region
  network_acl_id = aws_network_acl.tier[local.acl_of[each.value.tier]].id
  subnet_id      = aws_subnet.this[each.key].id
}
