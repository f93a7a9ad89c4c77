//! One mail to one server (RFC 5321), over TLS where it leaves this machine.

use crate::config::Mail;
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{Address, AsyncTransport, Tokio1Executor};
use reqwest::Url;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::timeout;

/// The longest wait for one answer of the server.
const ANSWER: Duration = Duration::from_secs(30);

/// The longest try as a whole.
const TRY: Duration = Duration::from_secs(120);

/// More of a server's text is of no use.
const MAX_DETAIL_CHARS: usize = 300;

/// What became of a mail; texts are for its organiser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it.
    Sent,
    /// The server will never take it.
    Refused(String),
    /// The server does not take it now.
    Deferred(String),
    /// The server takes no mail at all: it cannot be reached, or does not let the hub in.
    ServerDown(String),
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    host: String,
}

impl Smtp {
    /// As configured; the error is for the administrator.
    pub fn new(mail: &Mail) -> Result<Smtp, String> {
        let wrong = || format!("{:?} (mail.server) is no address of a mail server", mail.server);
        let url = Url::parse(&mail.server).map_err(|_| wrong())?;
        let host = url.host_str().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
        let from: Mailbox =
            mail.from.parse().map_err(|_| format!("{:?} (mail.from) is no sender", mail.from))?;

        let parameters = || tls_parameters(&host, mail);
        let (tls, usual_port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(parameters()?), 465),
            "smtp+starttls" => (Tls::Required(parameters()?), 587),
            "smtp" if is_this_machine(&host) => (Tls::None, 25),
            // A password never crosses a network in clear.
            "smtp" if mail.credentials.is_some() => (Tls::Required(parameters()?), 587),
            "smtp" => (Tls::Opportunistic(parameters()?), 25),
            _ => return Err(wrong()),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(url.port().unwrap_or(usual_port))
            .tls(tls)
            .timeout(Some(ANSWER));
        if let Some((name, password)) = &mail.credentials {
            builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Smtp { transport: builder.build(), from: from.email, host })
    }

    /// Hands a mail over.
    pub async fn send(&self, recipient: &str, message: &[u8]) -> Outcome {
        let recipient = match recipient.parse::<Address>() {
            Ok(recipient) => recipient,
            Err(_) => return Outcome::Refused(format!("{recipient:?} is no e-mail address")),
        };
        let envelope = match Envelope::new(Some(self.from.clone()), vec![recipient]) {
            Ok(envelope) => envelope,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        match timeout(TRY, self.transport.send_raw(&envelope, message)).await {
            Ok(Ok(_)) => Outcome::Sent,
            Ok(Err(error)) => self.failed(&error),
            Err(_) => Outcome::ServerDown(format!("the mail server {} does not answer", self.host)),
        }
    }

    /// By the second digit of the reply (RFC 5321 section 4.2.1) it is clear what is wrong: `5` is the
    /// mail, the others the connection, the sign-in or the server. A wrong password must not make mail
    /// get lost.
    fn failed(&self, error: &smtp::Error) -> Outcome {
        let host = &self.host;
        let Some(code) = error.status() else {
            return Outcome::ServerDown(brief(&format!(
                "the mail server {host} fails: {}",
                chain(error)
            )));
        };
        let code: u16 = code.into();
        let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        let detail = brief(&format!("the mail server {host} says: {code} {words}"));
        match (code / 100, code / 10 % 10) {
            (5, 5) => Outcome::Refused(detail),
            _ if code == 421 => Outcome::ServerDown(detail),
            (_, 2 | 3) => Outcome::ServerDown(detail),
            _ => Outcome::Deferred(detail),
        }
    }
}

fn tls_parameters(host: &str, mail: &Mail) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = &mail.trust {
        let failed = |detail: String| {
            format!(
                "the trusted certificate {} (mail.trust) cannot be used: {detail}",
                path.display()
            )
        };
        let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        let trusted = Certificate::from_pem(&pem).map_err(|error| failed(error.to_string()))?;
        builder = builder.add_root_certificate(trusted);
    }
    builder.build_rustls().map_err(|error| chain(&error))
}

/// Whether what is sent there stays on this machine.
pub fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

fn brief(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(MAX_DETAIL_CHARS).collect()
}
