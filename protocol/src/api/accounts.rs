//! Sessions, accounts and contacts. Types that carry a password have no `Debug`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/session`: sign in.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignIn {
    /// The account's name.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// The answer to [`SignIn`].
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// Goes into `Authorization: Bearer …` and [`crate::Credential::Session`].
    pub token: String,
    /// The account's name.
    pub user: String,
    /// The display name.
    pub display_name: String,
    /// The password was given by somebody else: ask for a new one.
    #[serde(default)]
    pub must_change: bool,
}

/// `POST /api/v1/session/oidc`: the end of a sign-in through an OpenID provider.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct OidcExchange {
    /// What the browser brought to the client's port.
    pub code: String,
    /// What the client's challenge was made of (RFC 7636).
    pub verifier: String,
}

/// `PUT /api/v1/me/password`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ChangePassword {
    /// The one that holds until now.
    pub old: String,
    /// At least 10 characters; neither the old one nor the account's name.
    pub new: String,
}

/// One of the caller's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Names the session; opens nothing.
    pub id: String,
    /// The `User-Agent` that signed in.
    pub agent: String,
    /// When it was opened, Unix milliseconds.
    pub created_at_ms: i64,
    /// When it was last used, Unix milliseconds, to the minute.
    pub seen_at_ms: i64,
    /// When it ends by itself, Unix milliseconds.
    pub expires_at_ms: i64,
    /// It is the one that asks.
    pub current: bool,
}

/// What an account may do in the hub; roles in a conference are [`crate::Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    /// Manages accounts.
    Administrator,
    /// Has rooms, entries and contacts.
    Member,
}

/// The caller's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The account's key.
    pub id: i64,
    /// The account's name.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// `de` or `en`: the language of their mail.
    pub language: String,
    /// What they may do.
    pub role: AccountRole,
    /// The password was given by somebody else: ask for a new one.
    pub must_change: bool,
    /// The conference profile; without one there is no planner.
    pub profile: Option<ConferenceProfile>,
    /// When the picture was last changed, Unix milliseconds; `None`: there is none.
    pub picture_changed_at_ms: Option<i64>,
}

/// `PATCH /api/v1/me`: what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeMe {
    /// 1 to 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// An address; the empty text removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// `de` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// How somebody takes part in conferences. Devices are named as their client names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConferenceProfile {
    /// What others read in a conference, 1 to 80 characters.
    pub name: String,
    /// The preferred camera; `None`: the system's own choice.
    #[serde(default)]
    pub camera: Option<String>,
    /// The preferred microphone; `None`: the system's own choice.
    #[serde(default)]
    pub microphone: Option<String>,
    /// The preferred loudspeaker; `None`: the system's own choice.
    #[serde(default)]
    pub speaker: Option<String>,
    /// How strongly the background is blurred, 0 (not at all) to 100.
    #[serde(default)]
    pub blur_percent: u8,
    /// Enter with the microphone off.
    #[serde(default)]
    pub join_muted: bool,
    /// Enter with the camera off.
    #[serde(default)]
    pub join_without_camera: bool,
}

/// Somebody with an account, as every signed-in user sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserSummary {
    /// The account's key: names them as a member of a room, or among the people of an entry.
    pub id: i64,
    /// The account's name.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// When the picture was last changed, Unix milliseconds; `None`: there is none.
    pub picture_changed_at_ms: Option<i64>,
    /// They are among the caller's contacts.
    pub contact: bool,
}

/// `GET /api/v1/users`: a page of the directory, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserPage {
    /// Who is on it.
    pub users: Vec<UserSummary>,
    /// `after` of the next page; `None`: this is the last one.
    pub next: Option<String>,
}

/// An account as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Its key.
    pub id: i64,
    /// What is typed to sign in.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// `de` or `en`: the language of their mail.
    pub language: String,
    /// What they may do.
    pub role: AccountRole,
    /// May not sign in.
    pub disabled: bool,
    /// The password was given by somebody else and has not been changed yet.
    pub must_change: bool,
    /// When it was made, Unix milliseconds.
    pub created_at_ms: i64,
}

/// `GET /api/v1/admin/users`: a page of accounts, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountPage {
    /// Which are on it.
    pub users: Vec<Account>,
    /// `after` of the next page; `None`: this is the last one.
    pub next: Option<String>,
}

/// `POST /api/v1/admin/users`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreateAccount {
    /// 1 to 64 letters, digits, `.`, `-`, `_` or `@`; fixed from then on.
    pub name: String,
    /// 1 to 80 characters; missing: the name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Where mail reaches them.
    #[serde(default)]
    pub email: Option<String>,
    /// Missing: `member`.
    #[serde(default)]
    pub role: Option<AccountRole>,
    /// `de` or `en`; missing: `de`.
    #[serde(default)]
    pub language: Option<String>,
}

/// `PATCH /api/v1/admin/users/{name}`: what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeAccount {
    /// 1 to 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// An address; the empty text removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// `de` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What they may do from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<AccountRole>,
    /// `true` keeps them out, and ends their sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// A password that its owner has to change. It is told this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct OneTimePassword {
    /// The account's name.
    pub user: String,
    /// Its password from now on.
    pub one_time_password: String,
}

/// What became of a deleted account's belongings: they are the deleting administrator's now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandedOver {
    /// Whose they are now.
    pub to: String,
    /// So many rooms.
    pub rooms: u64,
    /// So many planner entries.
    pub entries: u64,
}

/// `POST /api/v1/admin/users/import`: what became of each line.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Accounts were made; `false` after a dry run, or when a line was wrong and all or nothing was
    /// asked for.
    pub applied: bool,
    /// In the file's order.
    pub lines: Vec<ImportedLine>,
}

/// One line of an import.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportedLine {
    /// Its number in the file; the header is 1.
    pub line: u64,
    /// The account's name, as far as it can be read.
    pub name: String,
    /// What became of it.
    pub outcome: ImportOutcome,
    /// The new account's password; not after a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_password: Option<String>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    /// The account is new; made only when the import was applied.
    Created,
    /// There is such an account already; it stays as it is.
    Exists,
    /// The line is wrong.
    Error,
}
