//! What of a plan is billed for being there, by the names of the price file.
//!
//! Entry points: [`Side`], [`billed`].
//! Counted are things with a price per hour or month. What is billed by use (bytes, requests,
//! minutes) isn't, and the price file says so of each type; a type that it doesn't know is an
//! error. Pools count at the size that they are planned with, and a reservation is paid whether
//! its instances run or not.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::Value;

use super::prices::Prices;

/// Number of each priced thing, by Region and name.
pub(super) type Bill = BTreeMap<(String, String), f64>;

/// Of which end of a plan's changes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    Before,
    After,
}

impl Side {
    /// What is there at this end, as changes that only have an after.
    pub(super) fn of(self, plan: &Value) -> Vec<Value> {
        let changes = plan["resource_changes"].as_array().into_iter().flatten();
        let mut there = Vec::new();
        for change in changes.filter(|change| change["mode"] == "managed") {
            let end = if matches!(self, Self::Before) { "before" } else { "after" };
            let values = change["change"][end].clone();
            if !values.is_null() {
                let mut change = change.clone();
                change["change"] = serde_json::json!({ "after": values });
                there.push(change);
            }
        }
        there
    }
}

/// What there is and how much of it is billed.
struct Reading<'a> {
    changes: &'a [Value],
    /// Region of what names none.
    region: &'a str,
    /// GB of a database that takes its size from another stack's.
    database_gb: f64,
    bill: Bill,
}

/// The bill of what is there.
pub(super) fn billed(
    changes: &[Value],
    region: &str,
    prices: &Prices,
    database_gb: f64,
) -> Result<Bill> {
    let mut reading = Reading { changes, region, database_gb, bill: Bill::new() };
    for change in changes {
        let kind = change["type"].as_str().unwrap_or_default();
        let known = reading.count(kind, change);
        if !known && !prices.free.contains(kind) && !prices.usage.contains_key(kind) {
            bail!("{} knows no {kind}: priced, free or by use?", super::prices::FILE);
        }
    }
    Ok(reading.instances())
}

/// GB that the databases have.
pub(super) fn database_gb(changes: &[Value]) -> Option<f64> {
    changes.iter().find_map(|change| change["change"]["after"]["allocated_storage"].as_f64())
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0.0)
}

impl Reading<'_> {
    fn add(&mut self, after: &Value, name: &str, number: f64) {
        let region = after["region"].as_str().unwrap_or(self.region).to_owned();
        *self.bill.entry((region, name.to_owned())).or_default() += number;
    }

    /// Counts a resource; false when it has no price per hour or month.
    fn count(&mut self, kind: &str, change: &Value) -> bool {
        let after = &change["change"]["after"];
        let whole = match kind {
            "aws_eks_cluster" => "eks.cluster",
            "aws_nat_gateway" => "nat.gateway",
            "aws_eip" => "ipv4.public",
            "aws_lb" => "alb",
            "aws_vpc_endpoint_subnet_association" => "endpoint.interface",
            "aws_kms_key" | "aws_kms_replica_key" => "kms.key",
            "aws_secretsmanager_secret" => "secret",
            "aws_cloudwatch_composite_alarm" => "alarm.composite",
            "aws_cloudwatch_dashboard" => "dashboard",
            "aws_route53_zone" => "dns.zone",
            "aws_route53_health_check" => "dns.health-check",
            _ => return self.count_parts(kind, change),
        };
        self.add(after, whole, 1.0);
        true
    }

    /// Counts what is billed by its parts or its size.
    fn count_parts(&mut self, kind: &str, change: &Value) -> bool {
        let after = &change["change"]["after"];
        match kind {
            "aws_cloudwatch_metric_alarm" => {
                // Each metric that an expression reads counts as one alarm.
                let queries = after["metric_query"].as_array().into_iter().flatten();
                let metrics = queries.filter(|query| query["metric"][0].is_object()).count();
                self.add(after, "alarm", (metrics as f64).max(1.0));
            }
            "aws_wafv2_web_acl" => {
                let text = after["rule_json"].as_str().unwrap_or("[]");
                let rules: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
                self.add(after, "waf.acl", 1.0);
                self.add(after, "waf.rule", rules.len() as f64);
            }
            "aws_kinesis_stream" => {
                let shards = number(&after["shard_count"]);
                self.add(after, "kinesis.shard", shards);
                let kept = number(&after["retention_period"]) > 24.0;
                self.add(after, "kinesis.retention", if kept { shards } else { 0.0 });
            }
            "aws_kinesis_stream_consumer" => {
                let shards =
                    self.beside(change, "aws_kinesis_stream", |stream| &stream["shard_count"]);
                self.add(after, "kinesis.fan-out", shards);
            }
            "aws_db_instance" => {
                let copies = if after["multi_az"] == true { 2.0 } else { 1.0 };
                let class = after["instance_class"].as_str().unwrap_or_default();
                self.add(after, class, copies);
                let own = number(&after["allocated_storage"]);
                let gb = if own > 0.0 { own } else { self.database_gb };
                self.add(after, "db.storage", gb * copies);
            }
            "aws_elasticache_replication_group" => {
                let replicas = 1.0 + number(&after["replicas_per_node_group"]);
                let nodes = number(&after["num_node_groups"]) * replicas;
                self.add(after, after["node_type"].as_str().unwrap_or_default(), nodes);
            }
            "aws_ecs_service" => {
                let tasks = number(&after["desired_count"]);
                let cpu = self.beside(change, "aws_ecs_task_definition", |task| &task["cpu"]);
                let memory = self.beside(change, "aws_ecs_task_definition", |task| &task["memory"]);
                self.add(after, "fargate.arm.vcpu", tasks * cpu / 1024.0);
                self.add(after, "fargate.arm.gb", tasks * memory / 1024.0);
            }
            // Counted together, because an instance inside a reservation is paid once.
            "aws_eks_node_group" | "aws_ec2_capacity_reservation" => {}
            _ => return false,
        }
        true
    }

    /// A number of the resource of a type in the same module.
    fn beside(&self, change: &Value, kind: &str, take: impl Fn(&Value) -> &Value) -> f64 {
        let mut found = self.changes.iter().filter(|other| {
            other["type"] == kind && other["module_address"] == change["module_address"]
        });
        found.next().map_or(0.0, |other| number(take(&other["change"]["after"])))
    }

    /// The bill with instances and their disks: of each type as many as run or are reserved.
    fn instances(mut self) -> Bill {
        let mut running = Bill::new();
        let mut reserved = Bill::new();
        for change in self.changes {
            let after = &change["change"]["after"];
            let region = after["region"].as_str().unwrap_or(self.region).to_owned();
            let of = |name: &Value| (region.clone(), name.as_str().unwrap_or_default().to_owned());
            if change["type"] == "aws_ec2_capacity_reservation" {
                let number = number(&after["instance_count"]);
                *reserved.entry(of(&after["instance_type"])).or_default() += number;
            } else if change["type"] == "aws_eks_node_group" {
                let template = self.template(change);
                let nodes = number(&after["scaling_config"][0]["desired_size"]);
                let own = &after["instance_types"][0];
                let name = if own.is_string() { own } else { &template["instance_type"] };
                *running.entry(of(name)).or_default() += nodes;
                let disks = template["block_device_mappings"].as_array().into_iter().flatten();
                let gb: f64 = disks.map(|disk| number(&disk["ebs"][0]["volume_size"])).sum();
                self.add(after, "ebs.gp3", nodes * gb);
            }
        }
        for (instance, number) in running {
            let all = reserved.entry(instance).or_default();
            *all = all.max(number);
        }
        for (instance, number) in reserved {
            *self.bill.entry(instance).or_default() += number;
        }
        self.bill.retain(|_, number| *number > 0.0);
        self.bill
    }

    /// The launch template of a node group: of its module, and of its zone when there are several.
    fn template(&self, group: &Value) -> Value {
        let module = group["module_address"].as_str().unwrap_or_default();
        let zone = group["index"].as_str().map(|zone| format!("\"{zone}\""));
        let mut below = self.changes.iter().filter(|change| {
            let address = change["module_address"].as_str().unwrap_or_default();
            change["type"] == "aws_launch_template"
                && address.starts_with(module)
                && zone.as_ref().is_none_or(|zone| address.contains(zone))
        });
        below.next().map(|template| template["change"]["after"].clone()).unwrap_or_default()
    }
}
