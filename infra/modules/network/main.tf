# A Region's network: three tiers and the pods' subnets in every zone. Addresses follow from the zone's id.

data "aws_partition" "current" {}

locals {
  made = var.vpc == null ? {} : { this = var.vpc }

  # The number at the end of the id is the zone's slot for good: az1 is 0, whichever other zones there are.
  slots = { for zone in var.zones : zone => tonumber(regex("[1-8]$", zone)) - 1 }

  # Of a /16: private 8 x /20 in the first half, restricted 8 x /22 from .128, public 8 x /24 from .192; pods 8 x /19 of their own.
  tiers = {
    private    = { bits = 4, first = 0, cidr = try(var.vpc.cidr, null) }
    restricted = { bits = 6, first = 32, cidr = try(var.vpc.cidr, null) }
    public     = { bits = 8, first = 192, cidr = try(var.vpc.cidr, null) }
    pods       = { bits = 3, first = 0, cidr = try(var.vpc.pod_cidr, null) }
  }

  subnets = merge([for tier, layout in local.tiers : {
    for zone, slot in local.slots : "${tier}/${zone}" => { tier = tier, zone = zone, cidr = cidrsubnet(layout.cidr, layout.bits, layout.first + slot) }
  } if var.vpc != null]...)

  # What the load-balancer controller and Karpenter look for.
  discovery = {
    public     = { "kubernetes.io/role/elb" = "1" }
    private    = { "kubernetes.io/role/internal-elb" = "1", "karpenter.sh/discovery" = var.name }
    restricted = {}
    pods       = {}
  }

  vpc_id   = var.vpc == null ? try(var.existing_vpc.id, null) : try(aws_vpc.this["this"].id, null)
  cidr     = var.vpc == null ? try(var.existing_vpc.cidr, null) : try(var.vpc.cidr, null)
  pod_cidr = var.vpc == null ? try(var.existing_vpc.pod_cidr, null) : try(var.vpc.pod_cidr, null)

  subnet_ids = { for tier in keys(local.tiers) : tier => (
    var.vpc == null ?
    tomap({ public = try(var.existing_vpc.public_subnets, {}), private = try(var.existing_vpc.private_subnets, {}), restricted = try(var.existing_vpc.restricted_subnets, {}), pods = try(var.existing_vpc.pod_subnets, {}) })[tier] :
    tomap({ for zone in var.zones : zone => aws_subnet.this["${tier}/${zone}"].id if var.vpc != null })
  ) }
}

resource "aws_vpc" "this" {
  for_each = local.made

  region                               = var.region
  cidr_block                           = each.value.cidr
  instance_tenancy                     = "default"
  enable_dns_support                   = true
  enable_dns_hostnames                 = true
  enable_network_address_usage_metrics = true
  assign_generated_ipv6_cidr_block     = false

  tags = { Name = var.name }
}

resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  for_each = local.made

  region     = var.region
  vpc_id     = aws_vpc.this["this"].id
  cidr_block = each.value.pod_cidr
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  region                          = var.region
  vpc_id                          = aws_vpc.this["this"].id
  availability_zone_id            = each.value.zone
  cidr_block                      = each.value.cidr
  map_public_ip_on_launch         = false
  assign_ipv6_address_on_creation = false

  tags = merge({ Name = "${var.name}-${each.value.tier}-${each.value.zone}", tier = each.value.tier }, local.discovery[each.value.tier])

  depends_on = [aws_vpc_ipv4_cidr_block_association.pods]
}

# The defaults admit nothing, so that what forgets to name a group or an ACL is cut off and noticed.
resource "aws_default_security_group" "this" {
  for_each = local.made

  region  = var.region
  vpc_id  = aws_vpc.this["this"].id
  ingress = []
  egress  = []
}

resource "aws_default_network_acl" "this" {
  for_each = local.made

  region                 = var.region
  default_network_acl_id = aws_vpc.this["this"].default_network_acl_id
}
