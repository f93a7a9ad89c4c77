//! The data folder: its lock, its secret, and the SQLite file in it. One process at a time.

use super::Store;
use crate::error::HubError;
use crate::room::{LinkSecret, hash_token};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, query};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Four readers are plenty; SQLite has one writer anyway.
const CONNECTIONS: u32 = 4;

/// Held as long as the hub runs; the system frees it when the process dies.
pub struct FolderLock(#[expect(dead_code, reason = "held, not read")] File);

impl FolderLock {
    /// Makes the folder when it is missing, and locks it.
    pub fn take(data: &Path) -> Result<FolderLock, HubError> {
        std::fs::create_dir_all(data).map_err(|e| folder_error(data, e))?;
        let path = data.join("hub.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|e| folder_error(&path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock(file)),
            Err(TryLockError::WouldBlock) => {
                Err(HubError::DataFolderInUse { path: data.to_owned() })
            }
            Err(TryLockError::Error(error)) => Err(folder_error(&path, error)),
        }
    }
}

impl Store {
    /// Opens the folder's database, checks it and brings its tables up to date.
    pub async fn open(data: &Path) -> Result<Store, HubError> {
        std::fs::create_dir_all(data).map_err(|e| folder_error(data, e))?;
        let path = data.join("hub.sqlite");
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .map_err(|error| database_error(&path, error))?;
        let check = query("PRAGMA quick_check(1)").fetch_one(&pool).await;
        let check: String =
            check.and_then(|row| row.try_get(0)).map_err(|error| database_error(&path, error))?;
        if check != "ok" {
            return Err(HubError::DatabaseDamaged { path, detail: check });
        }
        sqlx::migrate!("./migrations").run(&pool).await.map_err(|error| match error {
            MigrateError::Execute(error) => database_error(&path, error),
            MigrateError::VersionMissing(_) => HubError::Database {
                path: path.clone(),
                detail: "a newer version of this program wrote it; use that version".to_owned(),
            },
            error => HubError::Database { path: path.clone(), detail: error.to_string() },
        })?;
        Ok(Store { pool })
    }

    /// Reads the folder's link secret, or makes it. When it is missing although there are rooms,
    /// their old links are dead and new ones take their place.
    pub async fn link_secret(&self, data: &Path) -> Result<LinkSecret, HubError> {
        let path = data.join("link.secret");
        match read_secret(&path) {
            Ok(secret) => return Ok(LinkSecret(secret)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(folder_error(&path, error)),
        }
        let secret = LinkSecret(rand::random());
        let relinked = self
            .relink_rooms(|room| hash_token(&secret.token(room.id, &room.link_nonce)))
            .await
            .map_err(|error| database_error(&data.join("hub.sqlite"), error))?;
        if relinked > 0 {
            tracing::warn!(
                "{} was missing: {relinked} rooms have new links, invitations sent before are dead",
                path.display()
            );
        }
        write_secret(&path, &secret.0).map_err(|error| folder_error(&path, error))?;
        Ok(secret)
    }
}

fn read_secret(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut secret = [0; 32];
    File::open(path)?.read_exact(&mut secret)?;
    Ok(secret)
}

/// Writes beside and renames, so that a crash leaves either no secret or a whole one.
fn write_secret(path: &Path, secret: &[u8; 32]) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(secret)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

fn folder_error(path: &Path, source: std::io::Error) -> HubError {
    HubError::DataFolder { path: path.to_owned(), source }
}

/// SQLite's primary result codes: <https://www.sqlite.org/rescode.html>.
fn database_error(path: &Path, error: sqlx::Error) -> HubError {
    const CORRUPT: &str = "11";
    const NOT_A_DATABASE: &str = "26";
    let path: PathBuf = path.to_owned();
    let code = error.as_database_error().and_then(|e| e.code().map(|code| code.into_owned()));
    let detail = error.to_string();
    match code.as_deref() {
        Some(CORRUPT | NOT_A_DATABASE) => HubError::DatabaseDamaged { path, detail },
        _ => HubError::Database { path, detail },
    }
}
