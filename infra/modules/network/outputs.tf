output "vpc_id" {
  description = "Id of the VPC, made or given."
  value       = local.vpc_id
}

output "vpc_cidr" {
  description = "Range of the nodes, for rules that admit them."
  value       = local.cidr
}

output "pod_cidr" {
  description = "Range of the pods, for rules that admit them."
  value       = local.pod_cidr
}

output "subnet_ids" {
  description = "Subnets by tier (public, private, restricted, pods) and zone id."
  value       = local.subnet_ids
}

output "private_route_table_ids" {
  description = "Route tables of the private and pod subnets by zone id, for attachments that add routes."
  value       = local.private_route_table_ids
}

output "endpoint_security_group_id" {
  description = "Security group of the interface endpoints; it admits TLS from nodes and pods."
  value       = aws_security_group.endpoints.id
}

output "gateway_endpoint_ids" {
  description = "Ids of the S3 and DynamoDB gateways, for bucket policies that admit one VPC only."
  value       = { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.id }
}

output "gateway_prefix_list_ids" {
  description = "Prefix lists of the S3 and DynamoDB gateways, for egress rules that reach nothing else."
  value       = { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.prefix_list_id }
}

output "flow_log_filters" {
  description = "Pattern of each flow-log filter by name, for tests on sample records."
  value       = { for filter in keys(local.flow_thresholds) : filter => local.flow_filters[filter].pattern }
}

output "flow_log_bucket" {
  description = "Bucket that keeps the flow logs, or null when nothing is recorded."
  value       = var.flow_logs == null ? null : local.flow_bucket
}
