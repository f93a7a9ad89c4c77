//! Where this hub is, as its callers see it.

use crate::hub::Shared;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use std::convert::Infallible;
use std::sync::Arc;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The address of the hub's pages for this caller, without a slash at the end
/// ([`crate::address::Address::as_reached`]).
pub struct BaseUrl(pub String);

impl FromRequestParts<Arc<Shared>> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<BaseUrl, Infallible> {
        Ok(BaseUrl(shared.address.as_reached(&parts.headers)))
    }
}

impl Shared {
    /// Whether a form was sent by a page of this hub. Programs, which name no origin, may send it
    /// too; another web site may not, for it would spend its visitors' tries.
    pub(super) fn sent_from_here(&self, headers: &HeaderMap) -> bool {
        if headers.get(SEC_FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none") {
            return false;
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        authority.is_some_and(|(_, authority)| self.address.is_at(authority, headers))
    }
}
