# Ways to AWS that don't cross the internet. endpoint-policies.tf says what may be done through them.

locals {
  # The gateways stand in every private and restricted table; an existing VPC may have none for restricted subnets.
  gateway_tables = merge(
    { for zone, table in local.private_route_table_ids : "private/${zone}" => table },
    { for zone, table in local.restricted_route_table_ids : "restricted/${zone}" => table },
  )

  gateway_routes = merge([for service in ["s3", "dynamodb"] : { for table, id in local.gateway_tables : "${service}/${table}" => { service = service, table = id } }]...)

  endpoint_zones = merge([for endpoint in var.endpoints : { for zone, subnet in local.subnet_ids["private"] : "${endpoint}/${zone}" => { endpoint = endpoint, subnet = subnet } }]...)
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["s3", "dynamodb"])

  region            = var.region
  vpc_id            = local.vpc_id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  policy            = data.aws_iam_policy_document.endpoint[each.key].json
  tags              = { Name = "${var.name}-${each.key}" }
}

# Tables and subnets are associated one by one: a further zone leaves the endpoints as they are.
resource "aws_vpc_endpoint_route_table_association" "gateway" {
  for_each = local.gateway_routes

  region          = var.region
  vpc_endpoint_id = aws_vpc_endpoint.gateway[each.value.service].id
  route_table_id  = each.value.table
}

resource "aws_security_group" "endpoints" {
  region                 = var.region
  name                   = "${var.name}-endpoints"
  description            = "AWS endpoints: TLS from nodes and pods"
  vpc_id                 = local.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = { nodes = local.cidr, pods = local.pod_cidr }

  region            = var.region
  security_group_id = aws_security_group.endpoints.id
  description       = "TLS from the ${each.key}"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.endpoints

  region              = var.region
  vpc_id              = local.vpc_id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  ip_address_type     = "ipv4"
  policy              = try(data.aws_iam_policy_document.endpoint[each.key].json, null)
  tags                = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_endpoint_subnet_association" "interface" {
  for_each = local.endpoint_zones

  region          = var.region
  vpc_endpoint_id = aws_vpc_endpoint.interface[each.value.endpoint].id
  subnet_id       = each.value.subnet
}
