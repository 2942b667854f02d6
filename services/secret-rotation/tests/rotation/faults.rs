//! Whatever breaks, wherever: the next rotation ends well, and nobody was locked out meanwhile.

use secret_rotation::secret::Engine;

use crate::ministack::Fault;
use crate::world::{STEPS, World};

#[test]
fn postgres_outlives_a_fault_at_every_call_and_between_all_steps() {
    let Some(mut world) = World::open(Engine::Postgres, "postgres_faults") else { return };
    outlives(&mut world);
}

#[test]
fn mariadb_outlives_a_fault_at_every_call_and_between_all_steps() {
    let Some(mut world) = World::open(Engine::Mysql, "mariadb_faults") else { return };
    outlives(&mut world);
}

fn outlives(world: &mut World) {
    let (application, master) = (world.application.clone(), world.master.clone());
    conversation_breaks(world, &application);
    conversation_breaks(world, &master);
    for secret in [&application, &master] {
        process_dies(world, secret, Fault::Before);
        process_dies(world, secret, Fault::After);
        database_dies(world, secret);
        manager_is_gone(world, secret);
    }
}

/// The connection to the database breaks after each piece of the conversation that sets a
/// password, with a user that must be made.
fn conversation_breaks(world: &mut World, secret: &str) {
    let mut pieces = 1;
    loop {
        forget_the_other_user(world);
        let token = world.token();
        world.step("createSecret", secret, &token).expect("lives").expect("needs no database");
        world.relay.break_after(pieces);
        let set = world.step("setSecret", secret, &token).expect("lives");
        let broke = world.relay.mend();
        let after = format!("the connection broke after {pieces} pieces: {set:?}");
        world.recover(secret, &token, &after);
        if !broke {
            assert!(set.is_ok() && pieces > 8, "{after}");
            return;
        }
        pieces += 1;
    }
}

/// The function is killed at each call to Secrets Manager.
fn process_dies(world: &mut World, secret: &str, fault: fn(usize) -> Fault) {
    let mut call = 0;
    loop {
        let token = world.token();
        let pid = world.start();
        world.manager.arm(fault(call), Some(pid));
        let rotated = world.rotate(secret, &token);
        let struck = world.manager.struck();
        let after = format!("killed, {:?}: {rotated:?}", fault(call));
        world.recover(secret, &token, &after);
        if !struck {
            assert!(rotated.is_ok() && call > 8, "{after}");
            return;
        }
        assert!(rotated.is_err(), "{after}");
        call += 1;
    }
}

/// The database is killed between every two steps.
fn database_dies(world: &mut World, secret: &str) {
    for before in 0..STEPS.len() {
        let token = world.token();
        for step in &STEPS[..before] {
            world.step(step, secret, &token).expect("lives").expect("works");
        }
        world.server.kill();
        let met = world.step(STEPS[before], secret, &token).expect("lives");
        // To make a value nobody needs the database.
        let expected = met.as_ref().err().is_some_and(|error| error.contains("OR-0403"));
        assert!(expected || before == 0, "{met:?}");
        world.server.run();
        let master = world.read(&world.master, "AWSCURRENT").expect("it is there");
        world.server.wait(&master);
        world.recover(secret, &token, &format!("the database died before {}", STEPS[before]));
    }
}

/// Secrets Manager refuses connections between every two steps.
fn manager_is_gone(world: &mut World, secret: &str) {
    for before in 0..STEPS.len() {
        let token = world.token();
        for step in &STEPS[..before] {
            world.step(step, secret, &token).expect("lives").expect("works");
        }
        world.manager.arm(Fault::Refuse, None);
        let met = world.step(STEPS[before], secret, &token).expect("lives");
        assert!(met.is_err_and(|error| error.contains("OR-0400")));
        world.recover(secret, &token, &format!("no Secrets Manager before {}", STEPS[before]));
    }
}

/// Takes the user away that the next rotation sets, so that it must be made again.
fn forget_the_other_user(world: &World) {
    let master = world.read(&world.master, "AWSCURRENT").expect("it is there");
    let current = world.read(&world.application, "AWSCURRENT").expect("it is there");
    let other = match (&current.password, current.user.as_str()) {
        (Some(_), "reconciler") => "reconciler_clone",
        _ => "reconciler",
    };
    let statement = match world.engine {
        Engine::Postgres => format!("DROP ROLE IF EXISTS {other}"),
        Engine::Mysql => format!("DROP USER IF EXISTS {other}"),
    };
    world.sql(&master, &statement).expect("the master may");
}
