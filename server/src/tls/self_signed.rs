//! A certificate that the hub signs itself, for first tries. It lies in the data folder, so that
//! whoever trusted it once goes on trusting it.

use super::load;
use crate::config::Config;
use crate::error::HubError;
use crate::store::write_private;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Where the two files lie.
pub struct Identity {
    /// PEM.
    pub certificate: PathBuf,
    /// PEM; only this user can read it.
    pub key: PathBuf,
}

impl Identity {
    /// The files' places in a data folder.
    pub fn within(data: &Path) -> Identity {
        Identity { certificate: data.join("self-signed.crt"), key: data.join("self-signed.key") }
    }

    /// Makes the files when they are not there. A certificate is for `names`, and for good: browsers
    /// ask about it anyway, and programs compare its fingerprint.
    pub fn ensure(&self, names: Vec<String>) -> Result<(), HubError> {
        if self.certificate.exists() && self.key.exists() {
            return load(&self.certificate, &self.key).map(drop);
        }
        let failed = |detail: String| HubError::Tls { path: self.certificate.clone(), detail };
        let (certificate, key) = make(names).map_err(|error| failed(error.to_string()))?;
        // The key first: a certificate without a key would be a half that is never completed.
        write_private(&self.key, key.as_bytes()).map_err(|error| failed(error.to_string()))?;
        write_private(&self.certificate, certificate.as_bytes())
            .map_err(|error| failed(error.to_string()))
    }
}

/// What people may write in the address: the public host, this machine's own names, and where the
/// hub listens.
pub fn certificate_names(config: &Config) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let public = config.public_url.as_deref().and_then(|url| reqwest::Url::parse(url).ok());
    let public =
        public.and_then(|url| url.host_str().map(|h| h.trim_matches(['[', ']']).to_owned()));
    let listened: Option<IpAddr> = Some(config.listen.ip()).filter(|ip| !ip.is_unspecified());
    let advertised = config.advertise.iter().map(|address| address.ip());
    let addresses = listened.into_iter().chain(advertised).map(|ip| ip.to_string());
    for name in public.into_iter().chain(addresses) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn make(names: Vec<String>) -> Result<(String, String), rcgen::Error> {
    let mut parameters = CertificateParams::new(names)?;
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, "Katheder, self-signed");
    let key = KeyPair::generate()?;
    let certificate = parameters.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}
