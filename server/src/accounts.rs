//! Accounts: sign-in and its rate limit, sessions, passwords, and who is made how.

mod details;
pub mod import;
mod limiter;
#[cfg(feature = "oidc")]
pub mod oidc;
mod passwords;
mod picture;

pub use details::{
    DEFAULT_LANGUAGE, Invalid, account_name, display_name, email, language, profile,
};
pub use picture::{CONTENT_TYPE, MAX_BYTES as MAX_PICTURE_BYTES, PictureError};

use crate::conference::Now;
use crate::config::Config;
use crate::error::HubError;
use crate::room::{clean_line, hash_token, random_token};
use crate::store::{NewSession, NewUser, Store, StoreError, UserRow};
use details::MAX_NAME_BYTES;
use limiter::SignInLimiter;
use protocol::SignedIn;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The account that the first start makes.
pub const ADMIN: &str = "admin";

/// How long a session lasts.
const SESSION_DAYS: i64 = 30;

/// How often sessions that are over are forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(3600);

/// As much of a `User-Agent` as is kept, in characters.
const MAX_AGENT_CHARS: usize = 200;

/// Argon2id takes 19 MiB and tens of milliseconds: this many at once, the others queue.
const PARALLEL_HASHES: usize = 2;

/// Why a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such account, or another password; which of the two is not told.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many failures; try again after this time.
    #[error("too many failed tries: try again in {} seconds", .0.as_secs().max(1))]
    TooMany(Duration),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Nobody may choose that one.
    #[error("{0}")]
    Unfit(&'static str),
    /// The old one is another, or was tried too often.
    #[error(transparent)]
    Old(#[from] SignInError),
}

/// Somebody who asks to be let in.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// From where.
    pub address: IpAddr,
    /// Their `User-Agent`, or the empty text.
    pub agent: &'a str,
}

/// Signs people in.
pub struct Accounts {
    store: Store,
    limiter: Mutex<SignInLimiter>,
    hashing: Semaphore,
    /// One at a time: a picture takes up to 200 MiB.
    drawing: Semaphore,
    /// Verified for unknown users, so that they take as long as known ones.
    decoy: Arc<str>,
    #[cfg(feature = "oidc")]
    provider: Option<oidc::Provider>,
}

impl Accounts {
    /// Ready to sign people in on a hub whose pages are at `base`.
    pub fn new(store: Store, config: &Config, base: &str) -> Accounts {
        #[cfg(not(feature = "oidc"))]
        let _ = (config, base);
        Accounts {
            #[cfg(feature = "oidc")]
            provider: provider(config, base),
            store,
            limiter: Mutex::default(),
            hashing: Semaphore::new(PARALLEL_HASHES),
            drawing: Semaphore::new(1),
            decoy: passwords::hash(&random_token()).into(),
        }
    }

    /// Checks name and password and opens a session.
    pub async fn sign_in(
        &self,
        now: Now,
        visitor: Visitor<'_>,
        name: &str,
        password: &str,
    ) -> Result<SignedIn, SignInError> {
        // No account has a longer name; the limiter keeps what is typed.
        let account: String = name.chars().take(MAX_NAME_BYTES + 1).collect();
        let account = account.to_lowercase();
        self.limit(|limiter| limiter.start(now.instant, &account, visitor.address))
            .map_err(SignInError::TooMany)?;
        let user = self.store.user_by_name(name).await?;
        let hash = user.as_ref().map_or(&*self.decoy, |user| &user.password_hash);
        let right = self.verify(password, hash).await;
        let Some(user) = user.filter(|user| right && !user.disabled) else {
            return Err(SignInError::Wrong);
        };
        self.limit(|limiter| limiter.succeeded(&account, visitor.address));
        Ok(self.open_session(now, user, visitor.agent, false).await?)
    }

    /// A session for the first administrator, without a password: for the program that embeds the
    /// hub.
    pub async fn local_sign_in(&self, now: Now) -> Result<Option<SignedIn>, StoreError> {
        match self.store.first_administrator().await? {
            Some(user) => self.open_session(now, user, "this machine", true).await.map(Some),
            None => Ok(None),
        }
    }

    /// Members may not change their e-mail addresses, because accounts are found by them.
    pub fn email_identifies(&self) -> bool {
        #[cfg(feature = "oidc")]
        return self.provider.as_ref().is_some_and(|provider| provider.config().match_email);
        #[cfg(not(feature = "oidc"))]
        false
    }

    /// Replaces a user's password by one that they choose, and ends their sessions but `session`.
    /// Wrong old ones count like failed sign-ins.
    pub async fn change_password(
        &self,
        now: Now,
        address: IpAddr,
        user: &UserRow,
        session: [u8; 32],
        (old, new): (&str, &str),
    ) -> Result<(), ChangeError> {
        if let Some(why) = passwords::refusal(new, old, &user.name) {
            return Err(ChangeError::Unfit(why));
        }
        let account = user.name.to_lowercase();
        self.limit(|limiter| limiter.start(now.instant, &account, address))
            .map_err(SignInError::TooMany)?;
        if !self.verify(old, &user.password_hash).await {
            return Err(SignInError::Wrong.into());
        }
        self.limit(|limiter| limiter.succeeded(&account, address));
        let new = new.to_owned();
        let hash = self.hashing(move || passwords::hash(&new)).await.ok_or_else(interrupted)?;
        let changed = self.store.change_password(user.id, &user.password_hash, &hash, session);
        match changed.await.map_err(SignInError::Store)? {
            true => Ok(()),
            false => Err(SignInError::Wrong.into()),
        }
    }

    /// Draws an uploaded picture anew, as a PNG.
    pub async fn draw_picture(&self, bytes: Vec<u8>) -> Result<Vec<u8>, PictureError> {
        let Ok(_permit) = self.drawing.acquire().await else {
            return Err(PictureError::Unreadable);
        };
        let drawn = tokio::task::spawn_blocking(move || picture::square(&bytes));
        drawn.await.unwrap_or(Err(PictureError::Unreadable))
    }

    async fn open_session(
        &self,
        now: Now,
        user: UserRow,
        agent: &str,
        without_password: bool,
    ) -> Result<SignedIn, StoreError> {
        let token = random_token();
        let agent: String = agent.chars().take(MAX_AGENT_CHARS).collect();
        let session = NewSession {
            token_hash: hash_token(&token),
            id: &random_token(),
            user_id: user.id,
            agent: &clean_line(&agent, MAX_AGENT_CHARS).unwrap_or_default(),
            without_password,
            now_ms: now.unix_ms,
            expires_at_ms: now.unix_ms + SESSION_DAYS * 24 * 3_600_000,
        };
        self.store.add_session(session).await?;
        let UserRow { name, display_name, must_change, .. } = user;
        let must_change = must_change && !without_password;
        Ok(SignedIn { token, user: name, display_name, must_change })
    }

    async fn verify(&self, password: &str, hash: &str) -> bool {
        if password.len() > passwords::MAX_BYTES {
            return false;
        }
        let (password, hash) = (password.to_owned(), hash.to_owned());
        let decoy = self.decoy.clone();
        self.hashing(move || passwords::verify(&password, &hash, &decoy)).await.unwrap_or(false)
    }

    /// Runs a hash when it is its turn.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _permit = self.hashing.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }

    fn limit<T>(&self, f: impl FnOnce(&mut SignInLimiter) -> T) -> T {
        f(&mut self.limiter.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

/// Sign-in through an OpenID provider.
#[cfg(feature = "oidc")]
impl Accounts {
    /// The provider, where there is one.
    pub fn provider(&self) -> Option<&oidc::Provider> {
        self.provider.as_ref()
    }

    /// The account of somebody whom the provider vouches for: the one that is bound to them, else
    /// the only one with their address, else a new one, as far as the hub is configured so.
    pub async fn user_of(
        &self,
        now: Now,
        config: &crate::config::Oidc,
        identity: oidc::Identity,
    ) -> Result<i64, oidc::OidcError> {
        let subject = &identity.subject;
        let mut user = self.store.user_by_subject(subject).await?;
        if let (None, true, Some(email)) = (&user, config.match_email, &identity.email) {
            user = self.store.bind_by_email(email, subject).await?;
        }
        if user.is_none() && config.make_accounts {
            // Nobody knows this password.
            let password = &passwords::hash_one_time(&passwords::one_time());
            user = self.store.add_subject(&identity, password, now.unix_ms).await?;
        }
        let user = user.filter(|user| !user.disabled);
        user.map(|user| user.id).ok_or(oidc::OidcError::NoAccount)
    }

    /// A session for an account that the provider has identified; `None` when it is gone since.
    pub async fn sign_in_as(
        &self,
        now: Now,
        user: i64,
        agent: &str,
    ) -> Result<Option<SignedIn>, StoreError> {
        match self.store.user_by_id(user).await?.filter(|user| !user.disabled) {
            Some(user) => self.open_session(now, user, agent, true).await.map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(feature = "oidc")]
fn provider(config: &Config, base: &str) -> Option<oidc::Provider> {
    match oidc::Provider::new(config.oidc.clone()?, base) {
        Ok(provider) => Some(provider),
        Err(error) => {
            tracing::error!(%error, "sign-in through the OpenID provider cannot be offered");
            None
        }
    }
}

/// The hub stops, and its threads with it.
fn interrupted() -> SignInError {
    SignInError::Store(StoreError::WorkerCrashed)
}

/// Forgets sessions and wrong guesses that are over, for as long as the hub runs. `clock` tells the time.
pub async fn keep_house(store: Store, clock: impl Fn() -> Now) {
    let mut turns = tokio::time::interval(HOUSEKEEPING);
    loop {
        turns.tick().await;
        if let Err(error) = store.expire_sessions(clock().unix_ms).await {
            tracing::warn!(%error, "old sessions were not removed");
        }
        if let Err(error) = store.expire_guesses(clock().unix_ms).await {
            tracing::warn!(%error, "old wrong guesses were not removed");
        }
    }
}

/// Somebody who gets an account.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// What is typed to sign in.
    pub name: &'a str,
    /// What others read.
    pub display_name: &'a str,
    /// Where mail reaches them.
    pub email: Option<&'a str>,
    /// Manages accounts.
    pub administrator: bool,
    /// `de` or `en`.
    pub language: &'a str,
}

impl<'a> NewAccount<'a> {
    /// A member with a name and nothing else.
    pub fn named(name: &'a str) -> NewAccount<'a> {
        NewAccount {
            name,
            display_name: name,
            email: None,
            administrator: false,
            language: DEFAULT_LANGUAGE,
        }
    }
}

/// Makes an account and returns its one-time password.
pub async fn add_user(
    store: &Store,
    now: Now,
    account: NewAccount<'_>,
) -> Result<String, HubError> {
    let NewAccount { name, display_name, email, administrator, language } = account;
    if account_name(name).is_err() {
        return Err(HubError::AccountName { name: name.to_owned() });
    }
    let password = passwords::one_time();
    let password_hash = &passwords::hash_one_time(&password);
    let user = NewUser { name, display_name, password_hash, email, administrator, language };
    let added = store.add_user(user, now.unix_ms).await;
    match added.map_err(store_failed)? {
        true => Ok(password),
        false => Err(HubError::AccountExists { name: name.to_owned() }),
    }
}

/// Gives an account a new one-time password, signs it out everywhere, and returns the password.
pub async fn reset_password(store: &Store, name: &str) -> Result<String, HubError> {
    let password = passwords::one_time();
    let changed = store.reset_password(name, &passwords::hash_one_time(&password)).await;
    match changed.map_err(store_failed)? {
        true => Ok(password),
        false => Err(HubError::AccountMissing { name: name.to_owned() }),
    }
}

/// Makes the administrator on the first start, shown to others as `owner`, and returns the one-time
/// password; later `None`.
pub async fn ensure_admin(
    store: &Store,
    now: Now,
    owner: Option<&str>,
) -> Result<Option<String>, HubError> {
    if store.first_administrator().await.map_err(store_failed)?.is_some() {
        return Ok(None);
    }
    let display_name = owner.unwrap_or(ADMIN);
    let account = NewAccount { display_name, administrator: true, ..NewAccount::named(ADMIN) };
    add_user(store, now, account).await.map(Some)
}

/// What an administrator's command says when the database fails.
pub fn store_failed(error: StoreError) -> HubError {
    HubError::Database { path: "hub.sqlite".into(), detail: error.to_string() }
}
