# Ways out: public subnets to the internet, private ones and pods through NAT where there is one, restricted ones nowhere.

locals {
  made_zones     = var.vpc == null ? toset([]) : var.zones
  made_nat_zones = var.vpc == null ? toset([]) : var.nat_zones
  # A zone without NAT of its own uses the first that has one.
  nat_of = { for zone in local.made_zones : zone => contains(var.nat_zones, zone) ? zone : sort(tolist(var.nat_zones))[0] if length(var.nat_zones) > 0 }

  private_route_table_ids    = var.vpc == null ? try(var.existing_vpc.private_route_tables, {}) : { for zone in local.made_zones : zone => aws_route_table.private[zone].id }
  restricted_route_table_ids = var.vpc == null ? try(var.existing_vpc.restricted_route_tables, {}) : { for zone in local.made_zones : zone => aws_route_table.restricted[zone].id }
}

resource "aws_internet_gateway" "this" {
  for_each = local.made

  region = var.region
  vpc_id = aws_vpc.this["this"].id
  tags   = { Name = var.name }
}

resource "aws_route_table" "public" {
  for_each = local.made

  region = var.region
  vpc_id = aws_vpc.this["this"].id
  tags   = { Name = "${var.name}-public" }
}

resource "aws_route" "internet" {
  for_each = local.made

  region                 = var.region
  route_table_id         = aws_route_table.public["this"].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this["this"].id
}

resource "aws_route_table_association" "public" {
  for_each = local.made_zones

  region         = var.region
  subnet_id      = aws_subnet.this["public/${each.key}"].id
  route_table_id = aws_route_table.public["this"].id
}

resource "aws_route_table" "private" {
  for_each = local.made_zones

  region = var.region
  vpc_id = aws_vpc.this["this"].id
  tags   = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = local.made_zones

  region         = var.region
  subnet_id      = aws_subnet.this["private/${each.key}"].id
  route_table_id = aws_route_table.private[each.key].id
}

resource "aws_route_table_association" "pods" {
  for_each = local.made_zones

  region         = var.region
  subnet_id      = aws_subnet.this["pods/${each.key}"].id
  route_table_id = aws_route_table.private[each.key].id
}

resource "aws_route_table" "restricted" {
  for_each = local.made_zones

  region = var.region
  vpc_id = aws_vpc.this["this"].id
  tags   = { Name = "${var.name}-restricted-${each.key}" }
}

resource "aws_route_table_association" "restricted" {
  for_each = local.made_zones

  region         = var.region
  subnet_id      = aws_subnet.this["restricted/${each.key}"].id
  route_table_id = aws_route_table.restricted[each.key].id
}

resource "aws_eip" "nat" {
  for_each = local.made_nat_zones

  region = var.region
  domain = "vpc"
  tags   = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = local.made_nat_zones

  region            = var.region
  allocation_id     = aws_eip.nat[each.key].id
  connectivity_type = "public"
  subnet_id         = aws_subnet.this["public/${each.key}"].id
  tags              = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "nat" {
  for_each = local.nat_of

  region                 = var.region
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.value].id
}
