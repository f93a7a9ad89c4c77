//! What can be found wrong with a configuration before anything is opened.

#[cfg(feature = "oidc")]
use super::Oidc;
use super::{Config, Mail, Mailbox, Tls};
#[cfg(feature = "oidc")]
use crate::accounts::oidc::is_safe;
use crate::error::HubError;
use crate::tls;
use lettre::message::Mailbox as Address;
use reqwest::Url;
use std::net::{IpAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::time::Duration;

/// A shorter token could be guessed.
const MIN_METRICS_TOKEN: usize = 16;

/// More often is a burden on the mail server, more seldom is of no use to people.
const REPLIES_EVERY: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(5)..=Duration::from_secs(24 * 3600);

impl Config {
    /// Finds the first option that cannot work.
    pub fn check(&self) -> Result<(), HubError> {
        if let Some(database) = &self.database {
            check_database(database)?;
        }
        for address in &self.advertise {
            if address.ip().is_unspecified() {
                let detail = format!("{address} is not an address that clients can reach; name it");
                return Err(HubError::option("advertise", detail));
            }
        }
        if let Some(proxy) = self.trusted_proxies.iter().find(|proxy| proxy.is_unspecified()) {
            let detail = format!("{proxy} is nobody's address; name each proxy's own");
            return Err(HubError::option("trusted_proxies", detail));
        }
        if let Some(url) = &self.public_url {
            check_public_url(url)?;
        }
        check_tls(&self.tls)?;
        if let Some(mail) = &self.mail {
            check_mail(mail)?;
        }
        if let Some(replies) = &self.replies {
            check_replies(replies)?;
        }
        #[cfg(feature = "oidc")]
        if let Some(oidc) = &self.oidc {
            check_oidc(oidc)?;
        }
        if let Some(number) = &self.phone_number {
            let fits = number.chars().count() <= 40 && number.chars().any(|c| c.is_ascii_digit());
            if !fits || number.chars().any(char::is_control) {
                let detail = format!("{number:?} is no telephone number of at most 40 characters");
                return Err(HubError::option("phone_number", detail));
            }
        }
        match &self.metrics_token {
            Some(token) if token.len() < MIN_METRICS_TOKEN => Err(HubError::option(
                "metrics_token",
                format!("it is shorter than {MIN_METRICS_TOKEN} characters; take a random one"),
            )),
            _ => Ok(()),
        }
    }
}

/// Whether both ports are free now: for the check before a start, not for the start itself.
pub fn check_ports(config: &Config) -> Result<(), HubError> {
    let address = config.listen;
    TcpListener::bind(address).map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => HubError::PortInUse { address },
        _ => HubError::Listen { address, source },
    })?;
    UdpSocket::bind(config.media_listen).map(drop).map_err(|error| {
        let detail = format!("{} (UDP): {error}; choose another address", config.media_listen);
        HubError::option("media_listen", detail)
    })
}

/// The address is not repeated in the error: it carries a password.
fn check_database(database: &str) -> Result<(), HubError> {
    let url = Url::parse(database).ok();
    let fits = url.is_some_and(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    if fits {
        return Ok(());
    }
    let detail = "it is not an address of PostgreSQL; write postgres://user:password@host/database, \
                  or leave it out for a file in the data folder";
    Err(HubError::option("database", detail))
}

fn check_public_url(text: &str) -> Result<(), HubError> {
    let wrong = |what: &str| {
        let detail = format!("{text:?} {what}; it looks like https://meet.example.org");
        Err(HubError::option("public_url", detail))
    };
    let Ok(url) = Url::parse(text) else { return wrong("is not an address") };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return wrong("is not an address of web pages");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return wrong("has a path, and the hub serves its pages at the top of a host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(HubError::option("public_url", "it carries a name or a password; remove them"));
    }
    if text.ends_with('/') {
        return wrong("ends with a slash");
    }
    Ok(())
}

fn check_tls(tls: &Tls) -> Result<(), HubError> {
    match tls {
        Tls::Off | Tls::SelfSigned => Ok(()),
        Tls::Files { certificate, key } => tls::load(certificate, key).map(drop),
        Tls::Acme { domains, contact, directory, trust } => {
            check_domains(domains)?;
            if let Some(contact) = contact
                && contact.parse::<lettre::Address>().is_err()
            {
                let detail = format!("{contact:?} is not a mail address");
                return Err(HubError::option("tls.contact", detail));
            }
            if let Some(directory) = directory
                && !Url::parse(directory).is_ok_and(|url| url.scheme() == "https")
            {
                let detail = format!("{directory:?} is not an address with https://");
                return Err(HubError::option("tls.directory", detail));
            }
            check_trust("tls.trust", trust.as_deref())
        }
    }
}

fn check_domains(domains: &[String]) -> Result<(), HubError> {
    if domains.is_empty() {
        let detail = "name the hosts that the certificate is for: domains = [\"meet.example.org\"]";
        return Err(HubError::option("tls.domains", detail));
    }
    for domain in domains {
        let labels = domain.split('.');
        let fits = domain.len() <= 253
            && domain.parse::<IpAddr>().is_err()
            && labels.into_iter().all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
        if !fits {
            let detail = format!(
                "{domain:?} is not a host's name; an IP address, a wildcard or a port cannot be \
                 certified this way"
            );
            return Err(HubError::option("tls.domains", detail));
        }
    }
    Ok(())
}

fn check_mail(mail: &Mail) -> Result<(), HubError> {
    check_server("mail.server", &mail.server, &["smtp", "smtp+starttls", "smtps"])?;
    if let Err(error) = mail.from.parse::<Address>() {
        let detail = format!(
            "{:?} is not a sender ({error}); it looks like Katheder <meet@example.org>",
            mail.from
        );
        return Err(HubError::option("mail.from", detail));
    }
    check_trust("mail.trust", mail.trust.as_deref())
}

fn check_replies(replies: &Mailbox) -> Result<(), HubError> {
    let url = check_server("replies.server", &replies.server, &["imaps", "imap"])?;
    let here = url.host_str().is_some_and(|host| {
        let host = host.trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    });
    if url.scheme() == "imap" && !here {
        let detail = "imap:// sends the password in clear text and is for a server on this machine \
                      only; write imaps://";
        return Err(HubError::option("replies.server", detail));
    }
    if !REPLIES_EVERY.contains(&replies.every) {
        let detail = format!("{} is not between 5 and 86400 seconds", replies.every.as_secs());
        return Err(HubError::option("replies.every_s", detail));
    }
    check_trust("replies.trust", replies.trust.as_deref())
}

/// What the provider is called by (OpenID Connect Discovery 1.0, section 3).
#[cfg(feature = "oidc")]
fn check_oidc(oidc: &Oidc) -> Result<(), HubError> {
    const EXAMPLE: &str = "it looks like https://id.example.org/realms/work";
    let wrong = |what: &str| {
        Err(HubError::option("oidc.issuer", format!("{:?} {what}; {EXAMPLE}", oidc.issuer)))
    };
    let Ok(url) = Url::parse(&oidc.issuer) else { return wrong("is not an address") };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(HubError::option(
            "oidc.issuer",
            "it carries a name or a password; remove them",
        ));
    }
    if !is_safe(&oidc.issuer) {
        return wrong("is neither an address with https:// nor one of this machine");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("has something behind its path, which no issuer has");
    }
    if oidc.client_id.trim().is_empty() {
        let detail = "it is empty; take the name that the provider has for this hub";
        return Err(HubError::option("oidc.client_id", detail));
    }
    if oidc.client_secret.as_deref().is_some_and(str::is_empty) {
        let detail = "it is empty; leave it out where the provider asks for none";
        return Err(HubError::option("oidc.client_secret", detail));
    }
    Ok(())
}

/// A server's address; the error does not repeat it when it carries a password.
fn check_server(key: &'static str, text: &str, schemes: &[&str]) -> Result<Url, HubError> {
    let example = format!("it looks like {}://mail.example.org", schemes[0]);
    let Ok(url) = Url::parse(text) else {
        return Err(HubError::option(key, format!("it is not an address; {example}")));
    };
    if !url.username().is_empty() || url.password().is_some() {
        let detail = "it carries a name or a password; they have options of their own";
        return Err(HubError::option(key, detail));
    }
    if !schemes.contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
        let all = schemes.join("://, ");
        return Err(HubError::option(key, format!("{text:?} has none of {all}://; {example}")));
    }
    Ok(url)
}

fn check_trust(key: &'static str, path: Option<&Path>) -> Result<(), HubError> {
    let Some(path) = path else { return Ok(()) };
    match tls::certificates(path) {
        Ok(_) => Ok(()),
        Err(detail) => Err(HubError::option(key, format!("{}: {detail}", path.display()))),
    }
}
