//! The function as Lambda runs it: the real binary, asking this runtime interface for calls.

use std::fs::{File, OpenOptions};
use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::Value;

use crate::http::{Request, answer};

/// A running function.
pub(crate) struct Function {
    child: Child,
    listener: TcpListener,
    connection: Option<BufReader<TcpStream>>,
}

impl Function {
    /// Starts it with `CONFIG`, trusting `trusted`; what it writes is appended to `log`.
    pub(crate) fn start(config: &Value, trusted: &Path, log: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener can be asked");
        let address = listener.local_addr().expect("it is bound").to_string();
        let log = || -> File {
            let log = OpenOptions::new().create(true).append(true).open(log);
            log.expect("a log can be written")
        };
        let child = Command::new(env!("CARGO_BIN_EXE_bootstrap"))
            .env_clear()
            .env("CONFIG", config.to_string())
            .env("SSL_CERT_FILE", trusted)
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", crate::ministack::ACCOUNT)
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .stdout(log())
            .stderr(log())
            .spawn()
            .expect("the function starts");
        Self { child, listener, connection: None }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Calls it; nothing when it dies before it answers, `Err` when it answers with an error.
    pub(crate) fn invoke(&mut self, call: &Value) -> Option<Result<Value, String>> {
        let asked = self.request()?;
        assert!(asked.line.starts_with("GET") && asked.line.contains("/next"), "{}", asked.line);
        let id = [("Lambda-Runtime-Aws-Request-Id", "call-1")];
        answer(self.connection.as_ref()?, 200, &id, call.to_string().as_bytes());
        let said = self.request()?;
        answer(self.connection.as_ref()?, 202, &[], b"");
        let body: Value = serde_json::from_slice(&said.body).expect("an answer is JSON");
        assert!(said.line.contains("/call-1/"), "{}", said.line);
        if said.line.contains("/error") {
            return Some(Err(body["errorMessage"].as_str().unwrap_or_default().to_owned()));
        }
        Some(Ok(body))
    }

    fn request(&mut self) -> Option<Request> {
        loop {
            if let Some(connection) = &mut self.connection
                && let Some(request) = Request::read(connection)
            {
                return Some(request);
            }
            self.connection = Some(BufReader::new(self.accept()?));
        }
    }

    /// A connection, or nothing once the process has ended.
    fn accept(&mut self) -> Option<TcpStream> {
        loop {
            if let Ok((stream, _)) = self.listener.accept() {
                stream.set_nonblocking(false).expect("a stream can wait");
                let patience = Some(Duration::from_secs(120));
                stream.set_read_timeout(patience).expect("a stream can be timed");
                return Some(stream);
            }
            if self.child.try_wait().expect("a child can be asked").is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
