//! Calendar data (RFC 5545) as scheduling messages carry it (RFC 5546): entries written as invitation,
//! cancellation or plain file, and replies read back.

mod reply;
mod zone;

pub use reply::{MAX_REPLY_BYTES, ReplyError, ReplyMessage, parse_reply};

use crate::planner::{Entry, Person, Reply, Schedule};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What names this program in the files it writes (RFC 5545 section 3.7.3).
const PRODUCT: &str = "-//Katheder//Hub//EN";

/// What a calendar is told to do (RFC 5546 section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Invite, or tell of a change.
    Request,
    /// Take the entry out.
    Cancel,
    /// A file to keep; nobody is asked.
    Publish,
}

impl Method {
    /// The value of METHOD.
    pub fn name(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
            Method::Publish => "PUBLISH",
        }
    }
}

/// Who invites.
#[derive(Debug, Clone, Copy)]
pub struct Organiser<'a> {
    /// Display name.
    pub name: &'a str,
    /// Where answers go.
    pub address: &'a str,
    /// The hub's own address, where it sends for somebody else (RFC 5545 SENT-BY).
    pub sent_by: Option<&'a str>,
}

/// An entry to be written.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// What it is for.
    pub method: Method,
    /// The entry.
    pub entry: &'a Entry,
    /// RFC 5545 SEQUENCE; a cancellation's is higher than the entry's.
    pub sequence: u32,
    /// Who invites.
    pub organiser: Organiser<'a>,
    /// Whom the file names; those without an address are left out, and a file to keep names nobody.
    pub attendees: Vec<&'a Person>,
    /// The join link; empty where there is none any more.
    pub link: &'a str,
    /// The text of the invitation.
    pub description: &'a str,
    /// A reminder of the calendar's own, for the organiser.
    pub alarm_minutes: Option<u32>,
    /// When this was written, Unix milliseconds.
    pub stamp_ms: i64,
}

/// The event as a calendar file. `None` for an entry without a date, which no calendar can hold.
pub fn calendar(event: &Event<'_>) -> Option<String> {
    let schedule = event.entry.schedule.as_ref()?;
    let clock = Clock::new(schedule);
    let mut writer = Writer::default();
    writer.line("BEGIN:VCALENDAR");
    writer.line(&format!("PRODID:{PRODUCT}"));
    writer.line("VERSION:2.0");
    writer.line("CALSCALE:GREGORIAN");
    writer.line(&format!("METHOD:{}", event.method.name()));
    if let Some(zone) = &clock.zone {
        zone::write(&mut writer, &schedule.time_zone, zone, zone::Span::of(schedule));
    }

    let times = (schedule.start_ms, schedule.end_ms);
    event_begins(&mut writer, event, &clock, times);
    if let Some(rule) = &schedule.rrule {
        writer.line(&format!("RRULE:{}", rule_text(rule, &clock)));
        for cancelled in schedule.exceptions.iter().filter(|e| e.moved_to.is_none()) {
            writer.line(&format!("EXDATE{}", clock.time(cancelled.original_ms)));
        }
    }
    alarm(&mut writer, event);
    writer.line("END:VEVENT");

    if schedule.rrule.is_some() && event.method != Method::Cancel {
        for moved in &schedule.exceptions {
            let Some(times) = moved.moved_to else { continue };
            event_begins(&mut writer, event, &clock, times);
            writer.line(&format!("RECURRENCE-ID{}", clock.time(moved.original_ms)));
            alarm(&mut writer, event);
            writer.line("END:VEVENT");
        }
    }
    writer.line("END:VCALENDAR");
    Some(writer.text)
}

/// What the series and each moved occurrence have alike.
fn event_begins(
    writer: &mut Writer,
    event: &Event<'_>,
    clock: &Clock,
    (start_ms, end_ms): (i64, i64),
) {
    writer.line("BEGIN:VEVENT");
    writer.line(&format!("UID:{}", escaped(&event.entry.uid)));
    writer.line(&format!("DTSTAMP:{}", utc(event.stamp_ms)));
    writer.line(&format!("SEQUENCE:{}", event.sequence));
    writer.line(&format!("DTSTART{}", clock.time(start_ms)));
    writer.line(&format!("DTEND{}", clock.time(end_ms)));
    writer.line(&format!("SUMMARY:{}", escaped(&event.entry.title)));
    let cancelled = event.method == Method::Cancel;
    writer.line(if cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    writer.line("TRANSP:OPAQUE");
    if !event.link.is_empty() {
        writer.line(&format!("LOCATION:{}", escaped(event.link)));
        writer.line(&format!("URL:{}", plain(event.link)));
    }
    writer.line(&format!("DESCRIPTION:{}", escaped(event.description)));

    let Organiser { name, address, sent_by } = event.organiser;
    let sent_by = sent_by.map(|by| format!(";SENT-BY={}", quoted(&format!("mailto:{by}"))));
    let sent_by = sent_by.unwrap_or_default();
    writer.line(&format!("ORGANIZER;CN={}{sent_by}:mailto:{}", quoted(name), plain(address)));
    if event.method != Method::Publish {
        event.attendees.iter().for_each(|person| attendee(writer, person, cancelled));
    }
}

fn attendee(writer: &mut Writer, person: &Person, cancelled: bool) {
    let Some(address) = &person.email else { return };
    let (name, address) = (quoted(&person.name), plain(address));
    let answer = match cancelled {
        true => String::new(),
        false => format!(";PARTSTAT={};RSVP=TRUE", status(person.reply)),
    };
    writer.line(&format!(
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{answer};CN={name}:mailto:{address}"
    ));
}

/// The value of PARTSTAT (RFC 5545 section 3.2.12).
fn status(reply: Reply) -> &'static str {
    match reply {
        Reply::NeedsAction => "NEEDS-ACTION",
        Reply::Accepted => "ACCEPTED",
        Reply::Tentative => "TENTATIVE",
        Reply::Declined => "DECLINED",
    }
}

fn alarm(writer: &mut Writer, event: &Event<'_>) {
    let Some(minutes) = event.alarm_minutes.filter(|_| event.method == Method::Publish) else {
        return;
    };
    writer.line("BEGIN:VALARM");
    writer.line("ACTION:DISPLAY");
    writer.line(&format!("DESCRIPTION:{}", escaped(&event.entry.title)));
    writer.line(&format!("TRIGGER:-PT{minutes}M"));
    writer.line("END:VALARM");
}

/// How times are written: local with the zone's name, or UTC.
struct Clock {
    name: String,
    /// `None`: UTC, which needs no description.
    zone: Option<TimeZone>,
}

impl Clock {
    /// A zone that this machine does not know is written as UTC: right, though it does not recur at
    /// the same local time.
    fn new(schedule: &Schedule) -> Clock {
        let zone = TimeZone::get(&schedule.time_zone).ok();
        let zone = zone.filter(|zone| *zone != TimeZone::UTC && !zone.is_unknown());
        Clock { name: plain(&schedule.time_zone), zone }
    }

    /// `;TZID=Europe/Berlin:20260325T140000` or `:20260325T130000Z`.
    fn time(&self, ms: i64) -> String {
        match &self.zone {
            Some(zone) => format!(";TZID={}:{}", self.name, local(zone, ms)),
            None => format!(":{}", utc(ms)),
        }
    }
}

fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn utc(ms: i64) -> String {
    timestamp(ms).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn local(zone: &TimeZone, ms: i64) -> String {
    zone.to_datetime(timestamp(ms)).strftime("%Y%m%dT%H%M%S").to_string()
}

/// The rule with UNTIL in UTC, as a rule beside a local DTSTART has to have it (RFC 5545 section
/// 3.3.10); a mere date means the end of that day.
fn rule_text(rule: &str, clock: &Clock) -> String {
    let parts = rule.split(';').map(|part| match part.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("UNTIL") => {
            format!("UNTIL={}", until(value, clock).unwrap_or_else(|| value.to_owned()))
        }
        _ => part.to_owned(),
    });
    let allowed = |c: &char| c.is_ascii_alphanumeric() || "=;,+-".contains(*c);
    parts.collect::<Vec<_>>().join(";").chars().filter(allowed).collect()
}

fn until(value: &str, clock: &Clock) -> Option<String> {
    if value.ends_with(['Z', 'z']) {
        return None;
    }
    let zone = clock.zone.clone().unwrap_or(TimeZone::UTC);
    let local = match value.len() {
        8 => format!("{value}T235959"),
        _ => value.to_owned(),
    };
    let local = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", local).ok()?;
    let moment = zone.to_timestamp(local).ok()?;
    Some(utc(moment.as_millisecond()))
}

/// Content lines (RFC 5545 section 3.1): CRLF, folded at 75 octets between characters.
#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn line(&mut self, content: &str) {
        const MAX_OCTETS: usize = 75;
        let mut octets = 0;
        for c in content.chars() {
            if octets + c.len_utf8() > MAX_OCTETS {
                self.text.push_str("\r\n ");
                octets = 1;
            }
            self.text.push(c);
            octets += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

/// A TEXT value (RFC 5545 section 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A parameter's value in quotes, which themselves cannot be in it (RFC 5545 section 3.2).
fn quoted(text: &str) -> String {
    format!("\"{}\"", plain(text).replace('"', "'"))
}

/// Without what could end the line.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
