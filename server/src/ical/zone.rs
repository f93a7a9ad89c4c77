//! VTIMEZONE (RFC 5545 section 3.6.5), written from the zone's own transitions: yearly rules where the
//! zone keeps to them, each onset by itself where it does not.

use super::{Writer, plain, timestamp};
use crate::planner::Schedule;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};

/// How far a series is described where the zone keeps to no rule: after that the governments will
/// have changed their minds anyway.
const SERIES_YEARS: i64 = 10;

/// From the first to the last moment that has to be right.
pub struct Span {
    first: Timestamp,
    last: Timestamp,
}

impl Span {
    /// What an entry needs.
    pub fn of(schedule: &Schedule) -> Span {
        let moved = schedule.exceptions.iter().filter_map(|e| e.moved_to);
        let first = moved.clone().map(|m| m.0).fold(schedule.start_ms, i64::min);
        let last = moved.map(|m| m.1).fold(schedule.end_ms, i64::max);
        let years = if schedule.rrule.is_some() { SERIES_YEARS } else { 0 };
        let last =
            timestamp(last).saturating_add(SignedDuration::from_hours(24 * (366 * years + 1)));
        Span { first: timestamp(first), last: last.unwrap_or(Timestamp::MAX) }
    }
}

/// A moment from which on another offset holds.
#[derive(Clone)]
struct Onset {
    /// On the clocks as they were until then.
    local: DateTime,
    from: Offset,
    to: Offset,
    daylight: bool,
    name: String,
}

/// The description of a zone for that span.
pub fn write(writer: &mut Writer, id: &str, zone: &TimeZone, span: Span) {
    writer.line("BEGIN:VTIMEZONE");
    writer.line(&format!("TZID:{}", plain(id)));
    let onsets = onsets(zone, &span);
    if onsets.is_empty() {
        let info = zone.to_offset_info(span.first);
        let (offset, name) = (info.offset(), info.abbreviation().to_owned());
        let local = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        observance(writer, &Onset { local, from: offset, to: offset, daylight: false, name }, None);
    }
    match yearly(&onsets) {
        Some(rules) => rules.iter().for_each(|(onset, rule)| observance(writer, onset, Some(rule))),
        None => onsets.iter().for_each(|onset| observance(writer, onset, None)),
    }
    writer.line("END:VTIMEZONE");
}

/// The one in force at the span's begin, and those within.
fn onsets(zone: &TimeZone, span: &Span) -> Vec<Onset> {
    // A transition at the very begin counts as before it.
    let begin = span.first.saturating_add(1.second()).unwrap_or(span.first);
    let before = zone.preceding(begin).next().map(|t| t.timestamp());
    let within = zone.following(span.first).map(|t| t.timestamp());
    let within = within.take_while(|moment| *moment <= span.last);
    let moments = before.into_iter().chain(within.filter(|m| Some(*m) != before));
    moments.map(|moment| onset(zone, moment)).collect()
}

fn onset(zone: &TimeZone, moment: Timestamp) -> Onset {
    let before = moment.saturating_sub(1.second()).unwrap_or(moment);
    let from = zone.to_offset(before);
    let info = zone.to_offset_info(moment);
    Onset {
        local: from.to_datetime(moment),
        from,
        to: info.offset(),
        daylight: info.dst().is_dst(),
        name: info.abbreviation().to_owned(),
    }
}

/// Both halves of the year as yearly rules, when every onset keeps to them.
fn yearly(onsets: &[Onset]) -> Option<Vec<(Onset, String)>> {
    let (daylight, standard): (Vec<_>, Vec<_>) = onsets.iter().cloned().partition(|o| o.daylight);
    // Fewer prove no rule.
    if daylight.len() < 3 || standard.len() < 3 {
        return None;
    }
    let halves = [standard, daylight];
    halves.into_iter().map(|half| Some((half.first()?.clone(), rule(&half)?))).collect()
}

/// `FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`, when that is what all onsets have in common.
fn rule(onsets: &[Onset]) -> Option<String> {
    let first = onsets.first()?;
    let alike = |o: &Onset| {
        (o.from, o.to, &o.name) == (first.from, first.to, &first.name)
            && o.local.time() == first.local.time()
            && o.local.month() == first.local.month()
            && o.local.weekday() == first.local.weekday()
    };
    let each_year = onsets.windows(2).all(|pair| pair[1].local.year() == pair[0].local.year() + 1);
    if !each_year || !onsets.iter().all(alike) {
        return None;
    }
    let is_last = |o: &Onset| o.local.day() + 7 > o.local.days_in_month();
    let nth = |o: &Onset| (o.local.day() - 1) / 7 + 1;
    let week = match onsets.iter().all(is_last) {
        true => -1,
        false => onsets.iter().all(|o| nth(o) == nth(first)).then(|| nth(first))?,
    };
    let day = format!("{:?}", first.local.weekday())[..2].to_ascii_uppercase();
    Some(format!("FREQ=YEARLY;BYMONTH={};BYDAY={week}{day}", first.local.month()))
}

fn observance(writer: &mut Writer, onset: &Onset, rule: Option<&String>) {
    let kind = if onset.daylight { "DAYLIGHT" } else { "STANDARD" };
    writer.line(&format!("BEGIN:{kind}"));
    writer.line(&format!("DTSTART:{}", onset.local.strftime("%Y%m%dT%H%M%S")));
    writer.line(&format!("TZOFFSETFROM:{}", offset(onset.from)));
    writer.line(&format!("TZOFFSETTO:{}", offset(onset.to)));
    writer.line(&format!("TZNAME:{}", plain(&onset.name)));
    if let Some(rule) = rule {
        writer.line(&format!("RRULE:{rule}"));
    }
    writer.line(&format!("END:{kind}"));
}

/// UTC-OFFSET (RFC 5545 section 3.3.14): seconds only where there are some.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, rest) =
        (seconds.abs() / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
    match rest {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}{minutes:02}{rest:02}"),
    }
}
