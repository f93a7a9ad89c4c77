//! State in the user's words: failures, reasons, roles, times.

use crate::i18n::Texts;
use crate::state::{Failure, Why};
use protocol::{EndReason, Refusal, Role, RoomKind};

/// A failure as a sentence.
pub fn failure(t: Texts, failure: &Failure) -> String {
    match failure {
        Failure::WrongPassword => t.get("failure-wrong-password"),
        Failure::TooManyTries => t.get("failure-too-many-tries"),
        Failure::Unreachable(detail) => t.named("failure-unreachable", detail),
        Failure::NotSignedIn => t.get("failure-not-signed-in"),
        Failure::Refused(refusal) => self::refusal(t, *refusal),
        Failure::Other(detail) => t.named("failure-other", detail),
    }
}

/// Why somebody may not enter.
pub fn refusal(t: Texts, refusal: Refusal) -> String {
    t.get(match refusal {
        Refusal::Version => "refused-version",
        Refusal::Link => "refused-link",
        Refusal::Session => "refused-session",
        Refusal::Room => "refused-room",
        Refusal::Name => "refused-name",
        Refusal::Ended => "refused-ended",
        Refusal::Resume => "refused-resume",
        Refusal::Full => "refused-full",
    })
}

/// Title and sentence for the page after a conference.
pub fn ended(t: Texts, why: Why) -> (String, String) {
    let (title, text) = match why {
        Why::Over(EndReason::Left) => ("ended-left-title", t.get("ended-left")),
        Why::Over(EndReason::EndedByHost) => ("ended-by-host-title", t.get("ended-by-host")),
        Why::Over(EndReason::Replaced) => ("ended-replaced-title", t.get("ended-replaced")),
        Why::Over(EndReason::HubStops) => ("ended-hub-title", t.get("ended-hub")),
        Why::Refused(reason) => ("ended-refused-title", refusal(t, reason)),
    };
    (t.get(title), text)
}

/// What somebody is in a conference.
pub fn role(t: Texts, role: Role) -> String {
    t.get(match role {
        Role::Host => "role-host",
        Role::Presenter => "role-presenter",
        Role::Attendee => "role-attendee",
    })
}

/// What a room is for.
pub fn kind(t: Texts, kind: RoomKind) -> String {
    t.get(match kind {
        RoomKind::Webinar => "kind-webinar",
        RoomKind::GroupCall => "kind-group-call",
    })
}

/// `22:14`, or `1:02:14` from one hour on.
pub fn timer(seconds: i64) -> String {
    let s = seconds.max(0);
    if s < 3600 {
        format!("{:02}:{:02}", s / 60, s % 60)
    } else {
        format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

/// `483 920 175`.
pub fn number(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_read_as_people_write_them() {
        assert_eq!(timer(0), "00:00");
        assert_eq!(timer(1334), "22:14");
        assert_eq!(timer(3734), "1:02:14");
        assert_eq!(timer(-5), "00:00");
        assert_eq!(number("483920175"), "483 920 175");
    }
}
