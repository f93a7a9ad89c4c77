//! Calendar files, read by Python's `icalendar` with nothing but the file's own VTIMEZONE.

use crate::post::{at, daily_over_the_change, entry, once, outside, read_by_others};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use server::ical::{Event, Method, Organiser, calendar};
use server::planner::{Entry, Schedule};

fn written(entry: &Entry, method: Method, alarm_minutes: Option<u32>) -> String {
    let organiser = Organiser {
        name: "Helene \"Leni\" Graf, Dr.",
        address: "helene@example.org",
        sent_by: Some("meet@example.org"),
    };
    calendar(&Event {
        method,
        entry,
        sequence: entry.sequence,
        organiser,
        attendees: entry.people.iter().collect(),
        link: "https://meet.example.org/j/abc_-123",
        description: "Zeile 1\nZeile; 2, mit \\ und einem sehr langen Satz voller Umlaute: äöüßäöüßäöüßäöüßäöüß",
        alarm_minutes,
        stamp_ms: at("2030-01-01T12:00[UTC]"),
    })
    .unwrap()
}

fn read(entry: &Entry, method: Method) -> Value {
    read_by_others(written(entry, method, None).as_bytes())
}

#[test]
fn d3_a_calendar_entry_keeps_local_time_over_the_change_of_clocks() {
    let entry = entry(Some(daily_over_the_change()), vec![outside("Ada")]);
    let found = read(&entry, Method::Request);
    // The clocks go forward on 31 March: UTC is one hour nearer from then on. 1 April is cancelled,
    // 2 April moved.
    let expected = [
        ["2030-03-29T13:00Z", "2030-03-29T15:00Z"],
        ["2030-03-30T13:00Z", "2030-03-30T15:00Z"],
        ["2030-03-31T12:00Z", "2030-03-31T14:00Z"],
        ["2030-04-02T16:30Z", "2030-04-02T17:00Z"],
    ];
    let expected =
        expected.map(|pair| pair.map(|t| t.parse::<Timestamp>().unwrap().as_millisecond()));
    assert_eq!(found["occurrences"], json!(expected));
    assert_eq!(found["method"], "REQUEST");
    assert_eq!(found["events"][1]["recurrence_id"], at("2030-04-02T14:00[Europe/Berlin]"));
}

#[test]
fn d3_every_zone_s_description_agrees_with_our_own_clock() {
    // Regular ones of both hemispheres, one without change, one of half an hour, and two that keep to
    // no rule or to one of their own.
    let zones = [
        "Europe/Berlin",
        "Europe/Dublin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Asia/Kolkata",
        "Asia/Jerusalem",
        "Africa/Casablanca",
        "Etc/UTC",
        "UTC",
    ];
    for zone in zones {
        let first = format!("2030-01-08T09:30[{zone}]").parse::<jiff::Zoned>().unwrap();
        let schedule = Schedule {
            start_ms: first.timestamp().as_millisecond(),
            end_ms: first.timestamp().as_millisecond() + 3_600_000,
            time_zone: zone.to_owned(),
            rrule: Some("FREQ=WEEKLY;COUNT=60".to_owned()),
            exceptions: Vec::new(),
        };
        let found = read(&entry(Some(schedule), Vec::new()), Method::Publish);
        let starts: Vec<i64> = (0..60)
            .map(|week| first.checked_add(week.weeks()).unwrap().timestamp().as_millisecond())
            .collect();
        let found: Vec<i64> = found["occurrences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| pair[0].as_i64().unwrap())
            .collect();
        assert_eq!(found, starts, "{zone}");
    }
}

#[test]
fn d3_a_regular_zone_is_described_by_two_yearly_rules() {
    let file = written(&entry(Some(daily_over_the_change()), Vec::new()), Method::Publish, None);
    assert!(file.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"), "{file}");
    assert!(file.contains("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"), "{file}");
    assert_eq!(file.matches("BEGIN:STANDARD").count(), 1);
}

#[test]
fn d3_the_last_day_of_a_series_is_whole() {
    let mut schedule = daily_over_the_change();
    schedule.exceptions.clear();
    schedule.rrule = Some("FREQ=DAILY;UNTIL=20300331".to_owned());
    let file = written(&entry(Some(schedule.clone()), Vec::new()), Method::Publish, None);
    assert!(file.contains("RRULE:FREQ=DAILY;UNTIL=20300331T215959Z\r\n"), "{file}");
    let found = read(&entry(Some(schedule), Vec::new()), Method::Publish);
    assert_eq!(found["occurrences"].as_array().unwrap().len(), 3);
}

#[test]
fn d5_an_invitation_asks_everybody_for_an_answer() {
    let entry = entry(Some(once()), vec![outside("Ada"), outside("Bo; \"B,\" Ö")]);
    let found = read(&entry, Method::Request);
    let event = &found["events"][0];
    assert_eq!(event["uid"], entry.uid);
    assert_eq!(event["summary"], entry.title);
    assert_eq!(event["location"], "https://meet.example.org/j/abc_-123");
    assert_eq!(event["status"], "CONFIRMED");
    assert_eq!(event["organizer"]["address"], "mailto:helene@example.org");
    assert_eq!(event["organizer"]["sent-by"], "mailto:meet@example.org");
    let ada = &event["attendees"][0];
    assert_eq!(ada["address"], "mailto:ada@example.com");
    assert_eq!(
        [&ada["partstat"], &ada["rsvp"], &ada["role"], &ada["cn"]],
        ["NEEDS-ACTION", "TRUE", "REQ-PARTICIPANT", "Ada"]
    );
    assert_eq!(event["attendees"][1]["cn"], "Bo; 'B,' Ö");
    assert!(event["description"].as_str().unwrap().starts_with("Zeile 1\nZeile; 2, mit \\ und"));
}

#[test]
fn d4_a_file_to_keep_names_nobody_and_carries_the_own_reminder() {
    let entry = entry(Some(once()), vec![outside("Ada")]);
    let found = read_by_others(written(&entry, Method::Publish, Some(10)).as_bytes());
    assert_eq!(found["alarms"], json!(["-PT10M"]));
    assert_eq!(found["events"][0]["attendees"], json!([]));
    assert_eq!(read(&entry, Method::Request)["alarms"], json!([]));
}

#[test]
fn an_entry_without_a_date_is_in_no_calendar() {
    let entry = entry(None, Vec::new());
    let organiser = Organiser { name: "H", address: "h@example.org", sent_by: None };
    let event = Event {
        method: Method::Publish,
        entry: &entry,
        sequence: 0,
        organiser,
        attendees: Vec::new(),
        link: "",
        description: "",
        alarm_minutes: None,
        stamp_ms: 0,
    };
    assert_eq!(calendar(&event), None);
}
