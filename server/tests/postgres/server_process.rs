//! A PostgreSQL of the test's own, in a folder of its own, on a free port of this machine.

use crate::support::PATIENCE;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::timeout;

const MISSING: &str = "this test needs PostgreSQL: apt-get install postgresql";

pub struct Postgres {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Postgres {
    pub async fn start() -> Postgres {
        let folder = tempfile::tempdir().unwrap();
        // The server's user must get through to its own folder.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        if let Some(user) = foreign_user() {
            chown(&data, Some(user), None).unwrap();
        }
        let place = data.to_str().unwrap();
        let made = command("initdb")
            .args(["--auth=trust", "--username=katheder", "--no-sync", "--encoding=UTF8"])
            .args(["--no-locale", "-D", place])
            .output()
            .expect(MISSING);
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let child = command("postgres")
            .args(["-D", place, "-p", &port.to_string(), "-h", "127.0.0.1", "-k", place])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(MISSING);
        let postgres = Postgres { child, port, _folder: folder };
        postgres.make_database("flow").await;
        postgres
    }

    /// The address of a database on it.
    pub fn database(&self, name: &str) -> String {
        format!("postgres://katheder:unused@127.0.0.1:{}/{name}", self.port)
    }

    async fn make_database(&self, name: &str) {
        let connected = async {
            loop {
                match PgConnection::connect(&self.database("postgres")).await {
                    Ok(connection) => return connection,
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        };
        let mut connection = timeout(PATIENCE, connected).await.expect("PostgreSQL answers");
        let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    }
}

impl Drop for Postgres {
    /// SIGINT is its fast way down: it ends its own processes and frees its shared memory.
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-s", "INT", &pid]).status();
        let _ = self.child.wait();
    }
}

/// One of the server's programs, as a user that it agrees to run as.
fn command(program: &str) -> Command {
    let path = find(program).expect(MISSING);
    if foreign_user().is_none() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(path);
    // It cannot be where this test is.
    command.current_dir("/");
    command
}

/// PostgreSQL refuses to run as root: root runs it as `postgres`, whose id this is.
fn foreign_user() -> Option<u32> {
    if number("id", &["-u"]) != 0 {
        return None;
    }
    Some(number("id", &["-u", "postgres"]))
}

fn number(program: &str, arguments: &[&str]) -> u32 {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{MISSING}");
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

/// Debian keeps the server's programs off the search path, by version.
fn find(program: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin"));
    let searched = std::env::var_os("PATH").unwrap_or_default();
    let searched: Vec<PathBuf> = std::env::split_paths(&searched).collect();
    folders
        .chain(searched)
        .map(|folder| folder.join(program))
        .find(|path: &PathBuf| Path::is_file(path))
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
