//! Real databases: Debian's PostgreSQL and MariaDB, each on a free port in a folder of its own.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use secret_rotation::database::Databases;
use secret_rotation::secret::{Engine, Login};

use crate::certificates::{self, Certificates};

/// The master's password of the first minute.
pub(crate) const INITIAL: &str = "OnlyForTheFirstMinuteOfItsLife1";

/// A database's server.
pub(crate) struct Server {
    engine: Engine,
    folder: PathBuf,
    programs: PathBuf,
    pub(crate) certificates: Certificates,
    pub(crate) port: u16,
    child: Option<Child>,
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// Where an engine's programs lie, if they are installed.
pub(crate) fn programs(engine: Engine) -> Option<PathBuf> {
    match engine {
        Engine::Postgres => {
            let said = Command::new("pg_config").arg("--bindir").output().ok()?;
            let folder = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim());
            folder.join("initdb").is_file().then_some(folder)
        }
        Engine::Mysql => {
            let folders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"].map(PathBuf::from);
            folders.into_iter().find(|folder| folder.join("mariadbd").is_file())
        }
    }
}

impl Server {
    /// Makes a database and starts it.
    pub(crate) fn start(engine: Engine, programs: &Path, folder: &Path) -> Self {
        let certificates = certificates::make(&folder.join("certificates"));
        let mut server = Self {
            engine,
            folder: folder.to_owned(),
            programs: programs.to_owned(),
            certificates,
            port: free_port(),
            child: None,
        };
        match engine {
            Engine::Postgres => server.make_postgres(),
            Engine::Mysql => server.make_mariadb(),
        }
        server.run();
        server
    }

    /// How the master logs in, past the relay.
    pub(crate) fn wait(&mut self, master: &Login) {
        let databases = self.databases();
        let mut login = master.clone();
        login.port = self.port;
        for _ in 0..1200 {
            if databases.login(&login).is_ok() {
                return;
            }
            // A server that was killed may leave children that hold what the next one needs.
            let child = self.child.as_mut().expect("it was started");
            if child.try_wait().expect("a child can be asked").is_some() {
                self.run();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the database isn't ready after two minutes: see {}", self.folder.display());
    }

    pub(crate) fn databases(&self) -> Databases {
        let authority = self.certificates.authority.clone();
        Databases::new(authority, Duration::from_secs(20)).expect("an event queue")
    }

    /// As a power cut would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub(crate) fn run(&mut self) {
        let command = match self.engine {
            Engine::Postgres => self.postgres(),
            Engine::Mysql => self.mariadb(),
        };
        self.child = Some(self.spawn(command));
    }

    /// What the server wrote: PostgreSQL every statement, MariaDB its error log alone, because it
    /// writes passwords into its log of statements as they come, which MySQL 8 doesn't.
    pub(crate) fn log(&self) -> String {
        let log = fs::read(self.folder.join("server.log")).expect("a server has a log");
        String::from_utf8_lossy(&log).into_owned()
    }

    fn make_postgres(&self) {
        let user = postgres_user();
        for path in [&self.folder, &self.folder.join("certificates")] {
            give(path, user);
        }
        give(&self.certificates.key, user);
        fs::set_permissions(&self.certificates.key, Permissions::from_mode(0o600)).expect("ours");
        let data = self.folder.join("data");
        let mut make = self.as_user("initdb");
        make.args(["--username=admin", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        finish(make.arg(&data).stdout(Stdio::null()), "");
        // No line for a connection without TLS: it is refused.
        fs::write(data.join("pg_hba.conf"), "hostssl all all all scram-sha-256\n").expect("ours");
        let mut single = self.as_user("postgres");
        single.args(["--single", "-D"]).arg(&data).arg("postgres").stdout(Stdio::null());
        // What RDS' master is: no superuser, but one who may make users, and the database's owner.
        let role =
            format!("CREATE ROLE orderflow LOGIN CREATEROLE CREATEDB PASSWORD '{INITIAL}'\n");
        finish(&mut single, &format!("{role}CREATE DATABASE reconciler OWNER orderflow\n"));
    }

    fn postgres(&self) -> Command {
        let mut server = self.as_user("postgres");
        server.arg("-D").arg(self.folder.join("data"));
        let mut set = |name: &str, value: &str| {
            server.arg("-c").arg(format!("{name}={value}"));
        };
        set("port", &self.port.to_string());
        set("listen_addresses", "127.0.0.1");
        set("unix_socket_directories", "");
        set("ssl", "on");
        set("ssl_cert_file", &self.certificates.certificate.display().to_string());
        set("ssl_key_file", &self.certificates.key.display().to_string());
        // All that a server can be told to write, so that the test sees what it could tell.
        set("log_statement", "all");
        set("log_min_messages", "debug1");
        set("log_min_error_statement", "debug1");
        server
    }

    fn make_mariadb(&self) {
        let mut make = Command::new("mariadb-install-db");
        make.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        make.arg(format!("--datadir={}", self.folder.join("data").display()));
        if is_root() {
            make.arg("--user=root");
        }
        finish(make.stdout(Stdio::null()).stderr(Stdio::null()), "");
        // What RDS' master may: everything but what belongs to the machine.
        let rights = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, \
            INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, \
            CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER";
        let text = format!(
            "CREATE DATABASE IF NOT EXISTS reconciler;\n\
             CREATE USER IF NOT EXISTS 'orderflow'@'%' IDENTIFIED BY '{INITIAL}';\n\
             GRANT {rights} ON *.* TO 'orderflow'@'%' WITH GRANT OPTION;\n"
        );
        fs::write(self.folder.join("init.sql"), text).expect("ours");
    }

    fn mariadb(&self) -> Command {
        let mut server = Command::new(self.programs.join("mariadbd"));
        let path = |name: &str| self.folder.join(name).display().to_string();
        server.arg("--no-defaults").args([
            format!("--datadir={}", path("data")),
            format!("--socket={}", path("socket")),
            format!("--pid-file={}", path("pid")),
            format!("--init-file={}", path("init.sql")),
            format!("--port={}", self.port),
            format!("--ssl-cert={}", self.certificates.certificate.display()),
            format!("--ssl-key={}", self.certificates.key.display()),
        ]);
        server.args(["--bind-address=127.0.0.1", "--require-secure-transport=ON"]);
        if is_root() {
            server.arg("--user=root");
        }
        server
    }

    fn spawn(&self, mut command: Command) -> Child {
        let log = File::options().create(true).append(true).open(self.folder.join("server.log"));
        let log = log.expect("a log can be written");
        let copy = log.try_clone().expect("a log can be shared");
        command.stdin(Stdio::null()).stdout(copy).stderr(log).spawn().expect("the server starts")
    }

    fn as_user(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.folder);
        if let Some((user, group)) = postgres_user() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// PostgreSQL refuses to run as root: there it runs as the user of Debian's package.
fn postgres_user() -> Option<(u32, u32)> {
    if !is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("a system has users");
    let user = users.lines().find(|line| line.starts_with("postgres:"));
    let ids: Vec<u32> = user?.split(':').skip(2).take(2).filter_map(|id| id.parse().ok()).collect();
    Some((ids[0], ids[1]))
}

fn give(path: &Path, user: Option<(u32, u32)>) {
    if let Some((user, group)) = user {
        chown(path, Some(user), Some(group)).expect("root may give");
    }
}

fn finish(command: &mut Command, input: &str) {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("a program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let ended = child.wait().expect("it ends");
    assert!(ended.success(), "{command:?}: {ended}");
}
