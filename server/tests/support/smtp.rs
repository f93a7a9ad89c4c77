//! A real SMTP server for tests, and the programs of others beside it.

#![expect(clippy::unwrap_used, reason = "tools of tests: what fails here fails the test")]

use server::config;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A program of the test's own virtual environment.
pub fn python(script: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = root.join("../target/venv-test/bin/python");
    assert!(program.exists(), "the tools of this test are missing; run: scripts/setup.sh test");
    let mut command = Command::new(program);
    command.arg(root.join("tests/mail").join(script));
    command
}

/// A certificate for `localhost` and its key, as files.
pub fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (certificate, key)
}

/// A program that ends with its test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a mail server is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Plain,
    StartTls,
    ImplicitTls,
}

/// aiosmtpd in a process of its own.
pub struct MailServer {
    pub folder: TempDir,
    pub port: u16,
    door: Door,
    _running: Running,
}

impl MailServer {
    pub fn start(door: Door, credentials: Option<(&str, &str)>) -> MailServer {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = certificate(folder.path());
        let mut command = python("smtp.py");
        command.arg(folder.path()).arg(match door {
            Door::Plain => "none",
            Door::StartTls => "starttls",
            Door::ImplicitTls => "implicit",
        });
        command.arg(certificate).arg(key);
        if let Some((name, password)) = credentials {
            command.args([name, password]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
        let port = line.trim().parse().unwrap();
        MailServer { folder, port, door, _running: Running(child) }
    }

    /// What the hub's configuration says about it.
    pub fn config(&self, credentials: Option<(&str, &str)>) -> config::Mail {
        let scheme = match self.door {
            Door::Plain => "smtp",
            Door::StartTls => "smtp+starttls",
            Door::ImplicitTls => "smtps",
        };
        config::Mail {
            server: format!("{scheme}://localhost:{}", self.port),
            credentials: credentials.map(|(name, password)| (name.into(), password.into())),
            from: "Katheder <meet@example.org>".to_owned(),
            trust: (self.door != Door::Plain).then(|| self.folder.path().join("certificate.pem")),
        }
    }

    /// What it does to the next mails; see `smtp.py`.
    pub fn mode(&self, mode: &str) {
        std::fs::write(self.folder.path().join("mode"), mode).unwrap();
    }

    pub fn taken(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|file| file.unwrap().path());
        let mut mails: Vec<_> =
            files.filter(|file| file.extension().is_some_and(|e| e == "eml")).collect();
        mails.sort();
        mails
    }
}
