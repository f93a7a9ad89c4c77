//! Replies to invitations (RFC 5546 section 3.2.3). They come from anywhere, so every size has a limit
//! and nothing in them is believed but what is asked for.

use crate::planner::Reply;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Real replies have about 2 KiB; some carry the whole invitation.
pub const MAX_REPLY_BYTES: usize = 256 * 1024;

/// More lines than any reply has.
const MAX_LINES: usize = 5000;

/// Longer values than any that is read here.
const MAX_VALUE_BYTES: usize = 1000;

/// Somebody's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyMessage {
    /// The invitation's UID.
    pub uid: String,
    /// Who answers: an address, lower case.
    pub attendee: String,
    /// What they say.
    pub reply: Reply,
    /// The invitation's SEQUENCE that they saw.
    pub sequence: u32,
    /// When they answered, Unix milliseconds.
    pub stamp_ms: Option<i64>,
    /// It is for one occurrence of a series only.
    pub single_occurrence: bool,
}

/// Why something is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Too much of it.
    #[error("this file is too big for an answer to an invitation")]
    TooBig,
    /// It is something else.
    #[error("this is no answer to an invitation (a calendar file with METHOD:REPLY)")]
    NoReply,
    /// It lacks UID or attendee, or has several attendees.
    #[error("this answer does not say who answers to what")]
    Incomplete,
    /// PARTSTAT is none of accepted, tentative, declined.
    #[error("this answer says neither yes nor no nor maybe")]
    NoAnswer,
}

/// Reads the reply in a calendar file; the whole series' answer where there are several.
pub fn parse_reply(bytes: &[u8]) -> Result<ReplyMessage, ReplyError> {
    if bytes.len() > MAX_REPLY_BYTES {
        return Err(ReplyError::TooBig);
    }
    let text = String::from_utf8_lossy(bytes);
    let lines = unfold(&text)?;
    let mut is_reply = false;
    let mut events: Vec<Fields> = Vec::new();
    // The components that the line is in; an event's own lines are two deep.
    let mut depth: Vec<String> = Vec::new();
    for line in lines.iter().filter_map(|line| Line::parse(line)) {
        match line.name.as_str() {
            "BEGIN" => {
                depth.push(line.value.to_ascii_uppercase());
                if depth.iter().map(String::as_str).eq(["VCALENDAR", "VEVENT"]) {
                    events.push(Fields::default());
                }
            }
            "END" => drop(depth.pop()),
            "METHOD" if depth.len() == 1 => is_reply |= line.value.eq_ignore_ascii_case("REPLY"),
            _ if depth.iter().map(String::as_str).eq(["VCALENDAR", "VEVENT"]) => {
                if let Some(event) = events.last_mut() {
                    event.take(&line);
                }
            }
            _ => {}
        }
    }
    if !is_reply || events.is_empty() {
        return Err(ReplyError::NoReply);
    }
    let whole = events.iter().position(|event| !event.single_occurrence).unwrap_or(0);
    events.swap_remove(whole).finish()
}

/// What is read of an event.
#[derive(Default)]
struct Fields {
    uid: Option<String>,
    attendees: Vec<(String, Option<String>)>,
    sequence: u32,
    stamp_ms: Option<i64>,
    single_occurrence: bool,
}

impl Fields {
    fn take(&mut self, line: &Line) {
        match line.name.as_str() {
            "UID" => self.uid = Some(line.value.clone()),
            "SEQUENCE" => self.sequence = line.value.trim().parse().unwrap_or(0),
            "DTSTAMP" => self.stamp_ms = utc(&line.value),
            "RECURRENCE-ID" => self.single_occurrence = true,
            // One too many is enough to know that there are too many.
            "ATTENDEE" if self.attendees.len() < 2 => {
                if let Some(address) = mail_address(&line.value) {
                    self.attendees.push((address, line.parameter("PARTSTAT")));
                }
            }
            _ => {}
        }
    }

    fn finish(self) -> Result<ReplyMessage, ReplyError> {
        // No UID of ours has control characters, and PostgreSQL takes no NUL in a text.
        let sound = |uid: &String| !uid.is_empty() && !uid.contains(char::is_control);
        let uid = self.uid.filter(sound).ok_or(ReplyError::Incomplete)?;
        let [(attendee, status)] =
            <[_; 1]>::try_from(self.attendees).map_err(|_| ReplyError::Incomplete)?;
        let reply = match status.unwrap_or_default().to_ascii_uppercase().as_str() {
            "ACCEPTED" => Reply::Accepted,
            "TENTATIVE" => Reply::Tentative,
            "DECLINED" => Reply::Declined,
            _ => return Err(ReplyError::NoAnswer),
        };
        let Fields { sequence, stamp_ms, single_occurrence, .. } = self;
        Ok(ReplyMessage { uid, attendee, reply, sequence, stamp_ms, single_occurrence })
    }
}

/// `mailto:Ada@Example.org` → `ada@example.org`.
fn mail_address(value: &str) -> Option<String> {
    let (scheme, address) = value.trim().split_once(':')?;
    let address = address.split('?').next()?.trim();
    let sound = scheme.eq_ignore_ascii_case("mailto") && address.contains('@');
    sound.then(|| address.to_lowercase())
}

/// `20260325T130000Z`; nothing else is allowed for DTSTAMP.
fn utc(value: &str) -> Option<i64> {
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", value.trim()).ok()?;
    Some(TimeZone::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

/// Joins folded lines (RFC 5545 section 3.1); bare line feeds are taken as well.
fn unfold(text: &str) -> Result<Vec<String>, ReplyError> {
    let mut lines: Vec<String> = Vec::new();
    for (count, raw) in text.split('\n').enumerate() {
        if count > MAX_LINES {
            return Err(ReplyError::TooBig);
        }
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        match (raw.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(line)) => line.push_str(rest),
            _ => lines.push(raw.to_owned()),
        }
    }
    Ok(lines)
}

/// A content line: `NAME;PARAMETER="value":value`.
struct Line {
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

impl Line {
    /// `None` for what is no content line, and for values too long to be looked at.
    fn parse(line: &str) -> Option<Line> {
        let (head, value) = split_unquoted(line, ':')?;
        if value.len() > MAX_VALUE_BYTES || head.len() > MAX_VALUE_BYTES {
            return None;
        }
        let mut rest = head;
        let mut pieces = Vec::new();
        while let Some((piece, after)) = split_unquoted(rest, ';') {
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        let mut pieces = pieces.into_iter();
        let name = pieces.next()?.trim().to_ascii_uppercase();
        let parameters = pieces.filter_map(|piece| {
            let (name, value) = piece.split_once('=')?;
            Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
        });
        Some(Line { name, parameters: parameters.collect(), value: value.to_owned() })
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    }
}

/// At the first such character that is not between quotes.
fn split_unquoted(text: &str, at: char) -> Option<(&str, &str)> {
    let mut in_quotes = false;
    for (index, c) in text.char_indices() {
        match c {
            '"' => in_quotes = !in_quotes,
            c if c == at && !in_quotes => {
                return Some((&text[..index], &text[index + at.len_utf8()..]));
            }
            _ => {}
        }
    }
    None
}
