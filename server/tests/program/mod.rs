//! The program `katheder-hub`, run by a test.

#![expect(clippy::unwrap_used, reason = "tools of tests: what fails here fails the test")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A hub that serves in a process of its own. Dropping it ends the process.
pub struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Where its pages are, `http://127.0.0.1:1234`.
    pub base: String,
}

impl Program {
    /// Starts the program with `arguments`, its log in `errors`, and waits until it serves.
    pub fn start(arguments: &[&str], environment: &[(&str, &str)], errors: &Path) -> Program {
        let log = File::options().create(true).append(true).open(errors).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_katheder-hub"))
            .args(arguments)
            .env_remove("RUST_LOG")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        // A start that fails closes its standard output.
        output.read_line(&mut line).unwrap();
        let Some(rest) = line.strip_prefix("listening on ") else {
            let _ = child.wait();
            panic!("{line}{}", std::fs::read_to_string(errors).unwrap());
        };
        let base = rest.split(' ').next().unwrap().to_owned();
        Program { child, output, base }
    }

    /// The next line that it says.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    /// The one-time password of a first start.
    pub fn first_password(&mut self) -> String {
        let line = self.line();
        let password = line.trim_end().rsplit(' ').next().unwrap();
        assert!(line.contains("one-time password"), "{line}");
        password.to_owned()
    }

    pub fn host(&self) -> &str {
        self.base.split("//").nth(1).unwrap()
    }

    /// `kill -9`: nothing is written out, nobody is told.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as a service manager does, and gives the rest of what it said.
    pub fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success(), "{rest}");
        rest
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
