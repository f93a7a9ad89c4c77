//! Entries in the user's words: days, times, states, reasons, failures.

use super::super::words;
use crate::i18n::Texts;
use crate::state::{Act, Confirmation, Failure, MoveError, Outcome, RangeError, Span};
use crate::when;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use protocol::{EntryState, EntrySummary, PersonReply, RoomKind, Whose};

/// `13:30`.
pub fn clock(unix_ms: i64, zone: &TimeZone) -> String {
    let at = when::local(unix_ms, zone);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `13:30 – 14:15`.
pub fn range((start_ms, end_ms): (i64, i64), zone: &TimeZone) -> String {
    format!("{} – {}", clock(start_ms, zone), clock(end_ms, zone))
}

/// `Di 24.11.`
pub fn short_day(t: Texts, day: Date) -> String {
    let arguments = [
        ("weekday", short_weekday(t, day.weekday()).into()),
        ("day", day.day().to_string().into()),
        ("month", day.month().to_string().into()),
    ];
    t.with("planner-short-day", &arguments)
}

/// `23.11.`
fn figures(t: Texts, day: Date) -> String {
    let arguments =
        [("day", day.day().to_string().into()), ("month", day.month().to_string().into())];
    t.with("planner-figures", &arguments)
}

/// `Mittwoch, 25. November, 14:00 – 15:30`, over days with both of them.
pub fn when(t: Texts, times: (i64, i64), zone: &TimeZone, today: Date) -> String {
    let (start, end) = (when::local(times.0, zone).date(), when::local(times.1, zone).date());
    if start == end {
        return format!("{}, {}", words::named_day(t, start, today), range(times, zone));
    }
    let moment =
        |date, unix_ms| format!("{}, {}", words::named_day(t, date, today), clock(unix_ms, zone));
    format!("{} – {}", moment(start, times.0), moment(end, times.1))
}

/// `1 Std. 30 Min.`
pub fn duration(t: Texts, ms: i64) -> String {
    let minutes = (ms / 60_000).max(0);
    let (hours, rest) = (minutes / 60, minutes % 60);
    let hours_text = t.named("planner-hours", &hours.to_string());
    let rest_text = t.named("planner-minutes", &rest.to_string());
    match (hours, rest) {
        (0, _) => rest_text,
        (_, 0) => hours_text,
        _ => format!("{hours_text} {rest_text}"),
    }
}

/// `in 8 Minuten`.
pub fn until(t: Texts, ms: i64) -> String {
    let minutes = (ms.max(0) + 59_999) / 60_000;
    t.count("planner-in-minutes", minutes as usize)
}

fn short_weekday(t: Texts, day: Weekday) -> String {
    t.get(match day {
        Weekday::Monday => "planner-mon",
        Weekday::Tuesday => "planner-tue",
        Weekday::Wednesday => "planner-wed",
        Weekday::Thursday => "planner-thu",
        Weekday::Friday => "planner-fri",
        Weekday::Saturday => "planner-sat",
        Weekday::Sunday => "planner-sun",
    })
}

/// What a range of days is called.
pub fn span(t: Texts, span: Span) -> String {
    t.get(match span {
        Span::All => "planner-span-all",
        Span::Today => "date-today",
        Span::ThisWeek => "planner-span-week",
        Span::Fortnight => "planner-span-fortnight",
        Span::ThisMonth => "planner-span-month",
        Span::NextMonth => "planner-span-next-month",
        Span::LastThirtyDays => "planner-span-last",
        Span::Between(..) => "planner-span-between",
    })
}

/// What stands on the filter: `23.11. – 6.12.`, with years where not all is in this one.
pub fn chosen_span(t: Texts, chosen: Span, today: Date) -> String {
    let Some((first, last)) = chosen.days(today) else { return span(t, chosen) };
    let short = first.year() == today.year() && last.year() == today.year();
    let day = |day| if short { figures(t, day) } else { when::write_date(day, t.language) };
    match chosen {
        Span::Between(..) if first == last => day(first),
        _ if first == last => span(t, chosen),
        _ => format!("{} – {}", day(first), day(last)),
    }
}

/// What is wrong with a free range of days.
pub fn range_error(t: Texts, error: RangeError) -> String {
    t.get(match error {
        RangeError::First | RangeError::Last => "planner-range-no-day",
        RangeError::Order => "planner-range-order",
    })
}

/// How an entry stands, in one word.
pub fn state(t: Texts, state: EntryState) -> String {
    t.get(match state {
        EntryState::Planned => "planner-planned",
        EntryState::Soon => "planner-soon",
        EntryState::Running => "planner-running",
        EntryState::Over => "planner-over",
    })
}

/// Whose entries are listed.
pub fn whose(t: Texts, whose: Whose) -> String {
    t.get(match whose {
        Whose::Both => "planner-whose-both",
        Whose::Mine => "planner-whose-mine",
        Whose::Invited => "planner-whose-invited",
        Whose::All => "planner-whose-all",
    })
}

/// What kind of event it is; permanent ones are rooms.
pub fn kind(t: Texts, entry: &EntrySummary) -> String {
    let kind = words::kind(t, entry.kind);
    if entry.start_ms.is_some() { kind } else { t.named("planner-permanent-kind", &kind) }
}

/// How many are invited.
pub fn people(t: Texts, entry: &EntrySummary) -> String {
    let count = usize::try_from(entry.people).unwrap_or(0);
    t.count(
        match (entry.kind, entry.state) {
            (RoomKind::Webinar, EntryState::Planned | EntryState::Soon) => "planner-registered",
            _ => "planner-participants",
        },
        count,
    )
}

/// Whether somebody comes.
pub fn reply(t: Texts, reply: PersonReply) -> String {
    t.get(match reply {
        PersonReply::NeedsAction => "planner-reply-open",
        PersonReply::Accepted => "planner-reply-accepted",
        PersonReply::Tentative => "planner-reply-tentative",
        PersonReply::Declined => "planner-reply-declined",
    })
}

/// Why an entry cannot be joined now.
pub fn no_join(t: Texts, entry: &EntrySummary) -> String {
    match entry.state {
        EntryState::Over => t.get("planner-no-join-over"),
        _ => t.get("planner-no-join-yet"),
    }
}

/// Why an entry cannot be edited, if it cannot.
pub fn no_edit(t: Texts, entry: &EntrySummary, manages: bool) -> Option<String> {
    (!entry.permits.edit).then(|| match entry.state {
        _ if !manages => t.named("planner-only-organiser", &entry.organiser),
        EntryState::Running => t.get("planner-no-edit-running"),
        EntryState::Over => t.get("planner-no-edit-over"),
        EntryState::Planned | EntryState::Soon => t.get("planner-not-now"),
    })
}

/// Why an entry cannot be deleted, if it cannot.
pub fn no_delete(t: Texts, entry: &EntrySummary, manages: bool) -> Option<String> {
    (!entry.permits.delete).then(|| match manages {
        true => t.get("planner-no-delete-running"),
        false => t.named("planner-only-organiser", &entry.organiser),
    })
}

/// What came of an act, in one line.
pub fn confirmation(t: Texts, said: &Confirmation) -> String {
    match (&said.outcome, said.act) {
        (Outcome::Queued(count), _) => t.count("planner-mails-queued", *count),
        (Outcome::Saved(path), _) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            t.named("planner-calendar-saved", &name.unwrap_or_default())
        }
        (Outcome::Answered(reply), _) if !reply.recorded => {
            t.named("planner-answer-older", &reply.address)
        }
        (Outcome::Answered(reply), _) => {
            let key = match reply.reply.as_str() {
                "accepted" => "planner-answer-accepted",
                "tentative" => "planner-answer-tentative",
                _ => "planner-answer-declined",
            };
            t.named(key, &reply.address)
        }
        (Outcome::Copied, Act::Link) => t.get("planner-link-copied"),
        (Outcome::Copied, Act::NumberAndPin) => t.get("planner-number-copied"),
        (Outcome::Copied, _) => t.get("planner-text-copied"),
    }
}

/// What is wrong with the times of an occurrence.
pub fn move_error(t: Texts, error: MoveError) -> String {
    t.get(match error {
        MoveError::Start | MoveError::End => "planner-move-format",
        MoveError::Past => "planner-move-past",
        MoveError::Order => "planner-move-order",
        MoveError::TooLong => "planner-move-long",
    })
}

/// What went wrong, and what to do next.
pub fn failure(t: Texts, failure: &Failure) -> String {
    let Failure::Hub { code, field, .. } = failure else { return words::failure(t, failure) };
    let key = match (code.as_str(), field.as_deref()) {
        ("no_profile", _) => "planner-failed-profile",
        ("entry_running", _) => "planner-no-edit-running",
        ("entry_over", _) => "planner-no-edit-over",
        ("conference_live", _) => "planner-failed-live",
        ("not_recurring", _) => "planner-failed-single",
        ("occurrence_begun", _) => "planner-failed-begun",
        ("last_occurrence", _) => "planner-failed-last",
        ("too_many_exceptions", _) => "planner-failed-exceptions",
        ("no_mail", _) => "planner-failed-mail",
        ("no_date", _) => "planner-no-date",
        ("single_occurrence", _) => "planner-failed-one-date",
        ("not_invited", _) => "planner-failed-stranger",
        ("forbidden", _) => "planner-failed-forbidden",
        ("not_found", _) => "planner-failed-gone",
        ("invalid", Some("start_ms")) => "planner-move-past",
        ("invalid", Some("end_ms")) => "planner-move-order",
        ("invalid", None) => "planner-failed-reply",
        ("internal", _) => "planner-failed-hub",
        _ => return words::failure(t, failure),
    };
    t.get(key)
}
