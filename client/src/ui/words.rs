//! State in the user's words: failures, reasons, roles, times.

pub use super::failures::sentence as failure;

use crate::i18n::{Language, Texts};
use crate::state::{Trouble, Why};
use crate::when;
use crate::widgets::{month_name, weekday_name};
use engine::blur::{Notice, Path, Quality, Reason};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
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
        // A hub that stops ends nothing: we go back in when it is there again.
        Why::Over(EndReason::Left | EndReason::HubStops) => {
            ("ended-left-title", t.get("ended-left"))
        }
        Why::Over(EndReason::EndedByHost) => ("ended-by-host-title", t.get("ended-by-host")),
        Why::Over(EndReason::Replaced) => ("ended-replaced-title", t.get("ended-replaced")),
        Why::Over(EndReason::Removed) => ("ended-removed-title", t.get("ended-removed")),
        Why::Over(EndReason::NobodyCame) => ("ended-by-host-title", t.get("ended-nobody-came")),
        Why::Over(EndReason::HeldTooLong) => ("ended-by-host-title", t.get("ended-held-too-long")),
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

/// What does not work, without a full stop.
pub fn trouble(t: Texts, trouble: &Trouble) -> String {
    match trouble {
        Trouble::Camera(name) => t.named("trouble-camera", name),
        Trouble::Microphone(Some(name)) => t.named("trouble-microphone", name),
        Trouble::Microphone(None) => t.get("trouble-microphone-default"),
        Trouble::Speaker(Some(name)) => t.named("trouble-speaker", name),
        Trouble::Speaker(None) => t.get("trouble-speaker-default"),
        Trouble::Screen(name) => t.named("trouble-screen", name),
        Trouble::File(name) => t.named("trouble-file", name),
        Trouble::Sound => t.get("trouble-sound"),
        Trouble::Media => t.get("trouble-media"),
        Trouble::Connection => t.get("trouble-connection"),
        Trouble::System => t.get("trouble-system"),
    }
}

/// What to do about it.
pub fn trouble_way_out(t: Texts, trouble: &Trouble) -> String {
    t.get(match trouble {
        Trouble::Camera(_) => "trouble-camera-do",
        Trouble::Microphone(_) => "trouble-microphone-do",
        Trouble::Speaker(_) => "trouble-speaker-do",
        Trouble::Screen(_) => "trouble-screen-do",
        Trouble::File(_) => "trouble-file-do",
        Trouble::Sound | Trouble::Media => "trouble-media-do",
        Trouble::Connection => "trouble-connection-do",
        Trouble::System => "trouble-system-do",
    })
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
pub fn day_and_time(t: Texts, unix_ms: i64) -> String {
    let moment = here(unix_ms);
    let (weekday, month) = (weekday_name(t, moment.weekday()), month_name(t, moment.month()));
    let (day, year) = (moment.day().to_string(), moment.year().to_string());
    let time = time(unix_ms);
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

/// A moment as the clocks and calendars here show it.
pub fn here(unix_ms: i64) -> DateTime {
    when::local(unix_ms, &TimeZone::system())
}

/// A moment by this machine's zone: "26.11.2026, 14:00" or "26 Nov 2026, 14:00".
pub fn moment(t: Texts, unix_ms: i64) -> String {
    format!("{}, {}", day(t, unix_ms).1, time(unix_ms))
}

/// Hours and minutes by this machine's zone: "14:05".
pub fn time(unix_ms: i64) -> String {
    here(unix_ms).strftime("%H:%M").to_string()
}

/// The day of a moment by this machine's zone, to compare, and in words: "25.11.2026" or
/// "25 Nov 2026".
pub fn day(t: Texts, unix_ms: i64) -> (Date, String) {
    let at = here(unix_ms);
    let format = match t.language {
        Language::German => "%-d.%-m.%Y",
        Language::English => "%-d %b %Y",
    };
    (at.date(), at.strftime(format).to_string())
}

/// `Mittwoch, 25. November`; with the year where it is another one.
pub fn named_day(t: Texts, day: Date, today: Date) -> String {
    let arguments = [
        ("weekday", &*weekday_name(t, day.weekday())),
        ("day", &*day.day().to_string()),
        ("month", &*month_name(t, day.month())),
    ];
    let text = t.filled("date-day", &arguments);
    if day.year() == today.year() { text } else { format!("{text} {}", day.year()) }
}

/// `Heute` or `Gestern`, where it is one of them.
pub fn recent_day(t: Texts, day: Date, today: Date) -> Option<String> {
    if day == today {
        return Some(t.get("date-today"));
    }
    let yesterday = today.yesterday().is_ok_and(|yesterday| yesterday == day);
    yesterday.then(|| t.get("date-yesterday"))
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
