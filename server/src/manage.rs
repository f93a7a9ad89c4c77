//! What an administrator does to a data folder from the command line, also while a hub runs on it.

use crate::accounts::{self, NewAccount, store_failed};
use crate::clock;
use crate::config::Config;
use crate::error::HubError;
use crate::import::{self, Options};
use crate::store::{self, Outcome, Store, UserChange, UserRow};
use protocol::ImportReport;
use std::io::Read;
use std::path::Path;

/// An account in a list.
pub struct Listed {
    /// What is typed to sign in.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// Manages accounts.
    pub administrator: bool,
    /// May not sign in.
    pub disabled: bool,
}

/// Makes an account and returns its one-time password.
pub fn add_user(config: &Config, name: &str) -> Result<String, HubError> {
    on_store(config, async |store| {
        accounts::add_user(store, clock::now(), NewAccount::named(name)).await
    })
}

/// Gives an account a new one-time password, signs it out everywhere, and returns the password.
pub fn reset_password(config: &Config, name: &str) -> Result<String, HubError> {
    on_store(config, async |store| accounts::reset_password(store, name).await)
}

/// Every account, by name.
pub fn users(config: &Config) -> Result<Vec<Listed>, HubError> {
    let users = on_store(config, async |store| {
        store.accounts("", "", i64::MAX).await.map_err(store_failed)
    })?;
    let listed = |user: UserRow| Listed {
        name: user.name,
        display_name: user.display_name,
        administrator: user.administrator,
        disabled: user.disabled,
    };
    Ok(users.into_iter().map(listed).collect())
}

/// Keeps an account out and signs it out everywhere, or lets it in again.
pub fn disable_user(config: &Config, name: &str, disabled: bool) -> Result<(), HubError> {
    change(config, name, UserChange { disabled: Some(disabled), ..UserChange::default() })
}

/// Makes an account an administrator, or a member.
pub fn set_role(config: &Config, name: &str, administrator: bool) -> Result<(), HubError> {
    change(config, name, UserChange { administrator: Some(administrator), ..UserChange::default() })
}

/// Makes accounts from a CSV file, as [`import`] reads it.
pub fn import_users(
    config: &Config,
    file: &Path,
    options: Options,
) -> Result<ImportReport, HubError> {
    let failed = |detail: String| HubError::ImportFile { path: file.to_owned(), detail };
    // One byte more than is allowed is enough to see that there is more.
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|file| file.take(import::MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(error.to_string()))?;
    let lines = import::read(&bytes).map_err(|error| failed(error.to_string()))?;
    on_store(config, async |store| {
        import::apply(store, clock::now(), lines, options).await.map_err(store_failed)
    })
}

fn change(config: &Config, name: &str, change: UserChange) -> Result<(), HubError> {
    on_store(config, async |store| {
        let missing = || HubError::AccountMissing { name: name.to_owned() };
        let user = store.user_by_name(name).await.map_err(store_failed)?.ok_or_else(missing)?;
        match store.change_user(user.id, change).await.map_err(store_failed)? {
            Outcome::Done(_) => Ok(()),
            Outcome::Missing => Err(missing()),
            Outcome::LastAdministrator => Err(HubError::LastAdministrator { name: user.name }),
        }
    })
}

/// Writes everything that a hub remembers into one new file, also while it runs.
pub fn backup(config: &Config, file: &Path) -> Result<(), HubError> {
    block_on(store::backup(config, file, clock::now().unix_ms))
}

/// Fills an empty data folder from a backup, and brings its tables up to date.
pub fn restore(file: &Path, config: &Config) -> Result<(), HubError> {
    block_on(store::restore(file, config))?;
    on_store(config, async |_| Ok(()))
}

/// Whether a hub runs on the data folder now.
pub fn is_running(config: &Config) -> bool {
    store::FolderLock::is_taken(&config.data)
}

fn on_store<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Store) -> Result<T, HubError>,
) -> Result<T, HubError> {
    block_on(async {
        let store = Store::open(config).await?;
        let outcome = work(&store).await;
        store.close().await;
        outcome
    })
}

fn block_on<T>(work: impl Future<Output = Result<T, HubError>>) -> Result<T, HubError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(HubError::Thread)?;
    runtime.block_on(work)
}
