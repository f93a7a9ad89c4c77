//! The data folder: its lock and its secret. One process at a time.

use super::Store;
use super::open::database_error;
use crate::error::HubError;
use crate::room::{LinkSecret, hash_token};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// The file whose lock says that a hub runs on the folder.
pub(super) const LOCK: &str = "hub.lock";

/// The file of the secret that links are derived from.
pub(super) const LINK_SECRET: &str = "link.secret";

/// Held as long as the hub runs; the system frees it when the process dies.
pub struct FolderLock(#[expect(dead_code, reason = "held, not read")] File);

impl FolderLock {
    /// Makes the folder when it is missing, and locks it.
    pub fn take(data: &Path) -> Result<FolderLock, HubError> {
        std::fs::create_dir_all(data).map_err(|e| folder_error(data, e))?;
        let path = data.join(LOCK);
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

    /// Whether somebody holds it now. Makes nothing.
    pub fn is_taken(data: &Path) -> bool {
        let file = OpenOptions::new().write(true).open(data.join(LOCK));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

impl Store {
    /// Reads the folder's link secret, or makes it. When it is missing although there are rooms,
    /// their old links are dead and new ones take their place.
    pub async fn link_secret(&self, data: &Path) -> Result<LinkSecret, HubError> {
        let path = data.join(LINK_SECRET);
        match read_secret(&path) {
            Ok(secret) => return Ok(LinkSecret(secret)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(folder_error(&path, error)),
        }
        let secret = LinkSecret(rand::random());
        let relinked = self
            .relink_rooms(|room, nonce| hash_token(&secret.token(room, nonce)))
            .await
            .map_err(|error| database_error(self.place(data), error))?;
        if relinked > 0 {
            tracing::warn!(
                "{} was missing: {relinked} rooms have new links, invitations sent before are dead",
                path.display()
            );
        }
        write_private(&path, &secret.0).map_err(|error| folder_error(&path, error))?;
        Ok(secret)
    }
}

fn read_secret(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut secret = [0; 32];
    File::open(path)?.read_exact(&mut secret)?;
    Ok(secret)
}

/// Writes a file that only this user can read. Writes beside and renames, so that a crash leaves
/// either no file or a whole one.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let mut file = private_file(fresh.as_ref())?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

/// An empty file that only this user can read, in place of one that is there.
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A folder that only this user can look into; one that is there already stays as it is.
pub fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A failure of the data folder, or of a file in it.
pub fn folder_error(path: &Path, source: std::io::Error) -> HubError {
    HubError::DataFolder { path: path.to_owned(), source }
}
