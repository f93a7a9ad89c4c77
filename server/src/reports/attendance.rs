//! The attendance report: stays put together by person, in a time zone, as JSON and as CSV.

use crate::store::reports::{StayRow, participant_kind_text, role_text};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::{Attendance, AttendanceReport, ConferenceRecord, Stay};

/// What Excel needs to read a file as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The whole report. Whoever is still inside stays until `now_ms`.
pub fn report(
    conference: ConferenceRecord,
    stays: &[StayRow],
    zone: &TimeZone,
    now_ms: i64,
) -> AttendanceReport {
    let people = by_person(stays).into_iter().map(|stays| attendance(&stays, zone, now_ms));
    AttendanceReport {
        people: people.collect(),
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        conference,
    }
}

/// Each person's stays, in the order in which they first came.
fn by_person(stays: &[StayRow]) -> Vec<Vec<&StayRow>> {
    let mut people: Vec<Vec<&StayRow>> = Vec::new();
    for stay in stays {
        match people.iter_mut().find(|earlier| is_same_person(earlier, stay)) {
            Some(earlier) => earlier.push(stay),
            None => people.push(vec![stay]),
        }
    }
    people
}

/// Whether a later stay belongs to whoever the earlier ones belong to.
fn is_same_person(earlier: &[&StayRow], stay: &StayRow) -> bool {
    earlier.iter().any(|one| match (one.user_id, stay.user_id) {
        _ if one.participant == stay.participant => true,
        (Some(one), Some(other)) => one == other,
        (None, None) => {
            let gone = |e: &&StayRow| e.left_at_ms.is_some_and(|left| left <= stay.joined_at_ms);
            one.name == stay.name && earlier.iter().all(gone)
        }
        _ => false,
    })
}

fn attendance(stays: &[&StayRow], zone: &TimeZone, now_ms: i64) -> Attendance {
    let last = stays[stays.len() - 1];
    let lines: Vec<Stay> = stays
        .iter()
        .map(|stay| Stay {
            joined_at: iso8601(stay.joined_at_ms, zone),
            left_at: stay.left_at_ms.map(|left| iso8601(left, zone)),
            duration_s: (stay.left_at_ms.unwrap_or(now_ms) - stay.joined_at_ms).max(0) / 1000,
        })
        .collect();
    Attendance {
        name: last.name.clone(),
        kind: last.kind,
        role: last.role,
        total_s: lines.iter().map(|stay| stay.duration_s).sum(),
        stays: lines,
    }
}

/// ISO 8601 with the zone's offset at that time, to the second.
pub fn iso8601(unix_ms: i64, zone: &TimeZone) -> String {
    let time = Timestamp::from_millisecond(unix_ms).unwrap_or_default();
    time.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// RFC 4180, a line for each stay. `byte_order_mark` is for Excel.
pub fn csv(report: &AttendanceReport, byte_order_mark: bool) -> Result<String, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["name", "kind", "role", "joined", "left", "duration_s", "total_s"])?;
    for person in &report.people {
        for stay in &person.stays {
            writer.write_record([
                harmless(&person.name).as_str(),
                participant_kind_text(person.kind),
                role_text(person.role),
                &stay.joined_at,
                stay.left_at.as_deref().unwrap_or_default(),
                &stay.duration_s.to_string(),
                &person.total_s.to_string(),
            ])?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(format!("{}{text}", if byte_order_mark { BYTE_ORDER_MARK } else { "" }))
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
/// Injection"): guests choose their names themselves.
fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        _ => text.to_owned(),
    }
}
