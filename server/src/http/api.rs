//! What the REST calls under `/api/v1` share: who calls, and how they fail. Every failure has an
//! [`ApiError`] as its body.

use crate::accounts::SignInError;
use crate::clock;
use crate::hub::Shared;
use crate::room::hash_token;
use crate::store::{StoreError, UserRow};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::extract::rejection::JsonRejection;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::ApiError;
use std::sync::Arc;
use std::time::Duration;

/// A REST call that failed.
pub struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<&'static str>,
    retry_after_s: Option<u64>,
}

impl Failure {
    /// A failure with a stable code for programs and a message for people.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, code, message: message.into(), field: None, retry_after_s: None }
    }

    /// 400 `invalid`, with the member of the body that is wrong.
    pub fn field(field: &'static str, message: impl Into<String>) -> Failure {
        let failure = Failure::new(StatusCode::BAD_REQUEST, "invalid", message);
        Failure { field: Some(field), ..failure }
    }

    /// 403: the caller may not.
    pub fn forbidden(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 404: there is no such thing, or not for this caller.
    pub fn not_found(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 409: it is not possible now; `code` says why.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::CONFLICT, code, message)
    }

    /// 429 `too_many_tries`: again after this long.
    pub fn too_many(wait: Duration, message: impl Into<String>) -> Failure {
        let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", message);
        Failure { retry_after_s: Some(wait.as_secs_f64().ceil().max(1.0) as u64), ..failure }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = ApiError {
            code: self.code.to_owned(),
            message: self.message,
            field: self.field.map(str::to_owned),
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        tracing::error!(%error, "a REST call failed");
        Failure::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the hub's database does not answer; try again, and look into the hub's log",
        )
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Failure {
        let (status, text) = (rejection.status(), rejection.body_text());
        Failure::new(status, "invalid", text)
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Failure {
        let message = error.to_string();
        match error {
            SignInError::Wrong => Failure::new(StatusCode::UNAUTHORIZED, "wrong_password", message),
            SignInError::TooMany(wait) => Failure::too_many(wait, message),
            SignInError::Store(error) => error.into(),
        }
    }
}

/// An answer with the code `invalid`, for what axum itself refuses.
pub fn invalid(status: StatusCode, message: String) -> Response {
    Failure::new(status, "invalid", message).into_response()
}

/// Any other path under `/api`.
pub async fn nothing_here() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "not_found", "there is no such call")
}

/// The user that a request's bearer token belongs to (RFC 6750). Somebody with a one-time password
/// gets 403 `must_change` until they have chosen their own.
pub struct Caller {
    /// Who.
    pub user: UserRow,
    /// Their session.
    pub token_hash: [u8; 32],
}

impl FromRequestParts<Arc<Shared>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Caller, Failure> {
        let AnyCaller(caller) = AnyCaller::from_request_parts(parts, shared).await?;
        if caller.user.must_change {
            let message = "choose a password first: PUT /api/v1/me/password";
            return Err(Failure::new(StatusCode::FORBIDDEN, "must_change", message));
        }
        Ok(caller)
    }
}

/// The same, also with a one-time password: for what leads out of that.
pub struct AnyCaller(pub Caller);

impl FromRequestParts<Arc<Shared>> for AnyCaller {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<AnyCaller, Failure> {
        let not_signed_in =
            || Failure::new(StatusCode::UNAUTHORIZED, "not_signed_in", "sign in first, or again");
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
        let token = header.and_then(|h| h.strip_prefix("Bearer ")).ok_or_else(not_signed_in)?;
        let token_hash = hash_token(token.trim());
        let user = shared.store.session_user(token_hash, clock::now().unix_ms).await?;
        Ok(AnyCaller(Caller { user: user.ok_or_else(not_signed_in)?, token_hash }))
    }
}
