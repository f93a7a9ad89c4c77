//! Where this hub is, as its callers see it.

use crate::config::Tls;
use crate::hub::Shared;
use axum::http::{HeaderMap, HeaderName, header};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Shared {
    /// The address of the pages, without a slash at the end: the configured one, otherwise the one
    /// that this request came to.
    pub(super) fn base_url(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.config.public_url {
            return url.clone();
        }
        let scheme = if self.config.tls == Tls::Off { "http" } else { "https" };
        match host(headers) {
            Some(host) => format!("{scheme}://{host}"),
            None => format!("{scheme}://{}", self.config.listen),
        }
    }

    /// Whether a form was sent by a page of this hub. Programs, which name no origin, may send it
    /// too; another web site may not, for it would spend its visitors' tries.
    pub(super) fn sent_from_here(&self, headers: &HeaderMap) -> bool {
        if headers.get(SEC_FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none") {
            return false;
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let public = self.config.public_url.as_deref().and_then(|url| url.split_once("://"));
        let public = public.map(|(_, rest)| rest.split('/').next().unwrap_or_default());
        authority.is_some() && (authority == host(headers) || authority == public)
    }
}

/// The `Host` of a request, where it is a plain one.
fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    (!host.is_empty() && host.bytes().all(plain)).then_some(host)
}
