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
  account_id      = "123456789012"
  alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:orderflow-prod-alarms"

  zone = {
    domain    = "orderflow.example.com"
    dnssec    = { key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    query_log = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-666666666666" }
  }

  aliases = {
    "console.orderflow.example.com" = { dns_name = "a.eu-west-1.elb.amazonaws.com", zone_id = "Z32O12XQLNTSW2" }
  }

  failovers = {
    eu-west-1    = { name = "api.orderflow.example.com", role = "PRIMARY", dns_name = "a.eu-west-1.elb.amazonaws.com", zone_id = "Z32O12XQLNTSW2", health_check = "primary" }
    eu-central-1 = { name = "api.orderflow.example.com", role = "SECONDARY", dns_name = "b.eu-central-1.elb.amazonaws.com", zone_id = "Z215JYRZR1TBD5" }
  }

  health_checks = { primary = { fqdn = "a.eu-west-1.elb.amazonaws.com" } }
}

run "primary_gives_way_and_secondary_takes_over" {
  command = plan

  assert {
    condition     = aws_route53_record.failover["eu-west-1"].failover_routing_policy[0].type == "PRIMARY" && aws_route53_record.failover["eu-central-1"].failover_routing_policy[0].type == "SECONDARY"
    error_message = "Both halves must be there."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.failover : record.alias[0].evaluate_target_health])
    error_message = "A load balancer without targets must not be an answer."
  }
}

run "alias_points_at_its_target" {
  command = plan

  assert {
    condition     = aws_route53_record.alias["console.orderflow.example.com"].alias[0].name == "a.eu-west-1.elb.amazonaws.com"
    error_message = "The alias must be made."
  }
}

run "health_is_asked_over_tls_from_several_regions" {
  command = plan

  assert {
    condition     = aws_route53_health_check.this["primary"].type == "HTTPS" && aws_route53_health_check.this["primary"].enable_sni && length(aws_route53_health_check.this["primary"].regions) >= 3
    error_message = "The check must use TLS with SNI, from three Regions at least."
  }
}

run "alarm_stands_where_the_metric_is" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.health["primary"].region == "us-east-1" && aws_cloudwatch_metric_alarm.health["primary"].metric_name == "HealthCheckStatus"
    error_message = "Route 53's metrics exist in us-east-1 only."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.health["primary"].treat_missing_data == "breaching"
    error_message = "Silence of a health check is not health."
  }
}

run "zone_is_signed_and_logged" {
  command = plan

  assert {
    condition     = length(aws_route53_hosted_zone_dnssec.this) == 1 && aws_cloudwatch_log_group.query["this"].kms_key_id == var.zone.query_log.kms_key_arn && aws_cloudwatch_log_group.query["this"].region == "us-east-1"
    error_message = "A public zone must be signed, and its queries logged under a key in us-east-1."
  }

  assert {
    condition     = !aws_route53_zone.this["this"].force_destroy
    error_message = "A zone with records must not be destroyed."
  }
}

run "given_zone_is_used" {
  command = plan

  variables {
    zone    = null
    zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && aws_route53_record.failover["eu-west-1"].zone_id == "Z0123456789ABCDEFGHIJ" && output.zone_id == "Z0123456789ABCDEFGHIJ"
    error_message = "Records must go into the given zone, and no zone be made."
  }
}

run "answer_can_be_checked_for_a_text" {
  command = plan

  variables {
    health_checks = { primary = { fqdn = "a.eu-west-1.elb.amazonaws.com", search_string = "ready" } }
  }

  assert {
    condition     = aws_route53_health_check.this["primary"].type == "HTTPS_STR_MATCH"
    error_message = "A text to look for needs the matching type."
  }
}
