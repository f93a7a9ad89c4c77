//! Invitations: texts, calendar files, replies, mail that waits.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/v1/entries/{id}/invitation` and `GET /api/v1/rooms/{number}/invitation`: what is copied,
/// and what invited people get by mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// `de` or `en`.
    pub language: String,
    /// The mail's subject.
    pub subject: String,
    /// As plain text, lines ended by LF.
    pub text: String,
    /// The same as a page.
    pub html: String,
    /// The join link by itself.
    pub link: String,
    /// The room's nine digits.
    pub number: String,
    /// The number to dial, where the invitation carries it.
    pub phone_number: Option<String>,
    /// The PIN, where the invitation carries it.
    pub pin: Option<String>,
}

/// `POST /api/v1/entries/{id}/invitations`: mail the invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SendInvitations {
    /// Addresses of people who are invited; empty: all of them.
    #[serde(default)]
    pub to: Vec<String>,
}

/// The answer to [`SendInvitations`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationsQueued {
    /// So many mails are on their way; people without an address get none.
    pub queued: usize,
}

/// The answer to `POST /api/v1/entries/{id}/replies`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplyImported {
    /// Who answers.
    pub address: String,
    /// `accepted`, `tentative` or `declined`.
    pub reply: String,
    /// `false`: a newer answer is known already, or this one is to an older invitation.
    pub recorded: bool,
}

/// `GET /api/v1/mail`: the caller's mail that has not gone out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailOverview {
    /// `false`: this hub sends no mail; invitations are copied by hand.
    pub configured: bool,
    /// Newest first, at most 200.
    pub mails: Vec<PendingMail>,
}

/// A mail that has not gone out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingMail {
    /// Its key.
    pub id: i64,
    /// The entry it is about.
    pub entry: i64,
    /// `invitation`, `change`, `cancellation` or `reminder`.
    pub purpose: String,
    /// To whom.
    pub recipient: String,
    /// It is not tried any more.
    pub given_up: bool,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next, Unix milliseconds.
    pub next_try_ms: Option<i64>,
    /// What went wrong last.
    pub detail: Option<String>,
    /// When it was written, Unix milliseconds.
    pub written_at_ms: i64,
}
