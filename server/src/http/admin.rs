//! What administrators do: accounts, import.

use super::accounts::{change, role, session};
use super::api::{Caller, Failure};
use super::contacts::{Find, page};
use crate::accounts::{self, NewAccount};
use crate::clock;
use crate::error::HubError;
use crate::hub::Shared;
use crate::import;
use crate::store::{Inheritance, Outcome, UserChange, UserRow};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use protocol::{
    Account, AccountPage, AccountRole, ApiError, ChangeAccount, CreateAccount, HandedOver,
    ImportReport, OneTimePassword, Session,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    let import = OpenApiRouter::new()
        .routes(routes!(import_users))
        .layer(DefaultBodyLimit::max(import::MAX_BYTES));
    OpenApiRouter::new()
        .routes(routes!(users, create_user))
        .routes(routes!(change_user, delete_user))
        .routes(routes!(reset_password))
        .routes(routes!(sessions, revoke_sessions))
        .merge(import)
}

/// A caller who manages accounts.
pub struct Administrator(UserRow);

impl FromRequestParts<Arc<Shared>> for Administrator {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Administrator, Failure> {
        let user = Caller::from_request_parts(parts, shared).await?.user;
        let forbidden = || Failure::forbidden("only administrators manage accounts");
        user.administrator.then_some(Administrator(user)).ok_or_else(forbidden)
    }
}

/// List accounts, by name.
#[utoipa::path(get, path = "/api/v1/admin/users", tag = "administration", params(Find), responses(
    (status = 200, body = AccountPage),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
))]
pub async fn users(
    State(shared): State<Arc<Shared>>,
    _administrator: Administrator,
    find: Result<Query<Find>, QueryRejection>,
) -> Result<Json<AccountPage>, Failure> {
    let (prefix, after, limit) = find?.bounds();
    let found = shared.store.accounts(&prefix, &after, limit).await?;
    let (users, next) = page(found, limit, |user| &user.name);
    Ok(Json(AccountPage { users: users.into_iter().map(account).collect(), next }))
}

/// Make an account with a one-time password.
#[utoipa::path(post, path = "/api/v1/admin/users", tag = "administration",
request_body = CreateAccount,
responses(
    (status = 201, body = OneTimePassword),
    (status = 400, body = ApiError, description = "`invalid`, with the field"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 409, body = ApiError, description = "`name_taken`"),
))]
pub async fn create_user(
    State(shared): State<Arc<Shared>>,
    _administrator: Administrator,
    body: Result<Json<CreateAccount>, JsonRejection>,
) -> Result<(StatusCode, Json<OneTimePassword>), Failure> {
    let Json(CreateAccount { name, display_name, email, role, language }) = body?;
    let email = accounts::email(email.as_deref().unwrap_or_default())?;
    let account = NewAccount {
        name: accounts::account_name(&name)?,
        display_name: &accounts::display_name(display_name.as_deref().unwrap_or(&name))?,
        email: email.as_deref(),
        administrator: role == Some(AccountRole::Administrator),
        language: accounts::language(language.as_deref().unwrap_or(accounts::DEFAULT_LANGUAGE))?,
    };
    let one_time_password = accounts::add_user(&shared.store, clock::now(), account).await?;
    Ok((StatusCode::CREATED, Json(OneTimePassword { user: name, one_time_password })))
}

/// Change an account: particulars, role, whether it may sign in.
///
/// Who is disabled is signed out everywhere. A hub keeps at least one administrator who may sign in.
#[utoipa::path(patch, path = "/api/v1/admin/users/{name}", tag = "administration",
params(("name" = String, Path, description = "the account's name")),
request_body = ChangeAccount,
responses(
    (status = 200, body = Account),
    (status = 400, body = ApiError, description = "`invalid`, with the field"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`last_administrator`"),
))]
pub async fn change_user(
    State(shared): State<Arc<Shared>>,
    _administrator: Administrator,
    Path(name): Path<String>,
    body: Result<Json<ChangeAccount>, JsonRejection>,
) -> Result<Json<Account>, Failure> {
    let Json(ChangeAccount { display_name, email, language, role, disabled }) = body?;
    let change = UserChange {
        administrator: role.map(|role| role == AccountRole::Administrator),
        disabled,
        ..change(display_name.as_deref(), email.as_deref(), language.as_deref())?
    };
    let user = shared.account(&name).await?;
    let user = done(shared.store.change_user(user.id, change).await?)?;
    if user.disabled {
        shared.live.remove_user_everywhere(user.id);
    }
    Ok(Json(account(user)))
}

/// Delete an account.
///
/// Its rooms, its planner entries and the reports about them go to the administrator who deletes it,
/// with numbers, links and everybody who is invited as they are. Its sessions, contacts, webhooks,
/// its seats in other people's rooms and its invitations go with it.
#[utoipa::path(delete, path = "/api/v1/admin/users/{name}", tag = "administration",
params(("name" = String, Path, description = "the account's name")),
responses(
    (status = 200, body = HandedOver),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`own_account` or `last_administrator`"),
))]
pub async fn delete_user(
    State(shared): State<Arc<Shared>>,
    Administrator(administrator): Administrator,
    Path(name): Path<String>,
) -> Result<Json<HandedOver>, Failure> {
    let user = shared.account(&name).await?;
    if user.id == administrator.id {
        let message = "somebody else has to delete your account, and gets what is yours";
        return Err(Failure::conflict("own_account", message));
    }
    let outcome = shared.store.delete_user(user.id, administrator.id).await?;
    let Inheritance { rooms, entries } = done(outcome)?;
    shared.live.remove_user_everywhere(user.id);
    Ok(Json(HandedOver { to: administrator.name, rooms, entries }))
}

/// Give an account a new one-time password, and sign it out everywhere.
#[utoipa::path(post, path = "/api/v1/admin/users/{name}/password", tag = "administration",
params(("name" = String, Path, description = "the account's name")),
responses(
    (status = 200, body = OneTimePassword),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn reset_password(
    State(shared): State<Arc<Shared>>,
    _administrator: Administrator,
    Path(name): Path<String>,
) -> Result<Json<OneTimePassword>, Failure> {
    let user = shared.account(&name).await?;
    let one_time_password = accounts::reset_password(&shared.store, &user.name).await?;
    shared.live.sign_out(user.id).await;
    Ok(Json(OneTimePassword { user: user.name, one_time_password }))
}

/// List an account's sessions.
#[utoipa::path(get, path = "/api/v1/admin/users/{name}/sessions", tag = "administration",
params(("name" = String, Path, description = "the account's name")),
responses(
    (status = 200, body = Vec<Session>),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn sessions(
    State(shared): State<Arc<Shared>>,
    _administrator: Administrator,
    Path(name): Path<String>,
) -> Result<Json<Vec<Session>>, Failure> {
    let user = shared.account(&name).await?;
    let sessions = shared.store.sessions_of(user.id, clock::now().unix_ms).await?;
    Ok(Json(sessions.into_iter().map(|row| session(row, &[])).collect()))
}

/// End all sessions of an account.
#[utoipa::path(delete, path = "/api/v1/admin/users/{name}/sessions", tag = "administration",
params(("name" = String, Path, description = "the account's name")),
responses(
    (status = 204, description = "they are over"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub async fn revoke_sessions(
    State(shared): State<Arc<Shared>>,
    _administrator: Administrator,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let user = shared.account(&name).await?;
    shared.store.revoke_sessions(user.id, None).await?;
    shared.live.sign_out(user.id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// How an import is done.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ImportOptions {
    /// Only say what would become of each line.
    dry_run: bool,
    /// Make no account when a line is wrong.
    all_or_nothing: bool,
}

/// Make accounts from a CSV file.
///
/// UTF-8, commas or semicolons, at most 1 MiB and 5,000 accounts. The first line names the columns,
/// in any order: `name`, and as wanted `display_name`, `email`, `role` (`administrator` or `member`)
/// and `language` (`de` or `en`). Accounts that exist stay as they are. The answer has the one-time
/// passwords; they are told this once.
#[utoipa::path(post, path = "/api/v1/admin/users/import", tag = "administration",
params(ImportOptions), request_body(content = String, content_type = "text/csv"),
responses(
    (status = 200, body = ImportReport),
    (status = 400, body = ApiError, description = "`bad_file`: it cannot be read as a whole"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 413, body = ApiError, description = "`too_big`"),
    (status = 415, body = ApiError, description = "`not_csv`"),
))]
pub async fn import_users(
    State(shared): State<Arc<Shared>>,
    _administrator: Administrator,
    options: Result<Query<ImportOptions>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ImportReport>, Failure> {
    let Query(ImportOptions { dry_run, all_or_nothing }) = options?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !essence.trim().eq_ignore_ascii_case("text/csv") {
        let message = "the body has to be of the type text/csv";
        return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_csv", message));
    }
    let bad =
        |why: import::FileError| Failure::new(StatusCode::BAD_REQUEST, "bad_file", why.to_string());
    let lines = import::read(&body?).map_err(bad)?;
    let options = import::Options { dry_run, all_or_nothing };
    Ok(Json(import::apply(&shared.store, clock::now(), lines, options).await?))
}

impl Shared {
    /// Any account, by name.
    async fn account(&self, name: &str) -> Result<UserRow, Failure> {
        let user = self.store.user_by_name(name).await?;
        user.ok_or_else(|| Failure::not_found("there is no account of that name"))
    }
}

fn account(user: UserRow) -> Account {
    Account {
        id: user.id,
        role: role(&user),
        name: user.name,
        display_name: user.display_name,
        email: user.email,
        language: user.language,
        disabled: user.disabled,
        must_change: user.must_change,
        created_at_ms: user.created_at_ms,
    }
}

fn done<T>(outcome: Outcome<T>) -> Result<T, Failure> {
    match outcome {
        Outcome::Done(done) => Ok(done),
        Outcome::Missing => Err(Failure::not_found("there is no account of that name")),
        Outcome::LastAdministrator => {
            let message = "this is the last administrator; make somebody else one first";
            Err(Failure::conflict("last_administrator", message))
        }
    }
}

impl From<HubError> for Failure {
    fn from(error: HubError) -> Failure {
        match error {
            HubError::AccountExists { .. } => {
                Failure::conflict("name_taken", "there is an account of that name already")
            }
            HubError::AccountMissing { .. } => {
                Failure::not_found("there is no account of that name")
            }
            HubError::AccountName { .. } => Failure::field("name", error.to_string()),
            error => Failure::from(crate::store::StoreError::Configuration(error.into())),
        }
    }
}
