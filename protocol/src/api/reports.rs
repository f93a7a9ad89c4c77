//! Attendance reports and webhooks.

use crate::model::{ParticipantKind, Role, RoomKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A conference that took place or runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConferenceRecord {
    /// Its key.
    pub id: String,
    /// The room's name when it began.
    pub room_name: String,
    /// The room's number, nine digits.
    pub room_number: String,
    /// What the room is for.
    pub kind: RoomKind,
    /// When the first host came, Unix milliseconds.
    pub started_at_ms: i64,
    /// When it ended, Unix milliseconds; `None` while it runs.
    pub ended_at_ms: Option<i64>,
    /// The hub went down during it. What was open then ends at the last moment at which the hub is
    /// known to have run, up to half a minute early.
    pub interrupted: bool,
    /// How many came in; somebody who left and joined anew counts again.
    pub participants: i64,
}

/// `GET /api/v1/conferences`: a page, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConferencePage {
    /// The conferences.
    pub conferences: Vec<ConferenceRecord>,
    /// Give it back as `cursor` for the next page; `None` on the last one.
    pub next: Option<String>,
}

/// `GET /api/v1/conferences/{id}/attendance.json`: who was there, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttendanceReport {
    /// The conference.
    pub conference: ConferenceRecord,
    /// The time zone of the times below, an IANA name.
    pub zone: String,
    /// Everybody, in the order in which they first came.
    pub people: Vec<Attendance>,
}

/// One person's presence. A user is one person however often they came. A guest has no account:
/// stays under the same name count as one person's as long as they do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attendance {
    /// Display name.
    pub name: String,
    /// How they came.
    pub kind: ParticipantKind,
    /// What they might do in the end.
    pub role: Role,
    /// Each stay, in order.
    pub stays: Vec<Stay>,
    /// The sum of the stays, in seconds.
    pub total_s: i64,
}

/// From coming in to leaving; the waiting room and a hold do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stay {
    /// ISO 8601 with the offset of the zone: `2026-03-29T03:30:00+02:00`.
    pub joined_at: String,
    /// Likewise; `None` while they are inside.
    pub left_at: Option<String>,
    /// How long, in seconds; until now while they are inside.
    pub duration_s: i64,
}

/// What webhooks tell about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
pub enum WebhookEvent {
    /// The first host came.
    #[serde(rename = "conference.started")]
    ConferenceStarted,
    /// It is over.
    #[serde(rename = "conference.ended")]
    ConferenceEnded,
    /// Somebody came in, or back from a hold.
    #[serde(rename = "participant.joined")]
    ParticipantJoined,
    /// Somebody left, or went on hold.
    #[serde(rename = "participant.left")]
    ParticipantLeft,
}

impl WebhookEvent {
    /// Every event.
    pub const ALL: [WebhookEvent; 4] = [
        WebhookEvent::ConferenceStarted,
        WebhookEvent::ConferenceEnded,
        WebhookEvent::ParticipantJoined,
        WebhookEvent::ParticipantLeft,
    ];

    /// As it is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            WebhookEvent::ConferenceStarted => "conference.started",
            WebhookEvent::ConferenceEnded => "conference.ended",
            WebhookEvent::ParticipantJoined => "participant.joined",
            WebhookEvent::ParticipantLeft => "participant.left",
        }
    }
}

/// `POST /api/v1/webhooks`: have another program told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreateWebhook {
    /// Where to: `https://…`, at most 2000 characters.
    pub url: String,
    /// About what; at least one.
    pub events: Vec<WebhookEvent>,
}

/// A webhook. It tells about its owner's rooms; an administrator's tells about all rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// Its key.
    pub id: i64,
    /// The account that it belongs to.
    pub owner: String,
    /// Where to.
    pub url: String,
    /// About what.
    pub events: Vec<WebhookEvent>,
    /// When it was made, Unix milliseconds.
    pub created_at_ms: i64,
}

/// The answer to [`CreateWebhook`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// The key of its signatures, `whsec_` and base64. It is shown this once.
    pub secret: String,
}

impl std::fmt::Debug for CreatedWebhook {
    /// Never prints the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedWebhook").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// How a delivery is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It has its turn now or later.
    Waiting,
    /// The other side took it.
    Sent,
    /// It failed too often; the next one had its turn.
    GivenUp,
}

/// One message to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookDelivery {
    /// Its key; increases.
    pub id: i64,
    /// `webhook-id` of the message, the same at every try.
    pub message_id: String,
    /// A [`WebhookEvent`], or `webhook.test`.
    pub event: String,
    /// How it is doing.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next, Unix milliseconds; `None` when it is done.
    pub next_try_ms: Option<i64>,
    /// What went wrong at the last try.
    pub last_error: Option<String>,
    /// When it was made, Unix milliseconds.
    pub created_at_ms: i64,
    /// When the other side took it, Unix milliseconds.
    pub sent_at_ms: Option<i64>,
    /// The message, as it is sent.
    pub body: String,
}
