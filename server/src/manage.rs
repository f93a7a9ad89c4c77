//! What an administrator does to a data folder from the command line, also while a hub runs on it.

use crate::config::Config;
use crate::error::HubError;
use crate::store::Store;
use crate::{accounts, clock};

/// Makes an account and returns its one-time password.
pub fn add_user(config: &Config, name: &str) -> Result<String, HubError> {
    on_store(config, async |store| accounts::add_user(store, clock::now(), name, name).await)
}

/// Gives an account a new one-time password, signs it out everywhere, and returns the password.
pub fn reset_password(config: &Config, name: &str) -> Result<String, HubError> {
    on_store(config, async |store| accounts::reset_password(store, name).await)
}

fn on_store<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Store) -> Result<T, HubError>,
) -> Result<T, HubError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(HubError::Thread)?;
    runtime.block_on(async {
        let store = Store::open(&config.data).await?;
        let outcome = work(&store).await;
        store.close().await;
        outcome
    })
}
