//! Why a hub does not start or an administrator's command fails. Each text says what happened, to
//! what, and what to do next.

use crate::sfu::SfuError;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What stops a hub.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The data folder cannot be made or written to.
    #[error("cannot use the data folder {}: {source}. Make it writable for this user, or choose another one (--data)", path.display())]
    DataFolder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another hub runs on the same folder.
    #[error("another hub already uses the data folder {}. Stop that one, or choose another folder (--data)", path.display())]
    DataFolderInUse {
        /// The folder.
        path: PathBuf,
    },
    /// The database file is not one, or its pages are broken.
    #[error("the database {} is damaged ({detail}). Restore it from a backup, or move it away to start with an empty one", path.display())]
    DatabaseDamaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        detail: String,
    },
    /// The database does not work for another reason.
    #[error("the database {} cannot be used: {detail}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The TCP port is taken.
    #[error("port {} (TCP) on {} is in use. Stop the program that uses it, or choose another address (--listen)", address.port(), address.ip())]
    PortInUse {
        /// The wanted address.
        address: SocketAddr,
    },
    /// The TCP address cannot be listened on.
    #[error("cannot listen on {address} (TCP): {source}. Choose another address (--listen)")]
    Listen {
        /// The wanted address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The media socket does not work.
    #[error("media cannot be received on {address} (media_listen): {source}")]
    Media {
        /// The wanted address.
        address: SocketAddr,
        /// What the forwarding unit said.
        source: SfuError,
    },
    /// The configuration file cannot be used.
    #[error("cannot use the configuration file {}: {detail}. Correct it, or name another one (--config)", path.display())]
    ConfigFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// An option has a value that cannot work.
    #[error("the option {key} cannot be used: {detail}")]
    Option {
        /// As the configuration file names it.
        key: &'static str,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// TLS cannot be served.
    #[error("TLS cannot be served with {}: {detail}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// A backup cannot be made or read.
    #[error("the backup {}: {detail}", path.display())]
    Backup {
        /// The backup.
        path: PathBuf,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// An account's name is unusable.
    #[error(
        "{name:?} cannot be an account's name: use 1 to 64 letters, digits, '.', '-', '_' or '@'"
    )]
    AccountName {
        /// The name.
        name: String,
    },
    /// There is such an account.
    #[error(
        "there is an account {name:?} already. To give it a new password: katheder-hub user password {name}"
    )]
    AccountExists {
        /// The name.
        name: String,
    },
    /// There is no such account.
    #[error("there is no account {name:?}. To make it: katheder-hub user add {name}")]
    AccountMissing {
        /// The name.
        name: String,
    },
    /// Somebody has to manage accounts.
    #[error(
        "{name:?} is the last administrator. Make somebody else one first: katheder-hub user role NAME administrator"
    )]
    LastAdministrator {
        /// The name.
        name: String,
    },
    /// A file with accounts cannot be read.
    #[error("cannot import {}: {detail}", path.display())]
    ImportFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Lines of a file with accounts are wrong.
    #[error("{wrong} of the lines of {} are wrong. Correct them and import the file again: accounts that exist stay as they are", path.display())]
    ImportLines {
        /// The file.
        path: PathBuf,
        /// So many.
        wrong: usize,
    },
    /// The system gives no thread.
    #[error("the hub's thread cannot be started: {0}")]
    Thread(std::io::Error),
    /// The hub has stopped already.
    #[error("the hub has stopped")]
    Stopped,
}

impl HubError {
    /// An option has a value that cannot work.
    pub(crate) fn option(key: &'static str, detail: impl Into<String>) -> HubError {
        HubError::Option { key, detail: detail.into() }
    }
}
