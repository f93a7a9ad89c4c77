//! What a hub remembers. Tokens and passwords are kept as hashes only; times are Unix milliseconds
//! and come from the caller.
//!
//! Every query runs on SQLite and on PostgreSQL as it stands: placeholders are `$1, $2, …`, integers
//! are 64 bits wide (truth values too), upper and lower case is settled before the database sees it.

mod backup;
mod chat;
mod contacts;
pub mod entries;
mod folder;
mod guesses;
pub mod invitations;
mod links;
mod members;
mod open;
pub mod outbox;
mod presence;
pub mod reports;
mod rings;
mod rooms;
mod sessions;
#[cfg(feature = "oidc")]
mod subjects;
mod users;
pub mod webhooks;

pub use backup::{backup, restore};
pub use chat::{ChatQuery, NewLine};
pub use contacts::Picture;
pub use folder::{FolderLock, folder_error, make_private_folder, write_private};
pub use links::LinkRow;
pub use presence::{Named, RoomPeople};
pub use rings::JournalPage;
pub use rooms::{AddedRoom, RoomRow, kind_text};
pub use sessions::{NewSession, SessionRow};
pub use sqlx::Error as StoreError;
pub use users::{Inheritance, NewUser, Outcome, UserChange, UserRow};

use sqlx::{Any, AnyConnection, AnyPool, Row as _, query};

/// A row of either database.
pub type Row = sqlx::any::AnyRow;

/// A connection to either database.
pub type Connection = AnyConnection;

/// Several writes that count together, or not at all.
pub type Transaction = sqlx::Transaction<'static, Any>;

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A file in the data folder; one process.
    Sqlite,
    /// A server that several hubs may share.
    Postgres,
}

impl Store {
    /// Begins a transaction that writes. On SQLite it takes the write lock at once: one that reads
    /// first and writes later could not wait for another writer.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        match self.dialect {
            Dialect::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Dialect::Postgres => self.pool.begin().await,
        }
    }

    /// Whether other hubs may use the same database.
    pub fn is_shared(&self) -> bool {
        self.dialect == Dialect::Postgres
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        query("SELECT 1").execute(&self.pool).await.map(drop)
    }

    /// How many mails have not gone out yet.
    pub async fn outbox_waiting(&self) -> Result<i64, StoreError> {
        query("SELECT COUNT(*) AS waiting FROM outbox WHERE state = 'waiting'")
            .try_map(|row: Row| row.try_get("waiting"))
            .fetch_one(&self.pool)
            .await
    }

    /// Writes everything out and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
