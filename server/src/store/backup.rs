//! Backups. A backup is one SQLite file: a copy of the database at one moment, and two tables of its
//! own, `backup` (which version made it, when) and `backup_files` (the files beside the database that
//! a hub cannot make again). It opens every door that the hub's data folder opens: keep it as safe.

use super::folder::{FolderLock, LINK_SECRET, LOCK, folder_error, private_file, write_private};
use super::open::FILE;
use crate::config::Config;
use crate::error::HubError;
use crate::tls::Identity;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, Row, SqliteConnection, query};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Writes a new backup file, also while a hub runs on the folder. Needs free space for a copy.
pub async fn backup(config: &Config, target: &Path, now_ms: i64) -> Result<(), HubError> {
    let failed = |detail: String| HubError::Backup { path: target.to_owned(), detail };
    if config.database.is_some() {
        let detail = "the database is PostgreSQL. Save it with pg_dump, and keep link.secret from \
                      the data folder beside it";
        return Err(failed(detail.to_owned()));
    }
    let database = config.data.join(FILE);
    if !database.exists() {
        let place = database.display();
        return Err(failed(format!("there is no database {place}. Name the data folder (--data)")));
    }
    if target.exists() {
        return Err(failed("there is such a file already. Choose another name".to_owned()));
    }
    let part = with_suffix(target, ".part");
    let unfinished = Unfinished(part.clone());
    private_file(&part).map_err(|error| failed(format!("cannot be written ({error})")))?;
    let made = write(config, &database, &part, now_ms).await;
    made.map_err(|error| failed(format!("could not be made ({error})")))?;
    let finished = File::open(&part)
        .and_then(|file| file.sync_all())
        .and_then(|()| std::fs::rename(&part, target));
    drop(unfinished);
    finished.map_err(|error| failed(format!("cannot be written ({error})")))
}

/// Fills an empty data folder from a backup.
pub async fn restore(source: &Path, config: &Config) -> Result<(), HubError> {
    let failed = |detail: String| HubError::Backup { path: source.to_owned(), detail };
    if config.database.is_some() {
        let detail = "the database is PostgreSQL. Restore it with pg_restore, and put link.secret \
                      back into the data folder";
        return Err(failed(detail.to_owned()));
    }
    let data = &config.data;
    File::open(source)
        .map_err(|error| failed(format!("cannot be read ({error}). Name another file")))?;
    let empty = match std::fs::read_dir(data) {
        // The lock may be left of a try that failed.
        Ok(mut entries) => entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == LOCK)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(folder_error(data, error)),
    };
    if !empty {
        let place = data.display();
        return Err(failed(format!(
            "the data folder {place} is not empty, and nothing is overwritten. Choose another one \
             (--data), or move it away"
        )));
    }
    let lock = FolderLock::take(data)?;
    let fresh = data.join("restored.part");
    let unfinished = Unfinished(fresh.clone());
    let copied = private_file(&fresh).and_then(|mut into| {
        std::io::copy(&mut File::open(source)?, &mut into)?;
        into.sync_all()
    });
    copied.map_err(|error| folder_error(&fresh, error))?;
    let files = unpack(&fresh).await.map_err(|problem| failed(problem.to_string()))?;
    for (name, bytes) in files {
        let path = data.join(&name);
        write_private(&path, &bytes).map_err(|error| folder_error(&path, error))?;
    }
    std::fs::rename(&fresh, data.join(FILE)).map_err(|error| folder_error(&fresh, error))?;
    drop(unfinished);
    drop(lock);
    Ok(())
}

/// A file that is removed unless it got its real name.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _ = std::fs::remove_file(with_suffix(&self.0, suffix));
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The files beside the database that a backup carries, where they exist.
fn companions(data: &Path) -> Vec<PathBuf> {
    let identity = Identity::within(data);
    vec![data.join(LINK_SECRET), identity.certificate, identity.key]
}

async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(30));
    SqliteConnection::connect_with(&options).await
}

async fn write(
    config: &Config,
    database: &Path,
    part: &Path,
    now_ms: i64,
) -> Result<(), anyhow::Error> {
    let place = part.to_str().ok_or_else(|| anyhow::anyhow!("its name is not UTF-8"))?;
    let mut source = open(database).await?;
    // The copy is one moment of the database; whoever writes meanwhile is not held up (WAL).
    query("VACUUM INTO $1").bind(place).execute(&mut source).await?;
    source.close().await?;

    let mut copy = open(part).await?;
    copy.execute(
        "CREATE TABLE backup (version TEXT NOT NULL, made_at_ms INTEGER NOT NULL);
         CREATE TABLE backup_files (name TEXT PRIMARY KEY, bytes BLOB NOT NULL);",
    )
    .await?;
    query("INSERT INTO backup (version, made_at_ms) VALUES ($1, $2)")
        .bind(env!("CARGO_PKG_VERSION"))
        .bind(now_ms)
        .execute(&mut copy)
        .await?;
    for path in companions(&config.data) {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => anyhow::bail!("{}: {error}", path.display()),
        };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        query("INSERT INTO backup_files (name, bytes) VALUES ($1, $2)")
            .bind(name)
            .bind(bytes)
            .execute(&mut copy)
            .await?;
    }
    check(&mut copy).await?;
    copy.close().await?;
    Ok(())
}

/// Checks a copy of a backup and takes its own tables out; returns the files in it.
async fn unpack(copy: &Path) -> Result<Vec<(String, Vec<u8>)>, anyhow::Error> {
    let mut connection = open(copy).await?;
    let files = query("SELECT name, bytes FROM backup_files").fetch_all(&mut connection).await;
    let Ok(files) = files else {
        anyhow::bail!("is not a backup of a hub. Name a file that katheder-hub backup wrote");
    };
    let known = companions(Path::new(""));
    let mut unpacked = Vec::new();
    for row in files {
        let (name, bytes): (String, Vec<u8>) = (row.try_get("name")?, row.try_get("bytes")?);
        if !known.iter().any(|path| path == Path::new(&name)) {
            anyhow::bail!("holds a file {name:?} that this version does not know. Use a newer one");
        }
        unpacked.push((name, bytes));
    }
    check(&mut connection).await?;
    connection.execute("DROP TABLE backup; DROP TABLE backup_files;").await?;
    connection.close().await?;
    Ok(unpacked)
}

async fn check(connection: &mut SqliteConnection) -> Result<(), anyhow::Error> {
    let found: String =
        query("PRAGMA integrity_check(1)").fetch_one(connection).await?.try_get(0)?;
    match found.as_str() {
        "ok" => Ok(()),
        _ => anyhow::bail!("is damaged ({found}). Name another one"),
    }
}
