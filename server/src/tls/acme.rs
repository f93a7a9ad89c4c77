//! A certificate that an authority issues and renews by itself: ACME (RFC 8555) with TLS-ALPN-01
//! (RFC 8737). The account and the certificates are kept in the data folder.

use super::listener::Configs;
use super::{provider, roots, server_config};
use crate::error::HubError;
use crate::store::{folder_error, make_private_folder};
use futures_util::StreamExt;
use rustls::ClientConfig;
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, EventOk};
use std::path::Path;
use std::sync::Arc;

/// The folder in the data folder.
const FOLDER: &str = "acme";

/// What to ask the authority for.
pub struct Acme<'a> {
    /// The names.
    pub domains: &'a [String],
    /// Whom the authority writes to.
    pub contact: Option<&'a str>,
    /// Its directory; `None`: Let's Encrypt.
    pub directory: Option<&'a str>,
    /// Who vouches for the directory, where it is not one of the usual authorities.
    pub trust: Option<&'a Path>,
}

impl Acme<'_> {
    /// Asks for the certificate, and for its successors in time, as long as the hub runs.
    pub fn start(self, data: &Path) -> Result<Configs, HubError> {
        let failed =
            |detail: String| HubError::option("tls.trust", format!("{detail}; correct it"));
        let config = match self.trust {
            None => AcmeConfig::new_with_provider(self.domains, provider()),
            Some(path) => {
                let client = ClientConfig::builder_with_provider(provider())
                    .with_safe_default_protocol_versions()
                    .map_err(|error| failed(error.to_string()))?
                    .with_root_certificates(roots(path).map_err(failed)?)
                    .with_no_client_auth();
                AcmeConfig::new_with_client_config(self.domains, Arc::new(client))
            }
        };
        let config = match self.directory {
            Some(directory) => config.directory(directory),
            None => config.directory_lets_encrypt(true),
        };
        let folder = data.join(FOLDER);
        make_private_folder(&folder).map_err(|e| folder_error(&folder, e))?;
        let contact = self.contact.map(|contact| format!("mailto:{contact}"));
        let mut state = config.contact(contact).cache(DirCache::new(folder)).state();
        let challenge = state.challenge_rustls_config_with_provider(provider());
        let normal = server_config(state.resolver())
            .map_err(|error| HubError::option("tls.mode", error.to_string()))?;
        tokio::spawn(async move {
            while let Some(event) = state.next().await {
                match event {
                    Ok(EventOk::DeployedNewCert) => tracing::info!("a new certificate is in use"),
                    Ok(EventOk::DeployedCachedCert) => {
                        tracing::info!("the certificate of the last start is in use");
                    }
                    Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
                    // It tries again by itself.
                    Err(error) => tracing::error!(%error, "the authority gave no certificate"),
                }
            }
        });
        Ok(Configs { normal: Arc::new(normal), challenge: Some(challenge) })
    }
}
