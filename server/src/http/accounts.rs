//! Sessions and the caller's own account.

use super::api::{AnyCaller, Caller, Failure};
use crate::accounts::{self, ChangeError, Invalid, SignInError, Visitor};
use crate::clock;
use crate::hub::Shared;
use crate::store::{Outcome, SessionRow, UserChange, UserRow};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use protocol::{AccountRole, ApiError, ChangeMe, ChangePassword, Me, Session, SignIn, SignedIn};
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    let routes = OpenApiRouter::new();
    #[cfg(feature = "oidc")]
    let routes = routes.merge(super::oidc::routes());
    routes
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(me, change_me))
        .routes(routes!(change_password))
        .routes(routes!(sessions, revoke_others))
        .routes(routes!(revoke))
}

/// Sign in.
///
/// Five failed tries per account and address, thirty per address, within five minutes; then
/// `too_many_tries`. A session lasts 30 days.
#[utoipa::path(post, path = "/api/v1/session", tag = "accounts", request_body = SignIn, responses(
    (status = 200, body = SignedIn),
    (status = 401, body = ApiError, description = "`wrong_password`"),
    (status = 429, body = ApiError, description = "`too_many_tries`, with `Retry-After`"),
), security(()))]
pub async fn sign_in(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Json<SignedIn>, Failure> {
    let Json(SignIn { user, password }) = body?;
    let visitor = Visitor { address: address.ip(), agent: agent(&headers) };
    Ok(Json(shared.accounts.sign_in(clock::now(), visitor, &user, &password).await?))
}

/// What the other side calls itself.
pub(super) fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}

/// Sign out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "accounts", responses(
    (status = 204, description = "the session is over"),
    (status = 401, body = ApiError),
))]
pub async fn sign_out(
    State(shared): State<Arc<Shared>>,
    AnyCaller(caller): AnyCaller,
) -> Result<StatusCode, Failure> {
    shared.live.release(caller.token_hash);
    shared.store.delete_session(caller.token_hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The own account.
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses(
    (status = 200, body = Me),
    (status = 401, body = ApiError),
))]
pub async fn me(
    State(shared): State<Arc<Shared>>,
    AnyCaller(caller): AnyCaller,
) -> Result<Json<Me>, Failure> {
    Ok(Json(shared.me(caller.user).await?))
}

/// Change display name, e-mail address or language.
#[utoipa::path(patch, path = "/api/v1/me", tag = "accounts", request_body = ChangeMe, responses(
    (status = 200, body = Me),
    (status = 400, body = ApiError, description = "`invalid`, with the field"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "the e-mail address identifies people: administrators set it"),
))]
pub async fn change_me(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    body: Result<Json<ChangeMe>, JsonRejection>,
) -> Result<Json<Me>, Failure> {
    let Json(ChangeMe { display_name, email, language }) = body?;
    if email.is_some() && shared.accounts.email_identifies() {
        let message = "your e-mail address is what you sign in with; ask an administrator";
        return Err(Failure::forbidden(message));
    }
    let change = change(display_name.as_deref(), email.as_deref(), language.as_deref())?;
    match shared.store.change_user(caller.user.id, change).await? {
        Outcome::Done(user) => Ok(Json(shared.me(user).await?)),
        Outcome::Missing | Outcome::LastAdministrator => {
            Err(Failure::not_found("the account is gone"))
        }
    }
}

/// What people may change about themselves, and administrators about others.
pub(super) fn change(
    display_name: Option<&str>,
    email: Option<&str>,
    language: Option<&str>,
) -> Result<UserChange, Invalid> {
    Ok(UserChange {
        display_name: display_name.map(accounts::display_name).transpose()?,
        email: email.map(accounts::email).transpose()?,
        language: language.map(accounts::language).transpose()?.map(str::to_owned),
        ..UserChange::default()
    })
}

/// Choose a password.
///
/// All other sessions end, and the conferences that were entered with them are left. Wrong old passwords count like failed sign-ins.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "accounts", request_body = ChangePassword,
responses(
    (status = 204, description = "the new password holds"),
    (status = 400, body = ApiError, description = "`invalid`: too short, the account's name, or the old one"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`wrong_password`: the old one"),
    (status = 429, body = ApiError, description = "`too_many_tries`, with `Retry-After`"),
))]
pub async fn change_password(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    AnyCaller(caller): AnyCaller,
    body: Result<Json<ChangePassword>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    let Json(ChangePassword { old, new }) = body?;
    let passwords = (old.as_str(), new.as_str());
    let (user, session) = (&caller.user, caller.token_hash);
    shared.accounts.change_password(clock::now(), address.ip(), user, session, passwords).await?;
    shared.live.sign_out(user.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// List the own sessions, the last used first.
#[utoipa::path(get, path = "/api/v1/me/sessions", tag = "accounts", responses(
    (status = 200, body = Vec<Session>),
    (status = 401, body = ApiError),
))]
pub async fn sessions(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<Vec<Session>>, Failure> {
    let sessions = shared.store.sessions_of(caller.user.id, clock::now().unix_ms).await?;
    Ok(Json(sessions.into_iter().map(|row| session(row, &caller.token_hash)).collect()))
}

/// End all own sessions but this one.
///
/// Their next calls are refused, and the conferences that were entered with them are left. A live
/// channel that is open ends within a minute.
#[utoipa::path(delete, path = "/api/v1/me/sessions", tag = "accounts", responses(
    (status = 204, description = "they are over"),
    (status = 401, body = ApiError),
))]
pub async fn revoke_others(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    shared.store.revoke_sessions(caller.user.id, Some(caller.token_hash)).await?;
    shared.live.sign_out(caller.user.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// End one of the own sessions.
///
/// Its next call is refused, and the conferences that were entered with it are left. A live channel
/// that is open ends within a minute.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", tag = "accounts",
params(("id" = String, Path, description = "the session's `id`")),
responses(
    (status = 204, description = "it is over"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn revoke(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    if !shared.store.revoke_session(caller.user.id, &id).await? {
        return Err(Failure::not_found("you have no such session"));
    }
    shared.live.sign_out(caller.user.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A session as the answer shows it; `current` is the hash of the token that asks.
pub(super) fn session(row: SessionRow, current: &[u8]) -> Session {
    Session {
        current: row.token_hash == current,
        id: row.id,
        agent: row.agent,
        created_at_ms: row.created_at_ms,
        seen_at_ms: row.seen_at_ms,
        expires_at_ms: row.expires_at_ms,
    }
}

/// A role as answers show it.
pub(super) fn role(user: &UserRow) -> AccountRole {
    if user.administrator { AccountRole::Administrator } else { AccountRole::Member }
}

impl Shared {
    async fn me(&self, user: UserRow) -> Result<Me, Failure> {
        Ok(Me {
            id: user.id,
            role: role(&user),
            profile: self.store.profile_of(user.id).await?,
            picture_changed_at_ms: self.store.picture_changed(user.id).await?,
            name: user.name,
            display_name: user.display_name,
            email: user.email,
            language: user.language,
            must_change: user.must_change,
        })
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Failure {
        Failure::field(invalid.field, invalid.message)
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Failure {
        match error {
            ChangeError::Unfit(why) => Failure::field("new", why),
            // 401 would tell the client that its session is over.
            ChangeError::Old(SignInError::Wrong) => {
                let message = "the old password is wrong";
                Failure::new(StatusCode::FORBIDDEN, "wrong_password", message)
            }
            ChangeError::Old(error) => error.into(),
        }
    }
}
