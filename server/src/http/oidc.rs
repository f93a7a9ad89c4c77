//! Sign-in through an OpenID provider. A native client listens on a loopback port, opens
//! `/auth/oidc/start` in the browser, gets a one-time code back on its port and exchanges it.

use super::accounts::agent;
use super::api::Failure;
use crate::accounts::oidc::{Client, Departure, OidcError, Provider};
use crate::clock;
use crate::hub::Shared;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::{ApiError, OidcExchange, SignedIn};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Shows that a browser that comes back is the one that left.
const COOKIE: &str = "katheder_oidc";

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(start)).routes(routes!(callback)).routes(routes!(exchange))
}

/// A native client that signs somebody in.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Start {
    /// The port on 127.0.0.1 that it listens on.
    port: u16,
    /// BASE64URL(SHA-256(verifier)) of a random verifier of 43 to 128 characters (RFC 7636, S256).
    challenge: String,
}

/// Send a browser to the OpenID provider.
#[utoipa::path(get, path = "/auth/oidc/start", tag = "accounts", params(Start), responses(
    (status = 303, description = "to the provider"),
    (status = 400, description = "a wrong port or challenge"),
    (status = 404, description = "this hub has no provider"),
    (status = 502, description = "the provider does not answer"),
), security(()))]
pub async fn start(
    State(shared): State<Arc<Shared>>,
    query: Result<Query<Start>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Start { port, challenge }) = query?;
    let is_challenge = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !is_challenge {
        return Err(Failure::field("challenge", "a challenge has 43 characters of base64url"));
    }
    if port == 0 {
        return Err(Failure::field("port", "a port is 1 to 65535"));
    }
    let client = Client { port, challenge };
    let Departure { location, browser } =
        provider(&shared)?.depart(clock::now(), client).await.map_err(sign_in_failed)?;
    let secure = if shared.is_public_over_tls() { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={browser}; Path=/auth/oidc; Max-Age=600; HttpOnly; SameSite=Lax{secure}");
    let headers = [(header::LOCATION, location), (header::SET_COOKIE, cookie)];
    Ok((StatusCode::SEE_OTHER, headers, NEVER_KEPT).into_response())
}

/// Addresses here carry codes.
const NEVER_KEPT: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// What a provider adds to our address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Callback {
    /// Which sign-in.
    state: String,
    /// What the hub gets an ID token for.
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// Come back from the OpenID provider; on to the client, with a one-time code.
#[utoipa::path(get, path = "/auth/oidc/callback", tag = "accounts", params(Callback), responses(
    (status = 303, description = "to `http://127.0.0.1:PORT/?code=…`"),
    (status = 400, description = "an old page, another browser, or a forgery"),
    (status = 403, description = "no account, or refused by the provider"),
    (status = 502, description = "the provider does not answer"),
), security(()))]
pub async fn callback(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    query: Result<Query<Callback>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Callback { state, code, error }) = query?;
    let (now, provider, browser) = (clock::now(), provider(&shared)?, cookie(&headers));
    let outcome = async {
        let Some(code) = code else {
            let error = error.as_deref().unwrap_or("no code");
            return Err(provider.refused(now, &state, browser, error));
        };
        let (identity, client) = provider.arrive(now, &state, browser, &code).await?;
        let user = shared.accounts.user_of(now, provider.config(), identity).await?;
        Ok((provider.exchange_code(now, user, &client)?, client.port))
    };
    let (code, port) = outcome.await.map_err(sign_in_failed)?;
    let location = [(header::LOCATION, format!("http://127.0.0.1:{port}/?code={code}"))];
    Ok((StatusCode::SEE_OTHER, location, NEVER_KEPT).into_response())
}

fn cookie(headers: &HeaderMap) -> &str {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')).unwrap_or_default()
}

/// Exchange the one-time code of an OpenID sign-in for a session.
///
/// A code works once and for a minute.
#[utoipa::path(post, path = "/api/v1/session/oidc", tag = "accounts", request_body = OidcExchange,
responses(
    (status = 200, body = SignedIn),
    (status = 401, body = ApiError, description = "`wrong_code`"),
    (status = 404, body = ApiError, description = "this hub has no provider"),
), security(()))]
pub async fn exchange(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Json<OidcExchange>, JsonRejection>,
) -> Result<Json<SignedIn>, Failure> {
    let Json(OidcExchange { code, verifier }) = body?;
    let now = clock::now();
    let wrong = || {
        let message = "the code is wrong or too old; start the sign-in again";
        Failure::new(StatusCode::UNAUTHORIZED, "wrong_code", message)
    };
    let user = provider(&shared)?.exchange(now, &code, &verifier).ok_or_else(wrong)?;
    let signed_in = shared.accounts.sign_in_as(now, user, agent(&headers)).await?;
    signed_in.map(Json).ok_or_else(wrong)
}

fn provider(shared: &Shared) -> Result<&Provider, Failure> {
    let missing = || Failure::not_found("this hub has no sign-in through an OpenID provider");
    shared.accounts.provider().ok_or_else(missing)
}

fn sign_in_failed(error: OidcError) -> Failure {
    let message = error.to_string();
    match error {
        OidcError::Provider(detail) => {
            tracing::warn!(%detail, "the OpenID provider cannot be used");
            Failure::new(StatusCode::BAD_GATEWAY, "provider", message)
        }
        OidcError::Unknown => Failure::new(StatusCode::BAD_REQUEST, "unknown_sign_in", message),
        OidcError::Busy => Failure::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message),
        OidcError::Refused(_) | OidcError::NoAccount => Failure::forbidden(message),
        OidcError::Store(error) => error.into(),
    }
}

impl Shared {
    /// Whether browsers reach the hub by https.
    fn is_public_over_tls(&self) -> bool {
        self.address.lasting().starts_with("https://")
    }
}
