provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod"
  region          = "eu-west-1"
  account_id      = "123456789012"
  environment     = "prod"
  kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  zones           = ["euw1-az1", "euw1-az2", "euw1-az3"]
  vpc             = { cidr = "10.16.0.0/16" }
}

run "every_zone_has_every_tier" {
  command = plan

  assert {
    condition     = toset(keys(aws_subnet.this)) == toset(flatten([for tier in ["public", "private", "restricted", "pods"] : [for zone in var.zones : "${tier}/${zone}"]]))
    error_message = "A zone lacks a tier, or has one too many."
  }

  assert {
    condition     = alltrue([for subnet, settings in aws_subnet.this : settings.availability_zone_id == split("/", subnet)[1]])
    error_message = "A subnet isn't in the zone that its key names."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.this : !subnet.map_public_ip_on_launch])
    error_message = "A subnet gives out public addresses by itself."
  }

  assert {
    condition     = aws_subnet.this["private/euw1-az1"].cidr_block == "10.16.0.0/20" && aws_subnet.this["private/euw1-az3"].cidr_block == "10.16.32.0/20" && aws_subnet.this["restricted/euw1-az2"].cidr_block == "10.16.132.0/22" && aws_subnet.this["public/euw1-az3"].cidr_block == "10.16.194.0/24" && aws_subnet.this["pods/euw1-az2"].cidr_block == "100.64.32.0/19"
    error_message = "A range isn't the one that follows from the zone."
  }

  assert {
    condition     = aws_vpc_ipv4_cidr_block_association.pods["this"].cidr_block == "100.64.0.0/16"
    error_message = "Pods don't lie in their own range."
  }

  assert {
    condition     = aws_subnet.this["public/euw1-az1"].tags["kubernetes.io/role/elb"] == "1" && aws_subnet.this["private/euw1-az1"].tags["kubernetes.io/role/internal-elb"] == "1"
    error_message = "The load-balancer controller can't tell the tiers apart."
  }
}

run "a_further_zone_moves_nothing" {
  command = plan

  variables {
    zones       = ["euw1-az1", "euw1-az3"]
    environment = "dev"
  }

  assert {
    condition     = aws_subnet.this["private/euw1-az3"].cidr_block == "10.16.32.0/20" && aws_subnet.this["pods/euw1-az3"].cidr_block == "100.64.64.0/19"
    error_message = "A zone's range depends on the other zones."
  }
}

run "prod_has_no_way_out_but_endpoints" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_route.nat) == 0
    error_message = "There is a NAT gateway in prod, or a private route to the internet."
  }

  assert {
    condition     = length(aws_route_table_association.public) == 3 && length(aws_route_table_association.private) == 3 && length(aws_route_table_association.restricted) == 3 && length(aws_route_table_association.pods) == 3
    error_message = "A subnet has no route table of its tier."
  }

  assert {
    condition     = length(setsubtract(["kinesis-streams", "sqs", "events", "sts", "eks-auth", "kms", "monitoring", "ecr.api", "ecr.dkr", "ec2", "eks", "autoscaling", "elasticloadbalancing", "logs", "secretsmanager", "ssm", "ssmmessages", "guardduty-data", "xray"], keys(aws_vpc_endpoint.interface))) == 0
    error_message = "A service that the router calls has no endpoint."
  }

  assert {
    condition     = toset([for endpoint in aws_vpc_endpoint.gateway : endpoint.service_name]) == toset(["com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.dynamodb"]) && alltrue([for endpoint in aws_vpc_endpoint.gateway : endpoint.vpc_endpoint_type == "Gateway"])
    error_message = "S3 or DynamoDB isn't reached by a gateway."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.private_dns_enabled])
    error_message = "An endpoint doesn't answer under the service's own name."
  }

  assert {
    condition     = alltrue(flatten([for endpoint in var.endpoints : [for zone in var.zones : contains(keys(aws_vpc_endpoint_subnet_association.interface), "${endpoint}/${zone}")]])) && length(aws_vpc_endpoint_route_table_association.gateway) == 12
    error_message = "An endpoint is missing in a zone, or a gateway in a private or restricted table."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.endpoints : rule.cidr_ipv4]) == toset(["10.16.0.0/16", "100.64.0.0/16"]) && alltrue([for rule in aws_vpc_security_group_ingress_rule.endpoints : rule.from_port == 443 && rule.to_port == 443])
    error_message = "Endpoints are open to more than nodes and pods, or to more than TLS."
  }
}

run "endpoints_serve_this_account_only" {
  command = plan

  assert {
    condition     = alltrue(flatten([for service in ["dynamodb", "kinesis-streams", "sqs", "sns", "events", "secretsmanager"] : [for s in jsondecode(data.aws_iam_policy_document.endpoint[service].json).Statement : s.Condition.StringEquals["aws:PrincipalAccount"] == "123456789012"]]))
    error_message = "Another account's credentials can carry data out."
  }

  assert {
    condition     = !anytrue(flatten([for service in ["dynamodb", "kinesis-streams", "sqs", "sns", "events", "secretsmanager"] : [for s in jsondecode(data.aws_iam_policy_document.endpoint[service].json).Statement : contains(flatten([s.Resource]), "*") || length(regexall("\\*", jsonencode(s.Action))) > 0]]))
    error_message = "An endpoint's policy has a wildcard action or resource."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.endpoint["dynamodb"].json).Statement[0].Resource == "arn:aws:dynamodb:eu-west-1:123456789012:table/orderflow-prod-*"
    error_message = "A table of another product can be reached."
  }
}

run "acls_fence_the_tiers" {
  command = plan

  assert {
    condition     = length(aws_default_security_group.this["this"].ingress) == 0 && length(aws_default_security_group.this["this"].egress) == 0 && length(aws_default_network_acl.this["this"].ingress) == 0
    error_message = "The default group admits something."
  }

  assert {
    condition     = toset(keys(aws_network_acl_association.this)) == toset(keys(aws_subnet.this)) && local.acl_of == { public = "public", private = "private", pods = "private", restricted = "restricted" }
    error_message = "A subnet has no ACL, or another tier's."
  }

  assert {
    condition     = alltrue([for rule in concat(tolist(aws_network_acl.tier["restricted"].ingress), tolist(aws_network_acl.tier["restricted"].egress)) : contains(["10.16.0.0/16", "100.64.0.0/16"], rule.cidr_block)])
    error_message = "Databases can be reached from outside the VPC, or can reach out."
  }

  assert {
    condition     = alltrue(flatten([for acl in aws_network_acl.tier : [for rule in acl.ingress : rule.cidr_block != "0.0.0.0/0" || ((rule.from_port > 22 || rule.to_port < 22) && (rule.from_port > 3389 || rule.to_port < 3389) && rule.protocol == "tcp")]]))
    error_message = "SSH or RDP passes from the internet."
  }

  assert {
    condition     = alltrue([for rule in aws_network_acl.tier["private"].egress : rule.cidr_block != "0.0.0.0/0" || (rule.from_port == 443 && rule.to_port == 443)])
    error_message = "Something else than TLS leaves the private tier."
  }
}

run "a_cheap_dev_region_has_one_nat" {
  command = plan

  variables {
    environment = "dev"
    nat_zones   = ["euw1-az2"]
    endpoints   = []
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["euw1-az2"] && toset(keys(aws_route.nat)) == toset(["euw1-az1", "euw1-az2", "euw1-az3"]) && local.nat_of["euw1-az1"] == "euw1-az2"
    error_message = "The one NAT gateway doesn't serve every zone."
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_vpc_endpoint.gateway) == 2
    error_message = "An interface endpoint is paid for."
  }
}

run "an_existing_vpc_is_used_as_it_is" {
  command = plan

  variables {
    vpc = null
    existing_vpc = {
      id                      = "vpc-0123456789abcdef0"
      cidr                    = "10.80.0.0/16"
      public_subnets          = {}
      private_subnets         = { euw1-az1 = "subnet-0000000000000000a", euw1-az2 = "subnet-0000000000000000b", euw1-az3 = "subnet-0000000000000000c" }
      restricted_subnets      = { euw1-az1 = "subnet-0000000000000001a", euw1-az2 = "subnet-0000000000000001b", euw1-az3 = "subnet-0000000000000001c" }
      pod_subnets             = { euw1-az1 = "subnet-0000000000000002a", euw1-az2 = "subnet-0000000000000002b", euw1-az3 = "subnet-0000000000000002c" }
      private_route_tables    = { euw1-az1 = "rtb-0000000000000000a", euw1-az2 = "rtb-0000000000000000b", euw1-az3 = "rtb-0000000000000000c" }
      restricted_route_tables = {}
    }
  }

  assert {
    condition     = length(aws_vpc.this) + length(aws_subnet.this) + length(aws_network_acl.tier) + length(aws_route_table.private) + length(aws_internet_gateway.this) == 0
    error_message = "Something is made in a VPC that has an owner."
  }

  assert {
    condition     = toset([for zone in var.zones : aws_vpc_endpoint_subnet_association.interface["sts/${zone}"].subnet_id]) == toset(["subnet-0000000000000000a", "subnet-0000000000000000b", "subnet-0000000000000000c"]) && toset(keys(aws_vpc_endpoint_route_table_association.gateway)) == toset(flatten([for service in ["s3", "dynamodb"] : [for zone in var.zones : "${service}/private/${zone}"]]))
    error_message = "Its endpoints don't lie in its private subnets and tables."
  }

  assert {
    condition     = aws_flow_log.group["this"].vpc_id == "vpc-0123456789abcdef0" && output.vpc_id == "vpc-0123456789abcdef0" && output.vpc_cidr == "10.80.0.0/16"
    error_message = "Its traffic isn't recorded."
  }

  assert {
    condition     = alltrue([for s in jsondecode(data.aws_iam_policy_document.endpoint["s3"].json).Statement : try(s.Condition.StringEquals["aws:PrincipalAccount"], "") == "123456789012" || try(s.Condition.StringEquals["aws:SourceVpc"], "") == "vpc-0123456789abcdef0"])
    error_message = "Nodes can fetch from buckets other than AWS's and the product's, or from another VPC."
  }
}
