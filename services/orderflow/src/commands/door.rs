//! Who answers a command: the instance that runs on the folder, or this process holding the folder.
//!
//! Entry points: [`Door::running`], [`Door::open`], [`Door::at_rest`]; [`Door::ask`],
//! [`Door::close`].
//!
//! Invariants: a folder that somebody holds is never opened a second time (its lock says so); an
//! address that nobody answers on is left from a crash, and the folder is then opened here.
//! Limits: none; proofs of long journals take their time.
//! It decides nothing.
//! On a crash the folder is free again.

use std::path::{Path, PathBuf};

use local::Folder;
use serde_json::{Value, json};

use super::Global;
use crate::ask::{Ask, Desk};
use crate::config::Config;
use crate::error::Error;
use crate::instance::{Instance, Options, take};
use crate::world::Stores;

/// Where a running instance says how it is reached.
const ADDRESS: &str = "instance.json";

/// Who answers.
pub enum Door {
    /// A running instance, over HTTP.
    Running(Client),
    /// This process, with the line running.
    Line(Box<Instance>, Option<String>),
    /// This process; nothing is decided.
    Rest(Box<Desk>, Folder, Option<String>),
}

/// How a running instance is reached.
pub struct Client {
    address: String,
    agent: ureq::Agent,
    token: Option<String>,
}

/// Whether an absent folder is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It is an error: there is nothing to look at.
    Refuse,
    /// A first start makes it.
    Make,
}

// === impl Door ===

impl Door {
    /// The running instance, if one answers.
    ///
    /// # Errors
    /// [`Error::NoFolder`] where the folder must be there and isn't.
    pub fn running(global: &Global, absent: Absent) -> Result<Option<Self>, Error> {
        let data = &global.data;
        if absent == Absent::Refuse && !data.join("genesis").is_file() {
            return Err(Error::NoFolder { folder: data.display().to_string() });
        }
        let client = Client::of_folder(data, token(global)?).filter(Client::answers);
        Ok(client.map(Self::Running))
    }

    /// The running instance, else this process with the line running and the venue beside it.
    ///
    /// # Errors
    /// What keeps the folder from being opened.
    pub fn open(global: &Global, config: Config, absent: Absent) -> Result<Self, Error> {
        if let Some(door) = Self::running(global, absent)? {
            return Ok(door);
        }
        let options = Options::new(global.data.clone(), config);
        Ok(Self::Line(Box::new(Instance::open(options)?), token(global)?))
    }

    /// The running instance, else this process with the folder as it lies.
    ///
    /// # Errors
    /// What keeps the folder from being opened.
    pub fn at_rest(global: &Global, config: Config, absent: Absent) -> Result<Self, Error> {
        if let Some(door) = Self::running(global, absent)? {
            return Ok(door);
        }
        let folder = take(&global.data, &config, None)?;
        let stores = Stores::open(&folder, &config)?;
        let desk = Desk::new(stores, folder.genesis().clone(), config, None)?;
        Ok(Self::Rest(Box::new(desk), folder, token(global)?))
    }

    /// The running instance, else this process with an order view that has everything committed.
    ///
    /// # Errors
    /// What keeps the folder from being opened, or the view from being filled.
    pub fn with_view(global: &Global, config: Config) -> Result<Self, Error> {
        let door = Self::at_rest(global, config.clone(), Absent::Refuse)?;
        if let Self::Rest(desk, ..) = &door
            && !desk.is_view_complete()?
        {
            drop(door);
            let mut options = Options::new(global.data.clone(), config);
            // Only the view is wanted; what is for the venue waits for the next start.
            options.venue = false;
            let instance = Instance::open(options)?;
            instance.wait_view()?;
            return Ok(Self::Line(Box::new(instance), token(global)?));
        }
        Ok(door)
    }

    /// Asks whoever answers.
    ///
    /// # Errors
    /// What the answer is, with its code.
    pub fn ask(&self, ask: Ask) -> Result<Value, Error> {
        match self {
            Self::Running(client) => client.ask(&ask),
            Self::Line(instance, token) => answer(&instance.desk, token.as_deref(), ask),
            Self::Rest(desk, _, token) => answer(desk, token.as_deref(), ask),
        }
    }

    /// Gives the folder back; a line that ran is drained when it was for more than a look.
    ///
    /// # Errors
    /// A close that failed.
    pub fn close(self, drain: bool) -> Result<(), Error> {
        if let Self::Line(instance, _) = self {
            let ended = if drain { instance.stop() } else { instance.abort() };
            ended?;
        }
        Ok(())
    }
}

fn answer(desk: &Desk, token: Option<&str>, ask: Ask) -> Result<Value, Error> {
    desk.answer(&desk.caller(token)?, ask)
}

/// The token that a command shows, if it shows one.
fn token(global: &Global) -> Result<Option<String>, Error> {
    let Some(path) = &global.token_file else { return Ok(None) };
    let text = std::fs::read_to_string(path).map_err(|error| Error::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    })?;
    Ok(Some(text.trim().to_owned()))
}

// === impl Client ===

impl Client {
    fn of_folder(data: &Path, token: Option<String>) -> Option<Self> {
        let text = std::fs::read_to_string(data.join(ADDRESS)).ok()?;
        let told: Value = serde_json::from_str(&text).ok()?;
        let address = told.get("address")?.as_str()?.to_owned();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // An instance is on this machine; a proxy of the surroundings has no part in it.
            .proxy(None)
            .build();
        Some(Self { address, agent: config.new_agent(), token })
    }

    /// Whether anybody is there; what is left of a crashed instance answers nothing.
    fn answers(&self) -> bool {
        self.agent.get(format!("http://{}/healthz", self.address)).call().is_ok()
    }

    fn ask(&self, ask: &Ask) -> Result<Value, Error> {
        let failed = |reason: String| Error::Instance { address: self.address.clone(), reason };
        let body = serde_json::to_string(ask).map_err(|error| failed(error.to_string()))?;
        let mut request = self
            .agent
            .post(format!("http://{}/v1/ask", self.address))
            .header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.send(&body).map_err(|error| failed(error.to_string()))?;
        let text = response
            .body_mut()
            .with_config()
            .limit(u64::MAX)
            .read_to_string()
            .map_err(|error| failed(error.to_string()))?;
        let value: Value = serde_json::from_str(&text)
            .map_err(|_| failed(format!("{} {text}", response.status())))?;
        match (value.get("error").and_then(Value::as_str), value.get("exit")) {
            (Some(text), Some(exit)) if !response.status().is_success() => {
                let exit = exit.as_u64().and_then(|exit| u8::try_from(exit).ok()).unwrap_or(3);
                Err(Error::Answered { text: text.to_owned(), exit })
            }
            _ => Ok(value),
        }
    }
}

/// Says in the folder how this instance is reached; the file goes when the value is dropped.
pub struct Sign(PathBuf);

impl Sign {
    /// Puts the sign up.
    ///
    /// # Errors
    /// The folder takes no file.
    pub fn put_up(data: &Path, address: std::net::SocketAddr) -> Result<Self, Error> {
        let mut address = address;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
        }
        let path = data.join(ADDRESS);
        let text = json!({ "address": address.to_string(), "process": std::process::id() });
        std::fs::write(&path, format!("{text}\n"))
            .map_err(|error| Error::Local(local::Error::io(&path, "write", &error)))?;
        Ok(Self(path))
    }
}

impl Drop for Sign {
    fn drop(&mut self) {
        // What is left of it answers nothing, so a failure here does no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}
