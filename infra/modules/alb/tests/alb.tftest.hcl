provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "orderflow-prod-api"
  region          = "eu-west-1"
  environment     = "prod"
  internal        = false
  certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  log_bucket      = "orderflow-prod-eu-west-1-123456789012-alb-logs"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:orderflow-prod-alarms"
  ingress         = { internet = { cidr_ipv4 = "0.0.0.0/0" } }

  network = {
    vpc_id     = "vpc-0123456789abcdef0"
    subnet_ids = { euw1-az1 = "subnet-0aaaaaaaaaaaaaaa1", euw1-az2 = "subnet-0aaaaaaaaaaaaaaa2" }
  }
}

run "only_443_with_tls_1_2_or_later" {
  command = plan

  assert {
    condition     = aws_lb_listener.https.port == 443 && aws_lb_listener.https.protocol == "HTTPS" && startswith(aws_lb_listener.https.ssl_policy, "ELBSecurityPolicy-TLS13-1-2")
    error_message = "The only listener must be HTTPS on 443 with TLS 1.2 or later."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.https : rule.from_port == 443 && rule.to_port == 443])
    error_message = "The group must let 443 in and nothing else."
  }
}

run "unknown_paths_reach_nobody" {
  command = plan

  assert {
    condition     = aws_lb_listener.https.default_action[0].type == "fixed-response" && aws_lb_listener.https.default_action[0].fixed_response[0].status_code == "404"
    error_message = "What no rule knows must end at the listener."
  }
}

run "headers_are_strict" {
  command = plan

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.desync_mitigation_mode == "strictest" && !aws_lb.this.enable_waf_fail_open
    error_message = "Invalid headers must be dropped, smuggling refused, and the firewall must fail closed."
  }

  assert {
    condition     = startswith(aws_lb_listener.https.routing_http_response_strict_transport_security_header_value, "max-age=63072000") && aws_lb_listener.https.routing_http_response_x_content_type_options_header_value == "nosniff"
    error_message = "Answers must carry HSTS and nosniff."
  }
}

run "requests_and_connections_are_logged" {
  command = plan

  assert {
    condition     = aws_lb.this.access_logs[0].enabled && aws_lb.this.connection_logs[0].enabled && aws_lb.this.access_logs[0].bucket == var.log_bucket
    error_message = "Access and connection logs must go to the bucket."
  }
}

run "it_is_protected_and_can_leave_a_zone" {
  command = plan

  assert {
    condition     = aws_lb.this.enable_deletion_protection && aws_lb.this.enable_zonal_shift && length(aws_lb.this.subnets) == 2
    error_message = "It must be protected, answer in every given zone, and be shiftable."
  }
}

run "each_symptom_has_an_alarm" {
  command = plan

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.metric_name]) == toset(["ClientTLSNegotiationErrorCount", "HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "RejectedConnectionCount", "TargetResponseTime"])
    error_message = "Errors, slowness, rejections and failed handshakes must each have an alarm."
  }
}
