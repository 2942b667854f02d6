//! A database, Secrets Manager, the function, and an application that must never be locked out.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aws::Secrets;
use secret_rotation::database::{Answer, Databases};
use secret_rotation::secret::{Engine, Login};
use serde_json::{Value, json};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::function::Function;
use crate::ministack::{self, Fault, Manager};
use crate::relay::Relay;
use crate::server::{self, INITIAL, Server};

pub(crate) const PREFIX: &str = "orderflow-test-reconciler/";
pub(crate) const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// Everything that a rotation touches.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) server: Server,
    pub(crate) relay: Relay,
    pub(crate) manager: Manager,
    pub(crate) secrets: Secrets,
    pub(crate) master: String,
    pub(crate) application: String,
    folder: PathBuf,
    function: Option<Function>,
    tokens: usize,
    locked_out: Arc<Mutex<Vec<String>>>,
}

impl World {
    /// A new one, or nothing and a line in the list of what wasn't run.
    pub(crate) fn open(engine: Engine, test: &str) -> Option<Self> {
        let Some(programs) = server::programs(engine) else {
            let package = match engine {
                Engine::Postgres => "Debian's postgresql and libpq-dev",
                Engine::Mysql => "Debian's mariadb-server",
            };
            return not_run(test, package);
        };
        let Some(command) = ministack::command() else {
            let venv = "python3 -m venv target/infra/tools/servers";
            let pip = "target/infra/tools/servers/bin/pip install -r .config/servers.txt";
            return not_run(test, &format!("ministack: {venv} && {pip}"));
        };
        let name = format!("orderflow-rotation-{}-{test}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder can be made");
        let mut server = Server::start(engine, &programs, &folder);
        let manager = Manager::start(&command, &folder.join("ministack.log"));
        let relay = Relay::start(server.port);
        let place = json!({
            "engine": if engine == Engine::Postgres { "postgres" } else { "mysql" },
            "host": "localhost", "port": relay.port, "dbname": "reconciler",
        });
        let with = |fields: Value| {
            let mut value = place.clone();
            let both = value.as_object_mut().zip(fields.as_object());
            let (value, fields) = both.expect("both are objects");
            value.extend(fields.clone());
            json!(value)
        };
        let first = with(json!({ "username": "orderflow", "password": INITIAL }));
        let master = manager.create(&format!("{PREFIX}master"), &first);
        let second = with(json!({ "username": "reconciler", "masterarn": master }));
        let application = manager.create(&format!("{PREFIX}application"), &second);
        let secrets = manager.secrets();
        Some(Self {
            engine,
            relay,
            secrets,
            master,
            application,
            folder,
            function: None,
            tokens: 0,
            locked_out: Arc::default(),
            server: {
                let login = Login::parse(&aws::Value(first.to_string()), "AWSCURRENT");
                server.wait(&login.expect("it is one"));
                server
            },
            manager,
        })
    }

    /// From now on the application logs in at each call that the function makes.
    pub(crate) fn watch(&self) {
        let (secrets, databases) = (self.manager.secrets(), self.server.databases());
        let (secret, port) = (self.application.clone(), self.server.port);
        let locked_out = self.locked_out.clone();
        let look = move || {
            if let Some(said) = refused(&secrets, &databases, &secret, port) {
                locked_out.lock().expect("no thread panics with it").push(said);
            }
        };
        let mut state = self.manager.state.lock().expect("no thread panics with it");
        state.watch = Some(Box::new(look));
    }

    pub(crate) fn config(&self) -> Value {
        json!({
            "ca_file": self.server.certificates.authority,
            "database_timeout": "20s",
            "secret_prefix": PREFIX,
            "secrets_manager_endpoint": self.manager.front,
        })
    }

    /// A new process of the function; its id.
    pub(crate) fn start(&mut self) -> u32 {
        let trusted = self.server.certificates.authority.clone();
        let config = self.config();
        self.start_with(&config, &trusted)
    }

    pub(crate) fn start_with(&mut self, config: &Value, trusted: &Path) -> u32 {
        let function = Function::start(config, trusted, &self.folder.join("function.log"));
        let pid = function.pid();
        self.function = Some(function);
        pid
    }

    /// A version's name, as long as AWS wants it.
    pub(crate) fn token(&mut self) -> String {
        self.tokens += 1;
        format!("00000000-0000-4000-8000-{:012}", self.tokens)
    }

    /// One step; nothing when the function dies of it.
    pub(crate) fn step(
        &mut self,
        step: &str,
        secret: &str,
        token: &str,
    ) -> Option<Result<Value, String>> {
        if self.function.is_none() {
            self.start();
        }
        let call = json!({ "SecretId": secret, "ClientRequestToken": token, "Step": step });
        let said = self.function.as_mut()?.invoke(&call);
        if said.is_none() {
            self.function = None;
        }
        said
    }

    /// All four steps; at the first that fails, why.
    pub(crate) fn rotate(&mut self, secret: &str, token: &str) -> Result<(), String> {
        for step in STEPS {
            let died = || Err(format!("{step}: the function died"));
            self.step(step, secret, token).unwrap_or_else(died)?;
        }
        Ok(())
    }

    /// Rotates again after whatever happened, and holds what must hold then.
    pub(crate) fn recover(&mut self, secret: &str, token: &str, after: &str) {
        self.manager.arm(Fault::None, None);
        self.check(after);
        if let Err(error) = self.rotate(secret, token) {
            panic!("{after}: {error}");
        }
        let current = self.secrets.describe(secret).expect("ministack answers");
        assert_eq!(current.labelled("AWSCURRENT"), Some(token), "{after}");
        assert_eq!(self.login(secret, "AWSCURRENT"), Answer::Welcome, "{after}");
        self.check(after);
    }

    /// The application can log in now, and could at each moment that was watched.
    pub(crate) fn check(&self, after: &str) {
        let databases = self.server.databases();
        let now = refused(&self.secrets, &databases, &self.application, self.server.port);
        assert_eq!(now, None, "{after}");
        let before = self.locked_out.lock().expect("no thread panics with it");
        assert_eq!(*before, Vec::<String>::new(), "{after}");
    }

    pub(crate) fn read(&self, secret: &str, stage: &'static str) -> Option<Login> {
        let value = self.secrets.get(secret, None, stage).expect("ministack answers");
        value.map(|value| Login::parse(&value, stage).expect("a value can be read"))
    }

    pub(crate) fn login(&self, secret: &str, stage: &'static str) -> Answer {
        let mut login = self.read(secret, stage).expect("the version is there");
        login.port = self.server.port;
        self.server.databases().login(&login).expect("the database answers")
    }

    /// Runs a statement as somebody.
    pub(crate) fn sql(&self, login: &Login, statement: &str) -> Result<(), sqlx::Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let password = login.password.as_ref().expect("it has one").reveal();
        let statement = AssertSqlSafe(statement.to_owned());
        runtime.expect("an event queue").block_on(async {
            let authority = &self.server.certificates.authority;
            if self.engine == Engine::Postgres {
                let options = PgConnectOptions::new_without_pgpass()
                    .host("localhost")
                    .port(self.server.port)
                    .username(&login.user)
                    .password(password)
                    .database("reconciler")
                    .ssl_mode(PgSslMode::VerifyFull)
                    .ssl_root_cert(authority);
                let mut connection = PgConnection::connect_with(&options).await?;
                sqlx::raw_sql(statement).execute(&mut connection).await?;
            } else {
                let options = MySqlConnectOptions::new()
                    .host("localhost")
                    .port(self.server.port)
                    .username(&login.user)
                    .password(password)
                    .database("reconciler")
                    .ssl_mode(MySqlSslMode::VerifyIdentity)
                    .ssl_ca(authority);
                let mut connection = MySqlConnection::connect_with(&options).await?;
                sqlx::raw_sql(statement).execute(&mut connection).await?;
            }
            Ok(())
        })
    }

    /// Everything that was written where somebody may read it.
    pub(crate) fn logs(&self) -> String {
        let function = fs::read_to_string(self.folder.join("function.log"));
        function.expect("the function wrote") + &self.server.log()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.function = None;
        self.server.kill();
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Why the application is locked out, if it is. A database that doesn't run locks nobody out.
fn refused(secrets: &Secrets, databases: &Databases, secret: &str, port: u16) -> Option<String> {
    let read = |stage: &'static str| {
        let value = secrets.get(secret, None, stage).expect("ministack answers")?;
        let mut login = Login::parse(&value, stage).expect("a value can be read");
        login.port = port;
        Some(login)
    };
    let current = read("AWSCURRENT").expect("there is always one");
    // Before its first rotation nobody could log in.
    current.password.as_ref()?;
    let refused = databases.login(&current) == Ok(Answer::Refused);
    refused.then(|| format!("{} is locked out", current.user))
}

fn not_run<T>(test: &str, needs: &str) -> Option<T> {
    let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-run.txt");
    let line = format!("tool secret-rotation::{test}: {needs}\n");
    print!("NOT RUN {line}");
    let list = fs::OpenOptions::new().create(true).append(true).open(list);
    list.expect("a list").write_all(line.as_bytes()).expect("the list can be written");
    None
}
