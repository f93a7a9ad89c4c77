//! Opening the database, whichever it is, and bringing its tables up to date.

use super::folder::folder_error;
use super::{Dialect, Store};
use crate::config::Config;
use crate::error::HubError;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AnyPool, Connection, Executor, Row, SqliteConnection, query};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Four readers are plenty for a file; it has one writer anyway.
const SQLITE_CONNECTIONS: u32 = 4;

/// A hub waits for the database far less than it computes.
const POSTGRES_CONNECTIONS: u32 = 16;

/// The database file in the data folder.
pub(super) const FILE: &str = "hub.sqlite";

static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");

impl Store {
    /// Opens the configured database, checks it and brings its tables up to date.
    pub async fn open(config: &Config) -> Result<Store, HubError> {
        sqlx::any::install_default_drivers();
        match &config.database {
            Some(url) => open_postgres(url).await,
            None => open_sqlite(&config.data).await,
        }
    }

    /// What to call the database in an error.
    pub(super) fn place(&self, data: &Path) -> PathBuf {
        match self.dialect {
            Dialect::Sqlite => data.join(FILE),
            Dialect::Postgres => PathBuf::from("(PostgreSQL)"),
        }
    }
}

async fn open_sqlite(data: &Path) -> Result<Store, HubError> {
    std::fs::create_dir_all(data).map_err(|e| folder_error(data, e))?;
    let path = data.join(FILE);
    check_sqlite(&path).await?;
    let pool = AnyPoolOptions::new()
        .max_connections(SQLITE_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection
                    .execute(
                        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;
                         PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                    )
                    .await
                    .map(drop)
            })
        })
        .connect_with(
            options(&sqlite_url(&path)).map_err(|error| database_error(path.clone(), error))?,
        )
        .await
        .map_err(|error| database_error(path.clone(), error))?;
    migrate(&SQLITE, &pool, path).await?;
    Ok(Store { pool, dialect: Dialect::Sqlite })
}

/// Looks into the file before the pool does, which would try a broken one again and again.
async fn check_sqlite(path: &Path) -> Result<(), HubError> {
    let failed = |error| database_error(path.to_owned(), error);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5));
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    let check = query("PRAGMA quick_check(1)").fetch_one(&mut connection).await;
    let check: String = check.and_then(|row| row.try_get(0)).map_err(failed)?;
    connection.close().await.map_err(failed)?;
    match check.as_str() {
        "ok" => Ok(()),
        _ => Err(HubError::DatabaseDamaged { path: path.to_owned(), detail: check }),
    }
}

async fn open_postgres(url: &str) -> Result<Store, HubError> {
    let place = PathBuf::from("(PostgreSQL)");
    let failed = |error| database_error(place.clone(), error);
    let pool = AnyPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options(url).map_err(failed)?)
        .await
        .map_err(failed)?;
    migrate(&POSTGRES, &pool, place).await?;
    Ok(Store { pool, dialect: Dialect::Postgres })
}

fn options(url: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    AnyConnectOptions::from_str(url)
}

/// A path as a URL (RFC 3986): every byte that is not plainly a path's is escaped.
fn sqlite_url(path: &Path) -> String {
    let escaped: String = path
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .map(|&byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("sqlite://{escaped}?mode=rwc")
}

async fn migrate(migrator: &Migrator, pool: &AnyPool, path: PathBuf) -> Result<(), HubError> {
    migrator.run(pool).await.map_err(|error| match error {
        MigrateError::Execute(error) => database_error(path, error),
        MigrateError::VersionMissing(_) => HubError::Database {
            path,
            detail: "a newer version of this program wrote it; use that version".to_owned(),
        },
        error => HubError::Database { path, detail: error.to_string() },
    })
}

/// SQLite's primary result codes: <https://www.sqlite.org/rescode.html>.
pub(super) fn database_error(path: PathBuf, error: sqlx::Error) -> HubError {
    const CORRUPT: &str = "11";
    const NOT_A_DATABASE: &str = "26";
    let code = error.as_database_error().and_then(|e| e.code().map(|code| code.into_owned()));
    let detail = error.to_string();
    match code.as_deref() {
        Some(CORRUPT | NOT_A_DATABASE) => HubError::DatabaseDamaged { path, detail },
        _ => HubError::Database { path, detail },
    }
}
