//! What a rotation does, what it refuses, and what it never says.

use std::collections::BTreeSet;
use std::path::Path;

use aws::Value as Secret;
use secret_rotation::database::Answer;
use secret_rotation::secret::Engine;
use serde_json::{Value, json};

use crate::certificates;
use crate::world::{PREFIX, World};

#[test]
fn postgres_users_alternate_share_what_they_make_and_are_never_told() {
    let Some(mut world) = World::open(Engine::Postgres, "postgres_rules") else { return };
    world.watch();
    alternate(&mut world);
    refuse(&mut world);
}

#[test]
fn mariadb_users_alternate_share_what_they_make_and_are_never_told() {
    let Some(mut world) = World::open(Engine::Mysql, "mariadb_rules") else { return };
    alternate(&mut world);
    refuse(&mut world);
}

fn alternate(world: &mut World) {
    let (application, master) = (world.application.clone(), world.master.clone());
    let mut passwords = BTreeSet::new();
    let mut users = Vec::new();
    for round in 0..3 {
        for secret in [&master, &application] {
            let token = world.token();
            world.rotate(secret, &token).expect("it rotates");
            let login = world.read(secret, "AWSCURRENT").expect("it is there");
            let password = login.password.as_ref().expect("it has one").reveal().to_owned();
            assert!(passwords.insert(password), "a password came twice");
            assert_eq!(world.login(secret, "AWSCURRENT"), Answer::Welcome);
        }
        let current = world.read(&application, "AWSCURRENT").expect("it is there");
        users.push(current.user.clone());
        // Each adds to what the others made, in a table and in rows.
        let statement = match round {
            0 => "CREATE TABLE cases (round_0 int)".to_owned(),
            round => format!("ALTER TABLE cases ADD COLUMN round_{round} int"),
        };
        world.sql(&current, &statement).expect("the application may");
        world.sql(&current, "INSERT INTO cases (round_0) VALUES (1)").expect("it may write");
        // Nobody who is connected with the former version is locked out by this one.
        if round > 0 {
            assert_eq!(world.login(&application, "AWSPREVIOUS"), Answer::Welcome);
        }
        world.check("a rotation");
    }
    assert_eq!(users, ["reconciler", "reconciler_clone", "reconciler"]);
    let current = world.read(&application, "AWSCURRENT").expect("it is there");
    let grown = world.sql(&current, "CREATE USER intruder");
    assert!(grown.is_err(), "the application may make users");
    silent(world, &passwords);
    permitted(world);
}

/// No password stands in what the function or the server wrote.
fn silent(world: &World, passwords: &BTreeSet<String>) {
    let logs = world.logs();
    assert!(logs.contains("setSecret"), "the function writes a line a step");
    for password in passwords {
        assert!(!logs.contains(password.as_str()), "a log in {} tells", world.folder().display());
    }
}

/// The calls that were made are the calls that the role permits: no more, no less.
fn permitted(world: &World) {
    let infra = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra");
    let text = std::fs::read_to_string(infra.join("policy/services.json")).expect("it is there");
    let services: Value = serde_json::from_str(&text).expect("it is JSON");
    let statements = services["secret-rotation"].as_array().expect("it has statements");
    let actions = statements.iter().flat_map(|statement| statement["actions"].as_array());
    let actions = actions.flatten().filter_map(Value::as_str).map(str::to_owned);
    // The key's are what Secrets Manager does in the function's name.
    let permitted: BTreeSet<String> =
        actions.filter(|action| !action.starts_with("kms:")).collect();
    let state = world.manager.state.lock().expect("no thread panics with it");
    assert_eq!(state.operations, permitted);
}

fn refuse(world: &mut World) {
    let application = world.application.clone();
    let refused = |world: &mut World, step: &str, secret: &str, token: &str, code: &str| {
        let said = world.step(step, secret, token).expect("lives");
        let error = said.expect_err("it is refused");
        assert!(error.starts_with(code), "{step}: {error}");
    };
    // Steps out of turn.
    let token = world.token();
    refused(world, "finishSecret", &application, &token, "OR-0401");
    world.step("createSecret", &application, &token).expect("lives").expect("works");
    refused(world, "finishSecret", &application, &token, "OR-0404");
    refused(world, "dropSecret", &application, &token, "OR-0401");
    // Another database's secret.
    let foreign = json!({ "engine": "postgres", "username": "x", "password": "y" });
    let foreign = world.manager.create("other/application", &foreign);
    refused(world, "createSecret", &foreign, &token, "OR-0401");
    // A pending value that would send the master's password elsewhere.
    let current = world.read(&application, "AWSCURRENT").expect("it is there");
    for host in ["elsewhere.example.com", "127.0.0.1"] {
        let token = world.token();
        let elsewhere = current.next().expect("chance");
        let value = Secret(elsewhere.value().0.replace("\"localhost\"", &format!("\"{host}\"")));
        world.secrets.put_pending(&application, &token, &value).expect("ministack takes it");
        refused(world, "setSecret", &application, &token, "OR-0402");
    }
    // A server whose certificate another authority signed, though the machine trusts that one.
    let other = certificates::make(&world.folder().join("other"));
    let mut config = world.config();
    config["ca_file"] = json!(other.authority);
    let machine = world.server.certificates.authority.clone();
    world.start_with(&config, &machine);
    assert_eq!(world.step("createSecret", &application, &token), None, "it starts");
    world.start_with(&config, &other.authority);
    let token = world.token();
    world.step("createSecret", &application, &token).expect("lives").expect("works");
    refused(world, "setSecret", &application, &token, "OR-0403");
    config["secret_prefix"] = json!(format!("{PREFIX}more/"));
    world.start_with(&config, &other.authority);
    refused(world, "setSecret", &application, &token, "OR-0401");
    world.check("refusals");
}
