//! The mailbox that answers to invitations arrive in (IMAP, RFC 3501). It is the hub's own: what has
//! been read is marked as seen, and left where it is.

use super::smtp::is_this_machine;
use crate::clock;
use crate::config::Mailbox;
use crate::hub::Shared;
use crate::invitations::apply_mail;
use async_imap::{Client, Session};
use futures_util::TryStreamExt;
use reqwest::Url;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The longest look as a whole; what is left is read by the next.
const LOOK: Duration = Duration::from_secs(60);

/// Bigger mails are no answers, and not fetched.
const MAX_MAIL_BYTES: u32 = 1024 * 1024;

/// Reads what is new; the error is for the administrator.
pub async fn look(shared: &Shared, mailbox: &Mailbox) -> Result<(), String> {
    match timeout(LOOK, connect(shared, mailbox)).await {
        Ok(done) => done,
        Err(_) => Err("the server does not answer in time".to_owned()),
    }
}

async fn connect(shared: &Shared, mailbox: &Mailbox) -> Result<(), String> {
    let wrong = || format!("{:?} (replies.server) is no address of a mailbox", mailbox.server);
    let url = Url::parse(&mailbox.server).map_err(|_| wrong())?;
    let host = url.host_str().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
    let tls = match url.scheme() {
        "imaps" => true,
        "imap" if is_this_machine(&host) => false,
        _ => return Err(wrong()),
    };
    let port = url.port().unwrap_or(if tls { 993 } else { 143 });
    let stream = TcpStream::connect((host.as_str(), port)).await.map_err(text)?;
    if !tls {
        return read(shared, mailbox, stream).await;
    }
    let name = ServerName::try_from(host).map_err(text)?;
    let connector = TlsConnector::from(Arc::new(tls_config(mailbox.trust.as_deref())?));
    read(shared, mailbox, connector.connect(name, stream).await.map_err(text)?).await
}

fn tls_config(trust: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = trust {
        for certificate in CertificateDer::pem_file_iter(path).map_err(text)? {
            roots.add(certificate.map_err(text)?).map_err(text)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(text)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn read<S>(shared: &Shared, mailbox: &Mailbox, stream: S) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    let mut client = Client::new(stream);
    client.read_response().await.map_err(text)?.ok_or("the server hung up")?;
    let (name, password) = &mailbox.credentials;
    let mut session = client.login(name, password).await.map_err(|(error, _)| text(error))?;
    session.select("INBOX").await.map_err(text)?;
    let mut new: Vec<u32> = session.uid_search("UNSEEN").await.map_err(text)?.into_iter().collect();
    new.sort_unstable();
    for uid in new {
        if let Some(mail) = fetch(&mut session, uid).await? {
            // What the database did not take is read again next time.
            apply_mail(shared, &mail, clock::now().unix_ms).await.map_err(text)?;
        }
        let seen =
            session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Seen)").await.map_err(text)?;
        seen.try_collect::<Vec<_>>().await.map_err(text)?;
    }
    session.logout().await.map_err(text)
}

/// A mail, unless it is too big.
async fn fetch<S>(session: &mut Session<S>, uid: u32) -> Result<Option<Vec<u8>>, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    let sizes = session.uid_fetch(uid.to_string(), "RFC822.SIZE").await.map_err(text)?;
    let sizes: Vec<_> = sizes.try_collect().await.map_err(text)?;
    let size = sizes.iter().find_map(|fetch| fetch.size);
    if size.is_none_or(|size| size > MAX_MAIL_BYTES) {
        return Ok(None);
    }
    let mails = session.uid_fetch(uid.to_string(), "BODY.PEEK[]").await.map_err(text)?;
    let mails: Vec<_> = mails.try_collect().await.map_err(text)?;
    Ok(mails.iter().find_map(|fetch| fetch.body().map(<[u8]>::to_vec)))
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
