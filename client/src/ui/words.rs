//! State in the user's words: failures, reasons, roles, times.

pub use super::failures::sentence as failure;

use crate::i18n::{Language, Texts};
use crate::state::Why;
use engine::blur::{Notice, Path, Quality, Reason};
use protocol::{EndReason, Refusal, Role, RoomKind};

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
        Refusal::Number => "refused-number",
        Refusal::TooManyTries => "refused-too-many-tries",
        Refusal::NoGuests => "refused-no-guests",
        Refusal::NoGuestPlace => "refused-no-guest-place",
        Refusal::Locked => "refused-locked",
        Refusal::Removed => "refused-removed",
    })
}

/// Title and sentence for the page after a conference.
pub fn ended(t: Texts, why: Why) -> (String, String) {
    let (title, text) = match why {
        Why::Over(EndReason::Left) => ("ended-left-title", t.get("ended-left")),
        Why::Over(EndReason::EndedByHost) => ("ended-by-host-title", t.get("ended-by-host")),
        Why::Over(EndReason::Replaced) => ("ended-replaced-title", t.get("ended-replaced")),
        Why::Over(EndReason::Removed) => ("ended-removed-title", t.get("ended-removed")),
        Why::Over(EndReason::NobodyCame) => ("ended-by-host-title", t.get("ended-nobody-came")),
        Why::Over(EndReason::HeldTooLong) => ("ended-by-host-title", t.get("ended-held-too-long")),
        Why::Over(EndReason::HubStops) => ("ended-hub-title", t.get("ended-hub")),
        Why::Refused(Refusal::Locked) => ("ended-locked-title", refusal(t, Refusal::Locked)),
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

/// A number as it is written, with so many places.
pub fn decimal(t: Texts, value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match t.language {
        Language::German => text.replace('.', ","),
        Language::English => text,
    }
}

/// Milliseconds: `0,4 ms`, `12 ms`.
pub fn ms(t: Texts, value: f64) -> String {
    format!("{} ms", decimal(t, value, usize::from(value < 9.95)))
}

/// Where blur runs.
pub fn blur_path(t: Texts, path: Option<&Path>) -> String {
    match path {
        Some(Path::Gpu { adapter, .. }) => t.named("blur-path-gpu", adapter),
        Some(Path::Cpu) => t.get("blur-path-cpu"),
        None => t.get("blur-path-whole"),
    }
}

/// Why it runs there.
pub fn blur_reason(t: Texts, reason: &Reason) -> String {
    match reason {
        Reason::Starting => t.get("blur-starting"),
        Reason::Gpu => t.get("blur-gpu"),
        Reason::NoGpu(why) => t.named("blur-no-gpu", why),
        Reason::GpuFailed(why) => t.named("blur-gpu-failed", why),
        Reason::GpuTooSlow => t.get("blur-gpu-slow"),
        Reason::Failed(why) => t.named("blur-failed", why),
    }
}

/// How much work goes into a picture.
pub fn quality(t: Texts, quality: Quality) -> String {
    t.get(match quality {
        Quality::Full => "quality-full",
        Quality::Reduced => "quality-reduced",
        Quality::Lowest => "quality-lowest",
    })
}

/// What changed about blur, in one line.
pub fn blur_notice(t: Texts, notice: &Notice) -> String {
    t.get(match notice {
        Notice::Path { reason: Reason::GpuTooSlow, .. } => "toast-blur-gpu-slow",
        Notice::Path { .. } => "toast-blur-gpu-failed",
        Notice::Whole { .. } => "toast-blur-whole",
        Notice::Quality { quality: Quality::Lowest, lowered: true } => "toast-blur-lowest",
        Notice::Quality { lowered: true, .. } => "toast-blur-lower",
        Notice::Quality { lowered: false, .. } => "toast-blur-better",
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

/// `Mittwoch, 25. November 2026 · 13:52`.
pub fn day_and_time(t: Texts, moment: &jiff::Zoned) -> String {
    let (weekdays, months) = (t.get("date-weekdays"), t.get("date-months"));
    let weekday = moment.weekday().to_monday_zero_offset().unsigned_abs();
    let month = moment.month().unsigned_abs() - 1;
    let nth = |names: &str, index: u8| {
        names.split_whitespace().nth(index.into()).unwrap_or_default().to_owned()
    };
    let (weekday, month) = (nth(&weekdays, weekday), nth(&months, month));
    let (day, year) = (moment.day().to_string(), moment.year().to_string());
    let time = format!("{:02}:{:02}", moment.hour(), moment.minute());
    let variables = [
        ("weekday", &*weekday),
        ("day", &*day),
        ("month", &*month),
        ("year", &*year),
        ("time", &*time),
    ];
    t.filled("date-header", &variables)
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

/// A moment by this machine's zone: "26.11.2026, 14:00" or "26 Nov 2026, 14:00".
pub fn moment(t: Texts, unix_ms: i64) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(unix_ms) else { return String::new() };
    let format = match t.language {
        Language::German => "%-d.%-m.%Y, %H:%M",
        Language::English => "%-d %b %Y, %H:%M",
    };
    at.to_zoned(jiff::tz::TimeZone::system()).strftime(format).to_string()
}

/// Hours and minutes by this machine's zone: "14:05".
pub fn time(unix_ms: i64) -> String {
    local(unix_ms).map_or(String::new(), |at| at.strftime("%H:%M").to_string())
}

/// The day of a moment by this machine's zone, to compare, and in words: "25.11.2026" or
/// "25 Nov 2026".
pub fn day(t: Texts, unix_ms: i64) -> (jiff::civil::Date, String) {
    let Some(at) = local(unix_ms) else { return (jiff::civil::Date::ZERO, String::new()) };
    let format = match t.language {
        Language::German => "%-d.%-m.%Y",
        Language::English => "%-d %b %Y",
    };
    (at.date(), at.strftime(format).to_string())
}

fn local(unix_ms: i64) -> Option<jiff::Zoned> {
    let at = jiff::Timestamp::from_millisecond(unix_ms).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::system()))
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
        let (german, english) = (Texts::new(Language::German), Texts::new(Language::English));
        assert_eq!((ms(german, 0.42), ms(english, 0.42)), ("0,4 ms".into(), "0.4 ms".into()));
        assert_eq!((ms(german, 9.94), ms(german, 9.96)), ("9,9 ms".into(), "10 ms".into()));
    }
}
