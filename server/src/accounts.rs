//! Accounts: passwords, sign-in and its rate limit, sessions.

use crate::conference::Now;
use crate::error::HubError;
use crate::room::{hash_token, random_token};
use crate::store::{Store, StoreError, UserRow};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use protocol::SignedIn;
use rand::Rng;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// The account that every hub has.
pub const ADMIN: &str = "admin";

/// How long a session lasts.
const SESSION_DAYS: i64 = 30;

/// Argon2id takes 19 MiB and tens of milliseconds: this many at once, the others queue.
const PARALLEL_HASHES: usize = 2;

/// Nobody types more.
const MAX_PASSWORD_BYTES: usize = 1024;

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

/// Signs people in.
pub struct Accounts {
    store: Store,
    limiter: Mutex<SignInLimiter>,
    hashing: Semaphore,
    /// Verified for unknown users, so that they take as long as known ones.
    decoy: String,
}

impl Accounts {
    /// Ready to sign people in.
    pub fn new(store: Store) -> Accounts {
        Accounts {
            store,
            limiter: Mutex::default(),
            hashing: Semaphore::new(PARALLEL_HASHES),
            decoy: hash_password(&random_token()),
        }
    }

    /// Checks name and password and opens a session.
    pub async fn sign_in(
        &self,
        now: Now,
        address: IpAddr,
        name: &str,
        password: &str,
    ) -> Result<SignedIn, SignInError> {
        let account = name.to_lowercase();
        self.limit(|limiter| limiter.start(now.instant, &account, address))
            .map_err(SignInError::TooMany)?;
        let user = self.store.user_by_name(name).await?;
        let hash = user.as_ref().map_or(&self.decoy, |user| &user.password_hash).clone();
        let right = self.verify(password.to_owned(), hash).await;
        let Some(user) = user.filter(|_| right) else { return Err(SignInError::Wrong) };
        self.limit(|limiter| limiter.succeeded(&account, address));
        Ok(self.open_session(now, user).await?)
    }

    /// A session for the administrator, without a password: for the program that embeds the hub.
    pub async fn local_sign_in(&self, now: Now) -> Result<Option<SignedIn>, StoreError> {
        match self.store.user_by_name(ADMIN).await? {
            Some(user) => self.open_session(now, user).await.map(Some),
            None => Ok(None),
        }
    }

    async fn open_session(&self, now: Now, user: UserRow) -> Result<SignedIn, StoreError> {
        let token = random_token();
        let expires_at_ms = now.unix_ms + SESSION_DAYS * 24 * 3_600_000;
        self.store.add_session(hash_token(&token), user.id, now.unix_ms, expires_at_ms).await?;
        Ok(SignedIn { token, user: user.name, display_name: user.display_name })
    }

    async fn verify(&self, password: String, hash: String) -> bool {
        if password.len() > MAX_PASSWORD_BYTES {
            return false;
        }
        let Ok(_permit) = self.hashing.acquire().await else { return false };
        let check = move || {
            PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
            })
        };
        tokio::task::spawn_blocking(check).await.unwrap_or(false)
    }

    fn limit<T>(&self, f: impl FnOnce(&mut SignInLimiter) -> T) -> T {
        f(&mut self.limiter.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

/// Makes an account and returns its one-time password.
pub async fn add_user(
    store: &Store,
    now: Now,
    name: &str,
    display_name: &str,
) -> Result<String, HubError> {
    let fits = (1..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_@".contains(c));
    if !fits {
        return Err(HubError::AccountName { name: name.to_owned() });
    }
    let password = one_time_password();
    let hash = hash_password(&password);
    let added = store.add_user(name, display_name, &hash, now.unix_ms).await;
    match added.map_err(store_failed)? {
        true => Ok(password),
        false => Err(HubError::AccountExists { name: name.to_owned() }),
    }
}

/// Gives an account a new one-time password and returns it.
pub async fn reset_password(store: &Store, name: &str) -> Result<String, HubError> {
    let password = one_time_password();
    let changed = store.reset_password(name, &hash_password(&password)).await;
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
    match store.user_by_name(ADMIN).await.map_err(store_failed)? {
        Some(_) => Ok(None),
        None => add_user(store, now, ADMIN, owner.unwrap_or(ADMIN)).await.map(Some),
    }
}

fn store_failed(error: StoreError) -> HubError {
    HubError::Database { path: "hub.sqlite".into(), detail: error.to_string() }
}

fn hash_password(password: &str) -> String {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .expect("Argon2 with its own defaults takes any password");
    hash.to_string()
}

/// 20 characters that are hard to confuse, in groups: 97 bits.
fn one_time_password() -> String {
    const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut group = || -> String {
        (0..5).map(|_| ALPHABET[rng.random_range(0..ALPHABET.len())] as char).collect()
    };
    [group(), group(), group(), group()].join("-")
}

/// Counts tries until they succeed. A try counts when it starts, so that many at once gain
/// nothing; a success clears its own pair.
#[derive(Default)]
struct SignInLimiter {
    pairs: HashMap<(String, IpAddr), Tries>,
    addresses: HashMap<IpAddr, Tries>,
}

#[derive(Clone, Copy)]
struct Tries {
    count: u32,
    since: Instant,
}

impl Tries {
    fn is_fresh(&self, now: Instant) -> bool {
        now - self.since < SignInLimiter::WINDOW
    }

    fn check(&mut self, now: Instant, limit: u32) -> Result<(), Duration> {
        if !self.is_fresh(now) {
            *self = Tries { count: 0, since: now };
        }
        if self.count < limit { Ok(()) } else { Err(SignInLimiter::WINDOW - (now - self.since)) }
    }
}

/// Whom an address stands for: an IPv6 subscriber has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (!0 << 64)).into()),
        v4 => v4,
    }
}

impl SignInLimiter {
    const WINDOW: Duration = Duration::from_secs(300);
    const PER_PAIR: u32 = 5;
    const PER_ADDRESS: u32 = 30;
    /// Beyond this, entries whose window is over are forgotten first.
    const TABLE: usize = 10_000;

    fn start(&mut self, now: Instant, account: &str, address: IpAddr) -> Result<(), Duration> {
        let address = network(address);
        if self.pairs.len() >= Self::TABLE || self.addresses.len() >= Self::TABLE {
            self.pairs.retain(|_, tries| tries.is_fresh(now));
            self.addresses.retain(|_, tries| tries.is_fresh(now));
        }
        let new = Tries { count: 0, since: now };
        // The address first: beyond its limit no further account gets an entry.
        let whole = self.addresses.entry(address).or_insert(new);
        whole.check(now, Self::PER_ADDRESS)?;
        let pair = self.pairs.entry((account.to_owned(), address)).or_insert(new);
        pair.check(now, Self::PER_PAIR)?;
        pair.count += 1;
        whole.count += 1;
        Ok(())
    }

    fn succeeded(&mut self, account: &str, address: IpAddr) {
        let address = network(address);
        self.pairs.remove(&(account.to_owned(), address));
        if let Some(tries) = self.addresses.get_mut(&address) {
            tries.count = tries.count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[expect(clippy::disallowed_methods, reason = "an arbitrary origin for virtual time")]
    fn origin() -> Instant {
        Instant::now()
    }

    #[test]
    fn five_tries_per_account_and_address_then_a_pause() {
        let (mut limiter, start) = (SignInLimiter::default(), origin());
        for _ in 0..5 {
            assert!(limiter.start(start, "admin", address(1)).is_ok());
        }
        let later = start + Duration::from_secs(100);
        assert_eq!(limiter.start(later, "admin", address(1)), Err(Duration::from_secs(200)));
        assert!(limiter.start(later, "admin", address(2)).is_ok(), "others are not locked out");
        assert!(limiter.start(start + SignInLimiter::WINDOW, "admin", address(1)).is_ok());
    }

    #[test]
    fn a_success_clears_the_count() {
        let (mut limiter, start) = (SignInLimiter::default(), origin());
        for _ in 0..100 {
            assert!(limiter.start(start, "admin", address(1)).is_ok());
            limiter.succeeded("admin", address(1));
        }
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let (mut limiter, start) = (SignInLimiter::default(), origin());
        let tried = (0..100)
            .filter(|n| limiter.start(start, &format!("user{n}"), address(1)).is_ok())
            .count();
        assert_eq!(tried, SignInLimiter::PER_ADDRESS as usize);
    }

    #[test]
    fn passwords_are_argon2id_and_verify() {
        let hash = hash_password("correct horse");
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        let parsed = PasswordHash::new(&hash).unwrap();
        assert!(Argon2::default().verify_password(b"correct horse", &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"wrong horse", &parsed).is_err());
    }
}
