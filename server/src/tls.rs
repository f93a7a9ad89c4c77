//! TLS: certificates from files, from an authority (ACME) or self-signed, and the listener that
//! speaks it.

mod acme;
mod listener;
mod self_signed;

pub use listener::{Configs, TlsListener};
pub use self_signed::Identity;

use crate::config::{Config, Tls};
use crate::error::HubError;
use acme::Acme;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The cryptography that every TLS connection of the hub uses.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Makes [`provider`] the process's own, for libraries that ask for it. Another one that is there
/// already stays.
pub fn install_provider() {
    let _ = ring::default_provider().install_default();
}

/// The certificates in a PEM file.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let chain = chain.map_err(|error| format!("it is not a PEM file ({error})"))?;
    if chain.is_empty() {
        return Err("there is no certificate in it (-----BEGIN CERTIFICATE-----)".to_owned());
    }
    Ok(chain)
}

/// Trusts the authorities in a PEM file, and no others.
pub fn roots(trust: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(trust)? {
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    Ok(roots)
}

/// A certificate and its private key from PEM files; they must belong together.
pub fn load(certificate: &Path, key: &Path) -> Result<CertifiedKey, HubError> {
    let failed = |path: &Path, detail: String| HubError::Tls { path: path.to_owned(), detail };
    let chain = certificates(certificate).map_err(|detail| {
        failed(certificate, format!("{detail}. Correct tls.certificate, or make it readable"))
    })?;
    let wrong_key = |detail: String| {
        failed(key, format!("{detail}. Correct tls.key, or make it readable for this user"))
    };
    let pem = std::fs::read(key).map_err(|error| wrong_key(error.to_string()))?;
    let secret = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| wrong_key("there is no private key in it that can be used".to_owned()))?;
    CertifiedKey::from_der(chain, secret, &provider()).map_err(|error| {
        wrong_key(format!("it does not fit the certificate {} ({error})", certificate.display()))
    })
}

/// Makes what the configured way of TLS needs, and keeps it up to date while the hub runs. `None`:
/// plain HTTP.
pub fn start(config: &Config) -> Result<Option<Configs>, HubError> {
    let (certificate, key) = match &config.tls {
        Tls::Off => return Ok(None),
        Tls::Acme { domains, contact, directory, trust } => {
            let contact = contact.as_deref();
            let (directory, trust) = (directory.as_deref(), trust.as_deref());
            return Acme { domains, contact, directory, trust }.start(&config.data).map(Some);
        }
        Tls::Files { certificate, key } => (certificate.clone(), key.clone()),
        Tls::SelfSigned => {
            let identity = Identity::within(&config.data);
            identity.ensure(self_signed::certificate_names(config))?;
            (identity.certificate, identity.key)
        }
    };
    let files = Files::watch(&certificate, &key)?;
    let normal = server_config(files)
        .map_err(|error| HubError::Tls { path: certificate, detail: error.to_string() })?;
    Ok(Some(Configs { normal: Arc::new(normal), challenge: None }))
}

/// What a browser shows as the certificate's SHA-256 fingerprint.
pub fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let hash = Sha256::digest(certificate);
    hash.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// The fingerprint of the certificate that the hub signed itself, when it serves with that one.
pub fn self_signed_fingerprint(config: &Config) -> Option<String> {
    if config.tls != Tls::SelfSigned {
        return None;
    }
    let chain = certificates(&Identity::within(&config.data).certificate).ok()?;
    chain.first().map(fingerprint)
}

/// Serves HTTP/1.1 with whatever certificate `resolver` names.
pub fn server_config(resolver: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// A certificate from files that is read again when they change.
#[derive(Debug)]
pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Files {
    /// Reads the files, and from now on watches them.
    pub fn watch(certificate: &Path, key: &Path) -> Result<Arc<Files>, HubError> {
        let stamp = stamps(certificate, key);
        let files = Arc::new(Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: RwLock::new(Arc::new(load(certificate, key)?)),
        });
        let watched = Arc::downgrade(&files);
        tokio::spawn(async move {
            let mut stamp = stamp;
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let Some(files) = watched.upgrade() else { return };
                let now = stamps(&files.certificate, &files.key);
                if now != stamp {
                    stamp = now;
                    files.reload();
                }
            }
        });
        Ok(files)
    }

    /// While the files cannot be used, because one is written before the other perhaps, the old
    /// certificate stays.
    fn reload(&self) {
        match load(&self.certificate, &self.key) {
            Ok(fresh) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                tracing::info!("the certificate was read again");
            }
            Err(error) => {
                tracing::warn!(%error, "the certificate changed and cannot be used; the old one stays");
            }
        }
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// When the files were changed last; `None` for one that is not there.
fn stamps(certificate: &Path, key: &Path) -> [Option<(SystemTime, u64)>; 2] {
    [certificate, key].map(|path| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(certificate: &Path, key: &Path) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(key, made.signing_key.serialize_pem()).unwrap();
        std::fs::write(certificate, made.cert.pem()).unwrap();
    }

    #[test]
    fn half_a_change_leaves_the_old_certificate_in_use() {
        let place = tempfile::tempdir().unwrap();
        let (certificate, key) = (place.path().join("a.crt"), place.path().join("a.key"));
        write(&certificate, &key);
        let current = RwLock::new(Arc::new(load(&certificate, &key).unwrap()));
        let files = Files { certificate: certificate.clone(), key: key.clone(), current };
        let served = || fingerprint(&files.current.read().unwrap().cert[0]);
        let old = served();
        write(&certificate, &place.path().join("b.key"));
        files.reload();
        assert_eq!(served(), old, "its key is still missing");
        write(&certificate, &key);
        files.reload();
        assert_ne!(served(), old);
    }
}
