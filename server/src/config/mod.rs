//! What a hub needs to know: where it keeps its data, where it listens, whom it trusts.
//!
//! [`File`] is the same as an administrator writes it; every option stands in
//! `packaging/katheder-hub.toml` with its default and its meaning. [`Config::check`] finds what
//! cannot work before anything is opened.

mod check;
mod file;

pub use check::check_ports;
pub use file::File;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The port of a hub that is told none: TCP for pages and signalling, UDP for media.
pub const DEFAULT_PORT: u16 = 7480;

/// What a hub needs to know.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// The data folder; made when missing. One hub per folder.
    pub data: PathBuf,
    /// `postgres://user:password@host/database`; `None`: a SQLite file in the data folder.
    pub database: Option<String>,
    /// TCP: pages, REST and WebSocket. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// UDP: media. Port 0 takes a free one.
    pub media_listen: SocketAddr,
    /// The media addresses that clients are told; empty: where media listens, and this machine's own
    /// when that is every address. Needed behind a translator (NAT). A port of 0 is media's own.
    pub advertise: Vec<SocketAddr>,
    /// What others call the administrator that the first start makes; `admin` without a word.
    pub owner: Option<String>,
    /// How people outside reach the pages, without a slash at the end: `https://meet.example.org`.
    /// `None`: the address that the hub listens on.
    pub public_url: Option<String>,
    /// How TLS is served.
    pub tls: Tls,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How mail is sent; `None`: it is not, and invitations are copied by hand.
    pub mail: Option<Mail>,
    /// Where replies to invitations are fetched from.
    pub replies: Option<Mailbox>,
    /// The number that telephone guests dial, as people read it.
    pub phone_number: Option<String>,
    /// How many guests may be in conferences of this hub at once.
    pub guest_capacity: usize,
    /// A bearer token for `/metrics`; `None`: only this machine may read it.
    pub metrics_token: Option<String>,
    /// Webhooks may reach addresses of this machine and of private networks.
    pub webhooks_private: bool,
    /// Sign-in through an OpenID provider.
    #[cfg(feature = "oidc")]
    pub oidc: Option<Oidc>,
    /// What the program writes to its standard error.
    pub log: Log,
}

/// What the program writes to its standard error. A hub within another program writes nothing of its
/// own accord: it hands its events to that program's subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// What is worth a line: `info`, or by part, `info,server::mail=debug`. The environment variable
    /// `RUST_LOG` wins.
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is worth a line when nothing is said about it.
pub const DEFAULT_LOG_FILTER: &str = "info,sqlx=warn,str0m=error";

impl Default for Log {
    fn default() -> Log {
        Log { format: LogFormat::default(), filter: DEFAULT_LOG_FILTER.to_owned() }
    }
}

/// How TLS is served.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Tls {
    /// Plain HTTP: behind a proxy that does it, or on this machine only.
    #[default]
    Off,
    /// With these PEM files; read again when they change.
    Files {
        /// The certificate and its chain.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// With a certificate fetched by ACME (RFC 8555, TLS-ALPN-01).
    Acme {
        /// The names it is for.
        domains: Vec<String>,
        /// Whom the authority writes to.
        contact: Option<String>,
        /// The authority's directory; `None`: Let's Encrypt.
        directory: Option<String>,
        /// A PEM file with the authority that vouches for the directory itself, where it is not one
        /// of the usual ones.
        trust: Option<PathBuf>,
    },
    /// With a certificate that the hub signs itself, for first tries.
    SelfSigned,
}

/// How mail is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// `smtp://host:port` (STARTTLS when offered), `smtp+starttls://…` (STARTTLS required) or
    /// `smtps://…` (TLS from the start).
    pub server: String,
    /// Name and password, where the server asks for them.
    pub credentials: Option<(String, String)>,
    /// The sender, `Katheder <meet@example.org>`.
    pub from: String,
    /// A PEM file with an authority that is trusted beside the usual ones.
    pub trust: Option<PathBuf>,
}

/// A mailbox that replies to invitations arrive in.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// `imaps://host:port` or, on this machine only, `imap://host:port`.
    pub server: String,
    /// Name and password.
    pub credentials: (String, String),
    /// A PEM file with an authority that is trusted beside the usual ones.
    pub trust: Option<PathBuf>,
    /// How often it is looked into.
    pub every: Duration,
}

/// Sign-in through an OpenID provider; its redirect URI is `PUBLIC_URL/auth/oidc/callback`.
#[cfg(feature = "oidc")]
#[derive(Clone, PartialEq, Eq)]
pub struct Oidc {
    /// The provider, `https://id.example.org/realms/work`; on this machine also `http`.
    pub issuer: String,
    /// What it calls this hub.
    pub client_id: String,
    /// What it knows this hub by; `None`: by PKCE alone.
    pub client_secret: Option<String>,
    /// Whoever has no account gets one, as a member.
    pub make_accounts: bool,
    /// Accounts are found by the address that the provider has verified. Members may not change
    /// their addresses then.
    pub match_email: bool,
}

/// How many guests a hub takes when it is told no number.
pub const DEFAULT_GUEST_CAPACITY: usize = 500;

impl Config {
    /// A hub that only this machine reaches, on free ports.
    pub fn local(data: impl Into<PathBuf>) -> Config {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Config {
            data: data.into(),
            database: None,
            listen: anywhere,
            media_listen: anywhere,
            advertise: Vec::new(),
            owner: None,
            public_url: None,
            tls: Tls::Off,
            trusted_proxies: Vec::new(),
            mail: None,
            replies: None,
            phone_number: None,
            guest_capacity: DEFAULT_GUEST_CAPACITY,
            metrics_token: None,
            webhooks_private: false,
            #[cfg(feature = "oidc")]
            oidc: None,
            log: Log::default(),
        }
    }
}

/// Stands for a secret that there is.
const HIDDEN: &str = "(hidden)";

/// Everything but the secrets: the database's address carries a password, too.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { data, database, listen, media_listen, advertise, owner, public_url, .. } =
            self;
        let Config { tls, trusted_proxies, mail, replies, phone_number, .. } = self;
        let Config { guest_capacity, metrics_token, webhooks_private, log, .. } = self;
        f.debug_struct("Config")
            .field("data", data)
            .field("database", &database.as_ref().map(|_| HIDDEN))
            .field("listen", listen)
            .field("media_listen", media_listen)
            .field("advertise", advertise)
            .field("owner", owner)
            .field("public_url", public_url)
            .field("tls", tls)
            .field("trusted_proxies", trusted_proxies)
            .field("mail", mail)
            .field("replies", replies)
            .field("phone_number", phone_number)
            .field("guest_capacity", guest_capacity)
            .field("metrics_token", &metrics_token.as_ref().map(|_| HIDDEN))
            .field("webhooks_private", webhooks_private)
            .field("log", log)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("server", &self.server)
            .field("user", &self.credentials.as_ref().map(|(user, _)| user))
            .field("from", &self.from)
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox")
            .field("server", &self.server)
            .field("user", &self.credentials.0)
            .field("trust", &self.trust)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}
