//! Sign-in through an OpenID provider: authorization code flow with PKCE (OpenID Connect Core 1.0,
//! section 3.1; RFC 7636), for a native client that listens on a loopback port (RFC 8252).
//!
//! The ID token comes straight from the token endpoint over TLS, which vouches for it in place of
//! its signature (Core, section 3.1.3.7, item 6). Hence every endpoint has to be `https`, or on this
//! machine.

mod claims;

use crate::conference::Now;
use crate::config;
use crate::room::{hash_token, random_token};
use crate::store::StoreError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use claims::Identity;
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// How long somebody may take at the provider's.
const SIGN_IN: Duration = Duration::from_secs(600);

/// How long a client may take to fetch its session.
const EXCHANGE: Duration = Duration::from_secs(60);

/// How long the provider's endpoints are remembered.
const DISCOVERY: Duration = Duration::from_secs(3600);

/// The provider answers within this.
const PATIENCE: Duration = Duration::from_secs(10);

/// No answer of a provider comes near this.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// So many sign-ins may be under way. Full: new ones are refused until old ones expire.
const MAX_PENDING: usize = 10_000;

/// Why somebody was not signed in, for them.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider is not reached, or what it says makes no sense; the detail is for the log.
    #[error("the sign-in service does not answer as it should; try again later")]
    Provider(String),
    /// The provider said no.
    #[error("the sign-in service refused: {0}")]
    Refused(String),
    /// An old page, another browser, or a forgery.
    #[error("this sign-in is over or began in another browser; start again")]
    Unknown,
    /// Too many at once.
    #[error("too many people sign in at the moment; try again in some minutes")]
    Busy,
    /// Nobody made an account for them, or it is disabled.
    #[error("there is no account for you on this hub; ask its administrator")]
    NoAccount,
    /// The database does not answer.
    #[error("the hub's database does not answer; try again")]
    Store(#[from] StoreError),
}

/// The provider, and who is on the way to it and back.
pub struct Provider {
    config: config::Oidc,
    redirect_uri: String,
    http: reqwest::Client,
    endpoints: tokio::sync::Mutex<Option<(Instant, Endpoints)>>,
    pending: Mutex<Expiring<String, Pending>>,
    exchanges: Mutex<Expiring<[u8; 32], Exchange>>,
}

/// What the provider publishes (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Clone, Deserialize)]
struct Endpoints {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
}

/// Somebody who is at the provider's.
struct Pending {
    nonce: String,
    verifier: String,
    browser: String,
    client: Client,
}

/// The native client that somebody signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The loopback port that it listens on.
    pub port: u16,
    /// The S256 challenge of the verifier that it will show (RFC 7636, section 4.2).
    pub challenge: String,
}

/// Where a browser goes first.
pub struct Departure {
    /// The provider's page.
    pub location: String,
    /// What the browser shows when it comes back.
    pub browser: String,
}

/// Somebody who may fetch a session.
struct Exchange {
    user: i64,
    challenge: String,
}

impl Provider {
    /// For a hub whose pages are at `base`, without a slash at the end.
    pub fn new(config: config::Oidc, base: &str) -> Result<Provider, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Provider {
            config,
            redirect_uri: format!("{base}/auth/oidc/callback"),
            http,
            endpoints: tokio::sync::Mutex::default(),
            pending: Mutex::default(),
            exchanges: Mutex::default(),
        })
    }

    /// How accounts are found and made.
    pub fn config(&self) -> &config::Oidc {
        &self.config
    }

    /// Sends a browser to the provider.
    pub async fn depart(&self, now: Now, client: Client) -> Result<Departure, OidcError> {
        let endpoints = self.endpoints(now).await?;
        let (state, browser) = (random_token(), random_token());
        let (nonce, verifier) = (random_token(), random_token());
        let parameters = [
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge(&verifier)),
            ("code_challenge_method", "S256"),
        ];
        let location = Url::parse_with_params(&endpoints.authorization_endpoint, parameters)
            .map_err(|error| OidcError::Provider(error.to_string()))?
            .into();
        let pending = Pending { nonce, verifier, browser: browser.clone(), client };
        match lock(&self.pending).put(now.instant, SIGN_IN, state, pending) {
            true => Ok(Departure { location, browser }),
            false => Err(OidcError::Busy),
        }
    }

    /// Somebody is back with the provider's code: who they are, and which client they use.
    pub async fn arrive(
        &self,
        now: Now,
        state: &str,
        browser: &str,
        code: &str,
    ) -> Result<(Identity, Client), OidcError> {
        let pending = self.returned(now, state, browser)?;
        let endpoints = self.endpoints(now).await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("client_id", &self.config.client_id),
            ("code_verifier", &pending.verifier),
        ];
        let request = self.http.post(&endpoints.token_endpoint).form(&form);
        let request = match &self.config.client_secret {
            // RFC 6749, section 2.3.1.
            Some(secret) => {
                request.basic_auth(escaped(&self.config.client_id), Some(escaped(secret)))
            }
            None => request,
        };
        #[derive(Deserialize)]
        struct Tokens {
            id_token: String,
        }
        let tokens: Tokens = fetch(request).await?;
        let expected = claims::Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce: &pending.nonce,
            now_s: now.unix_ms / 1000,
        };
        let identity = claims::identity(&tokens.id_token, &expected);
        Ok((identity.map_err(|why| OidcError::Provider(why.to_owned()))?, pending.client))
    }

    /// Somebody is back without a code, and `error` says why. Only the browser that left is told.
    pub fn refused(&self, now: Now, state: &str, browser: &str, error: &str) -> OidcError {
        match self.returned(now, state, browser) {
            Ok(_) => {
                OidcError::Refused(error.chars().filter(|c| !c.is_control()).take(100).collect())
            }
            Err(error) => error,
        }
    }

    /// What a client exchanges for the session of that account, once and within a minute.
    pub fn exchange_code(&self, now: Now, user: i64, client: &Client) -> Result<String, OidcError> {
        let code = random_token();
        let exchange = Exchange { user, challenge: client.challenge.clone() };
        match lock(&self.exchanges).put(now.instant, EXCHANGE, hash_token(&code), exchange) {
            true => Ok(code),
            false => Err(OidcError::Busy),
        }
    }

    /// Whose session a client may have. A code works once, also when the verifier is wrong.
    pub fn exchange(&self, now: Now, code: &str, verifier: &str) -> Option<i64> {
        let exchange = lock(&self.exchanges).take(now.instant, &hash_token(code))?;
        let right = same(&challenge(verifier), &exchange.challenge);
        right.then_some(exchange.user)
    }

    fn returned(&self, now: Now, state: &str, browser: &str) -> Result<Pending, OidcError> {
        let pending = lock(&self.pending).take(now.instant, &state.to_owned());
        pending.filter(|pending| same(&pending.browser, browser)).ok_or(OidcError::Unknown)
    }

    async fn endpoints(&self, now: Now) -> Result<Endpoints, OidcError> {
        // Held while asking, so that many at once ask once.
        let mut known = self.endpoints.lock().await;
        if let Some((since, endpoints)) = &*known
            && now.instant.saturating_duration_since(*since) < DISCOVERY
        {
            return Ok(endpoints.clone());
        }
        let issuer = &self.config.issuer;
        let document = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        if !is_safe(&document) {
            return Err(OidcError::Provider(format!("the issuer {issuer} is no https address")));
        }
        let endpoints: Endpoints = fetch(self.http.get(document)).await?;
        if endpoints.issuer != *issuer {
            let other = &endpoints.issuer;
            return Err(OidcError::Provider(format!("the issuer {issuer} calls itself {other}")));
        }
        if !is_safe(&endpoints.authorization_endpoint) || !is_safe(&endpoints.token_endpoint) {
            return Err(OidcError::Provider("an endpoint is no https address".to_owned()));
        }
        *known = Some((now.instant, endpoints.clone()));
        Ok(endpoints)
    }
}

/// Whether TLS guards the way there, or there is no way to guard.
pub(crate) fn is_safe(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let on_this_machine = host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    url.scheme() == "https" || url.scheme() == "http" && on_this_machine
}

/// An answer of the provider.
async fn fetch<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, OidcError> {
    // An address in an error could carry a code.
    let failed = |error: reqwest::Error| OidcError::Provider(error.without_url().to_string());
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(failed)? {
        body.extend_from_slice(&part);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(OidcError::Provider("it answers without end".to_owned()));
        }
    }
    if !status.is_success() {
        return Err(OidcError::Provider(format!("it answers with {status}")));
    }
    serde_json::from_slice(&body).map_err(|error| {
        OidcError::Provider(format!("its answer cannot be read: {:?}", error.classify()))
    })
}

/// The S256 challenge of a verifier (RFC 7636, section 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash_token(verifier))
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// As in a form (RFC 6749, appendix B), with %20 for blanks.
fn escaped(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    escaped.collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Things that are taken once, and in time.
struct Expiring<K, V>(HashMap<K, (Instant, V)>);

impl<K, V> Default for Expiring<K, V> {
    fn default() -> Expiring<K, V> {
        Expiring(HashMap::new())
    }
}

impl<K: Hash + Eq, V> Expiring<K, V> {
    /// `false` when there are too many.
    fn put(&mut self, now: Instant, lasts: Duration, key: K, value: V) -> bool {
        if self.0.len() >= MAX_PENDING {
            self.0.retain(|_, (until, _)| *until > now);
        }
        let room = self.0.len() < MAX_PENDING;
        if room {
            self.0.insert(key, (now + lasts, value));
        }
        room
    }

    fn take(&mut self, now: Instant, key: &K) -> Option<V> {
        let (until, value) = self.0.remove(key)?;
        (until > now).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_and_this_machine_are_safe() {
        for safe in ["https://id.example.org/x", "http://127.0.0.1:8080", "http://[::1]/realms/a"] {
            assert!(is_safe(safe), "{safe}");
        }
        for unsafe_one in
            ["http://id.example.org", "ftp://127.0.0.1", "http://localhost.evil.org", ""]
        {
            assert!(!is_safe(unsafe_one), "{unsafe_one}");
        }
    }

    #[test]
    fn what_expires_is_not_taken_and_nothing_is_taken_twice() {
        let start = crate::clock::now().instant;
        let mut things = Expiring::default();
        assert!(things.put(start, EXCHANGE, "a", 1) && things.put(start, EXCHANGE, "b", 2));
        assert_eq!(things.take(start, &"a"), Some(1));
        assert_eq!(things.take(start, &"a"), None);
        assert_eq!(things.take(start + EXCHANGE, &"b"), None);
        assert!((0..MAX_PENDING).all(|n| things.put(start, SIGN_IN, &*n.to_string().leak(), 0)));
        assert!(!things.put(start, SIGN_IN, "one more", 0));
        assert!(things.put(start + SIGN_IN, SIGN_IN, "later", 0));
    }

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
