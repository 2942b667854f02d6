output "ids" {
  description = "What the account's other stacks need and no name gives, in the shape of their ids.json: the hosted zone's id."
  value       = { zone_id = module.domain.zone_id }
}

output "name_servers" {
  description = "Name servers that the parent domain must delegate to."
  value       = module.domain.name_servers
}

output "workflow_role_arns" {
  description = "Roles that workflows take, by short name."
  value       = module.workflows.role_arns
}

output "alarm_topic_arn" {
  description = "Topic in us-east-1 of the budget's and Route 53's alarms."
  value       = module.notices.topic_arns["alarms"]
}
