//! What `terraform test` can't show of the bootstrap: it refuses to be destroyed, and its own state
//! moves into a bucket by the one command of its README.
//!
//! Entry points: [`refuses_destruction`], [`moves_its_state`].
//! Both work on copies in `target/infra`. The move runs in a root of `terraform_data` alone, with
//! ministack as the bucket and terraform itself, because a wrapper may keep states local. The
//! server is killed when the check ends, and is gone with the machine when it doesn't.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Tally;
use super::copy;
use super::terraform::Terraform;
use crate::tools;

const FOLDER: &str = "infra/bootstrap";

/// How often the server is asked whether it is there, and how long between.
const TRIES: usize = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// Applies a copy with nobody's account, and asks for its end.
pub(super) fn refuses_destruction(terraform: &Terraform, tally: &mut Tally) -> Result<()> {
    let there = terraform.at(&copy::tree(terraform.root(), "bootstrap")?);
    let folder = Path::new(FOLDER);
    let inputs = ["-input=false", "-no-color", "-var-file=terraform.tfvars.example"];
    let applied = there.init(folder)?
        && there.quiet(folder, &[&["apply", "-auto-approve"], &inputs[..]].concat())?;
    let (destroyed, text) = there.text(folder, &[&["plan", "-destroy"], &inputs[..]].concat())?;
    let named = ["aws_s3_bucket.state", "aws_kms_key.state", "cannot be destroyed"];
    let refused = !destroyed && named.iter().all(|part| text.contains(part));
    if applied && !refused {
        println!("{text}");
    }
    tally.count("bootstrap refuses to be destroyed", applied && refused);
    Ok(())
}

/// Moves a state by the command of the README.
pub(super) fn moves_its_state(root: &Path, tally: &mut Tally) -> Result<()> {
    let servers = tools::python(root, "servers")?;
    let scratch = std::path::absolute(root.join("target/infra/bootstrap-state"))?;
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch)?;
    }
    std::fs::create_dir_all(&scratch)?;
    let bucket = Bucket::start(&servers.join("ministack"), &scratch)?;
    bucket.request("PUT", "/state")?;
    std::fs::write(scratch.join("backend.txt"), backend(root, bucket.port)?)?;
    let text = "resource \"terraform_data\" \"this\" {\n  input = \"kept\"\n}\n\n\
                output \"backend_file\" {\n  value = file(\"backend.txt\")\n}\n";
    std::fs::write(scratch.join("main.tf"), text)?;
    let readme = std::fs::read_to_string(root.join(FOLDER).join("README.md"))?;
    let command = readme.lines().find(|line| line.contains("-migrate-state"));
    let command = command.context("infra/bootstrap/README.md has no command that moves it")?;
    let moved = shell(&scratch, "terraform init && terraform apply -auto-approve")?
        && shell(&scratch, command)?
        && shell(&scratch, "terraform state list | grep -qx terraform_data.this")?
        && bucket.request("GET", "/state/bootstrap.tfstate")?.contains("kept");
    // What is left beside the configuration must hold nothing, or the next apply would ask twice.
    let left = std::fs::read_to_string(scratch.join("terraform.tfstate")).unwrap_or_default();
    tally.count("one command moves the bootstrap's state", moved && !left.contains("kept"));
    Ok(())
}

/// The bootstrap's own `backend.tf`, with the server in AWS's place.
fn backend(root: &Path, port: u16) -> Result<String> {
    let outputs = std::fs::read_to_string(root.join(FOLDER).join("outputs.tf"))?;
    let text = outputs.split("<<-EOT\n").nth(1).and_then(|rest| rest.split("  EOT").next());
    let mut made = String::new();
    for line in text.context("outputs.tf has no backend_file")?.lines() {
        let name = line.split_whitespace().next().unwrap_or_default();
        match name {
            "bucket" => made.push_str("    bucket = \"state\"\n"),
            // A bucket that is made without a word about its Region lies there.
            "region" => made.push_str("    region = \"us-east-1\"\n"),
            "kms_key_id" => made.push_str(&format!(
                "    kms_key_id = \"arn:aws:kms:us-east-1:123456789012:alias/orderflow-state\"\n\
                 \x20   access_key = \"test\"\n    secret_key = \"test\"\n\
                 \x20   skip_credentials_validation = true\n    skip_requesting_account_id = true\n\
                 \x20   skip_metadata_api_check = true\n    use_path_style = true\n\
                 \x20   endpoints = {{ s3 = \"http://127.0.0.1:{port}\" }}\n"
            )),
            _ => {
                made.push_str(line);
                made.push('\n');
            }
        }
    }
    Ok(made)
}

/// Runs a line with terraform itself first on the path.
fn shell(folder: &Path, line: &str) -> Result<bool> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    // A wrapper stands before what it wraps.
    let last = folders.iter().rev().find(|folder| folder.join("terraform").is_file());
    let own = last.context("terraform isn't on the path")?.clone();
    let mut command = Command::new("sh");
    command.args(["-ec", line]).current_dir(folder).stdin(Stdio::null());
    command.env("PATH", std::env::join_paths([own].into_iter().chain(folders))?);
    let output = command.env_remove("TF_REATTACH_PROVIDERS").output()?;
    if !output.status.success() {
        let (out, error) = (&output.stdout, &output.stderr);
        println!("{line}: {}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(error));
    }
    Ok(output.status.success())
}

/// A server that speaks S3, for as long as this lives.
struct Bucket {
    process: Child,
    port: u16,
}

impl Bucket {
    fn start(command: &Path, folder: &Path) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = std::fs::File::create(folder.join("server.log"))?;
        let mut server = Command::new(command);
        server.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1");
        server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let process = server.spawn().context("ministack can't be started")?;
        let server = Self { process, port };
        for _ in 0..TRIES {
            if server.request("GET", "/_ministack/health").is_ok() {
                return Ok(server);
            }
            std::thread::sleep(PAUSE);
        }
        bail!("ministack doesn't answer: see {}", folder.join("server.log").display());
    }

    /// Asks and reads until the server closes; an answer that isn't 2xx is an error.
    fn request(&self, method: &str, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n",
            self.port
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        match answer.split(' ').nth(1) {
            Some(code) if code.starts_with('2') => Ok(answer),
            _ => bail!("{method} {path}: {answer}"),
        }
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left to wait for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
