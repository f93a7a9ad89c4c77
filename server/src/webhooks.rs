//! Signed calls to other programs when something happens.
//!
//! A message is JSON with `id`, `type`, `timestamp` and `data`, signed as the Standard Webhooks
//! convention says: `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over
//! `webhook-id.webhook-timestamp.body`. Messages are queued in the transaction that writes the
//! attendance, so none is lost and none is made up; each webhook gets its own in order, and may get
//! one twice: the id tells.

mod deliver;
mod target;

pub use deliver::deliver;
pub use target::check_url;

use crate::happenings::Person;
use crate::reports::attendance::iso8601;
use crate::room::LinkSecret;
use crate::store::reports::{ConferenceRow, StayRow, participant_kind_text, role_text};
use crate::store::webhooks::{listening_webhooks, queue_deliveries};
use crate::store::{Connection, StoreError, kind_text};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use jiff::tz::TimeZone;
use protocol::WebhookEvent;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::Notify;

/// Keys of webhooks, and the bell that tells of new messages.
pub struct Webhooks {
    secret: LinkSecret,
    /// They may reach addresses of this machine and of private networks.
    private: bool,
    bell: Notify,
}

impl Webhooks {
    /// With the hub's secret, from which every signing key is derived.
    pub fn new(secret: LinkSecret, private: bool) -> Webhooks {
        Webhooks { secret, private, bell: Notify::new() }
    }

    /// There is a new message.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    /// Refuses an address that no webhook may have; says why.
    pub fn check_url(&self, url: &str) -> Result<(), String> {
        check_url(url, self.private).map(drop)
    }

    /// A webhook's secret as its owner sees it once.
    pub fn secret_text(&self, nonce: &str) -> String {
        format!("whsec_{}", STANDARD.encode(self.key(nonce)))
    }

    /// The signature of a message.
    fn sign(&self, nonce: &str, id: &str, timestamp_s: i64, body: &str) -> String {
        signature(&self.key(nonce), id, timestamp_s, body)
    }

    /// The signing key: a copy of the database alone signs nothing.
    fn key(&self, nonce: &str) -> [u8; 32] {
        let mut mac = keyed(&self.secret.0);
        mac.update(b"katheder webhook 1");
        mac.update(nonce.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// `v1,` and the base64 of the HMAC.
fn signature(key: &[u8], id: &str, timestamp_s: i64, body: &str) -> String {
    let mut mac = keyed(key);
    mac.update(format!("{id}.{timestamp_s}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as Mac>::new_from_slice(key).expect("any length is a key")
}

/// A message's id: 128 random bits.
pub fn new_message_id() -> String {
    format!("msg_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()))
}

/// A message.
pub fn body(id: &str, event: &str, at_ms: i64, data: &Value) -> String {
    let timestamp = iso8601(at_ms, &TimeZone::UTC);
    json!({ "id": id, "type": event, "timestamp": timestamp, "data": data }).to_string()
}

/// Something that webhooks tell about.
pub struct News {
    event: WebhookEvent,
    room_owner: i64,
    at_ms: i64,
    data: Value,
}

impl News {
    /// A conference began.
    pub fn started(conference: &ConferenceRow) -> News {
        let at_ms = conference.started_at_ms;
        News::new(WebhookEvent::ConferenceStarted, conference, at_ms, None)
    }

    /// A conference is over.
    pub fn ended(conference: &ConferenceRow) -> News {
        let at_ms = conference.ended_at_ms.unwrap_or(conference.seen_at_ms);
        News::new(WebhookEvent::ConferenceEnded, conference, at_ms, None)
    }

    /// Somebody came in.
    pub fn joined(conference: &ConferenceRow, person: &Person, at_ms: i64) -> News {
        let participant = json!({
            "participant": person.id.0,
            "user": person.user,
            "name": person.name,
            "kind": participant_kind_text(person.kind),
            "role": role_text(person.role),
            "joined_at": iso8601(at_ms, &TimeZone::UTC),
            "left_at": null,
        });
        News::new(WebhookEvent::ParticipantJoined, conference, at_ms, Some(participant))
    }

    /// Somebody left.
    pub fn left(conference: &ConferenceRow, stay: &StayRow) -> News {
        let at_ms = stay.left_at_ms.unwrap_or(stay.joined_at_ms);
        let participant = json!({
            "participant": stay.participant,
            "user": stay.user_id,
            "name": stay.name,
            "kind": participant_kind_text(stay.kind),
            "role": role_text(stay.role),
            "joined_at": iso8601(stay.joined_at_ms, &TimeZone::UTC),
            "left_at": iso8601(at_ms, &TimeZone::UTC),
        });
        News::new(WebhookEvent::ParticipantLeft, conference, at_ms, Some(participant))
    }

    fn new(
        event: WebhookEvent,
        conference: &ConferenceRow,
        at_ms: i64,
        participant: Option<Value>,
    ) -> News {
        let mut data = json!({
            "conference": {
                "id": conference.id,
                "room_name": conference.room_name,
                "room_number": conference.room_number,
                "kind": kind_text(conference.kind),
                "started_at": iso8601(conference.started_at_ms, &TimeZone::UTC),
                "ended_at": conference.ended_at_ms.map(|at_ms| iso8601(at_ms, &TimeZone::UTC)),
                "interrupted": conference.interrupted,
            },
        });
        if let Some(participant) = participant {
            data["participant"] = participant;
        }
        News { event, room_owner: conference.owner_id, at_ms, data }
    }
}

/// Queues a message for every webhook that wants it.
pub async fn tell(connection: &mut Connection, news: &News, now_ms: i64) -> Result<(), StoreError> {
    let webhooks = listening_webhooks(connection, news.room_owner, news.event).await?;
    if webhooks.is_empty() {
        return Ok(());
    }
    let id = new_message_id();
    let body = body(&id, news.event.name(), news.at_ms, &news.data);
    queue_deliveries(connection, &webhooks, &id, news.event, &body, now_ms).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_standard_webhooks_says() {
        // The example of the specification, computed with Python's hmac.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signed = signature(&key, id, 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_webhook_signs_with_the_key_that_its_owner_saw() {
        let webhooks = Webhooks::new(LinkSecret([7; 32]), false);
        let shown = webhooks.secret_text("nonce");
        let key = STANDARD.decode(shown.strip_prefix("whsec_").unwrap()).unwrap();
        let signed = webhooks.sign("nonce", "msg_1", 1, "{}");
        assert_eq!(signed, signature(&key, "msg_1", 1, "{}"));
        assert_ne!(signed, webhooks.sign("other", "msg_1", 1, "{}"));
    }
}
