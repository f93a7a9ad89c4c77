//! Rooms in the user's words.

use crate::i18n::Texts;
use crate::state::{Chat, Failure, Rooms};
use crate::ui::words;
use crate::widgets::Tone;
use protocol::{ChatLine, Room, RoomState};

/// Why something about a room did not work, and what to do.
pub fn failure(t: Texts, failure: &Failure) -> String {
    let Failure::Hub { code, field, .. } = failure else { return words::failure(t, failure) };
    t.get(match (code.as_str(), field.as_deref()) {
        ("running", _) => "rooms-failed-running",
        ("planned", _) => "rooms-failed-planned",
        ("owner", _) => "rooms-failed-owner",
        ("ringing", _) => "rooms-failed-ringing",
        ("nobody", _) => "rooms-failed-nobody",
        ("forbidden", _) => "rooms-failed-forbidden",
        ("not_found", _) => "rooms-failed-gone",
        (_, Some("name")) => "rooms-failed-name",
        (_, Some("members")) => "rooms-failed-members",
        (_, Some("label")) => "rooms-failed-label",
        (_, Some("expires_at_ms")) => "rooms-failed-expiry",
        (_, Some("text")) => "rooms-failed-text",
        (_, Some("color" | "background" | "title" | "language")) => "rooms-failed-look",
        _ => return words::failure(t, failure),
    })
}

/// A room's second line in the list, and what it means.
pub fn second_line(t: Texts, rooms: &Rooms, room: &Room, now_ms: i64) -> (String, Tone) {
    let number = &room.number;
    if let Some(status) = rooms.activity(number) {
        if status.waiting > 0 && status.state != RoomState::OnHold {
            return (t.count("rooms-waiting", status.waiting), Tone::Good);
        }
        return match (status.state, rooms.since.get(number)) {
            (RoomState::OnHold, _) => (t.get("rooms-on-hold"), Tone::Soon),
            (RoomState::Live, Some(since)) => (runs_for(t, now_ms - since), Tone::Soon),
            _ => (t.count("rooms-runs-with", status.inside), Tone::Soon),
        };
    }
    let chat = rooms.chats.get(number);
    if let Some(draft) = chat.map(|chat| chat.draft.trim()).filter(|draft| !draft.is_empty()) {
        return (t.named("rooms-draft", &one_line(draft)), Tone::Warning);
    }
    let text = match chat.and_then(Chat::last) {
        Some(line) => format!("{}: {}", first_name(&line.from_name), one_line(&line.text)),
        None if room.policy.guests => t.get("rooms-public-idle"),
        None => t.get("rooms-members-only"),
    };
    (text, Tone::Neutral)
}

fn runs_for(t: Texts, ms: i64) -> String {
    let minutes = usize::try_from(ms / 60_000).unwrap_or_default();
    if minutes < 60 {
        t.count("rooms-runs-minutes", minutes)
    } else {
        t.count("rooms-runs-hours", minutes / 60)
    }
}

/// Without a title before it: `Dr. Petra Hansen` is Petra.
fn first_name(name: &str) -> &str {
    name.split_whitespace().find(|word| !word.ends_with('.')).unwrap_or(name)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The day of a line as a heading: today, yesterday, or its date.
pub fn day(t: Texts, unix_ms: i64, now_ms: i64) -> String {
    let (day, date) = words::day(t, unix_ms);
    words::recent_day(t, day, words::here(now_ms).date()).unwrap_or(date)
}

/// Whether two lines were written on different days.
pub fn other_day(before: Option<&ChatLine>, line: &ChatLine) -> bool {
    let date = |line: &ChatLine| words::here(line.at_ms).date();
    before.is_none_or(|before| date(before) != date(line))
}
