//! Dates as people type them.

use client::i18n::Language;
use client::when::{Frame, STEP_MS, WhenError, local, parse, parse_date, resolve, step, write};
use jiff::civil::{DateTime, date, datetime, time};
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// Wednesday, 25 November 2026, 13:52.
fn frame() -> Frame {
    let now = datetime(2026, 11, 25, 13, 52, 41, 0);
    Frame { now, day: date(2026, 11, 25), time: time(9, 0, 0, 0) }
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("bundled")
}

fn read(text: &str) -> Result<DateTime, WhenError> {
    parse(text, &frame())
}

fn at(year: i16, month: i8, day: i8, hour: i8, minute: i8) -> Result<DateTime, WhenError> {
    Ok(datetime(year, month, day, hour, minute, 0, 0))
}

#[test]
fn c6_german_dates_are_understood() {
    for (text, meant) in [
        ("26.11.2026 14:00", at(2026, 11, 26, 14, 0)),
        ("26.11.2026 um 14:00", at(2026, 11, 26, 14, 0)),
        ("26.11.2026, 14:00 Uhr", at(2026, 11, 26, 14, 0)),
        ("26.11.2026 um 14 Uhr", at(2026, 11, 26, 14, 0)),
        ("26.11. 14", at(2026, 11, 26, 14, 0)),
        ("26.11 14", at(2026, 11, 26, 14, 0)),
        ("26.11. 14.30", at(2026, 11, 26, 14, 30)),
        ("26.11. 9.10", at(2026, 11, 26, 9, 10)),
        ("26.11. 1430", at(2026, 11, 26, 14, 30)),
        ("26.11. 14 Uhr", at(2026, 11, 26, 14, 0)),
        ("26.11.26", at(2026, 11, 26, 9, 0)),
        ("26.11.26 8:05", at(2026, 11, 26, 8, 5)),
        ("am 26.11. um 8", at(2026, 11, 26, 8, 0)),
        ("Do 26.11. 14", at(2026, 11, 26, 14, 0)),
        ("Donnerstag, den 26. November 2026, 14:00", at(2026, 11, 26, 14, 0)),
        ("26. Nov 14:00", at(2026, 11, 26, 14, 0)),
        ("1. Mär 2027 7", at(2027, 3, 1, 7, 0)),
        ("heute 14:30", at(2026, 11, 25, 14, 30)),
        ("HEUTE 14.30", at(2026, 11, 25, 14, 30)),
        ("morgen 9", at(2026, 11, 26, 9, 0)),
        ("9 Uhr morgen", at(2026, 11, 26, 9, 0)),
        ("übermorgen 9:15", at(2026, 11, 27, 9, 15)),
        ("gestern 9", at(2026, 11, 24, 9, 0)),
        ("montag 10", at(2026, 11, 30, 10, 0)),
        ("mi 10", at(2026, 12, 2, 10, 0)),
        ("14:00", at(2026, 11, 25, 14, 0)),
        ("14.30", at(2026, 11, 25, 14, 30)),
        ("9.10 Uhr", at(2026, 11, 25, 9, 10)),
        ("9", at(2026, 11, 25, 9, 0)),
        ("1430", at(2026, 11, 25, 14, 30)),
        ("jetzt", at(2026, 11, 25, 13, 52)),
    ] {
        assert_eq!(read(text), meant, "{text}");
    }
}

#[test]
fn c6_english_dates_are_understood() {
    for (text, meant) in [
        ("2026-11-26 14:00", at(2026, 11, 26, 14, 0)),
        ("2026-11-26T14:00", at(2026, 11, 26, 14, 0)),
        ("2026-11-26", at(2026, 11, 26, 9, 0)),
        ("26 Nov 14:00", at(2026, 11, 26, 14, 0)),
        ("26 Nov 2026 at 14:00", at(2026, 11, 26, 14, 0)),
        ("Nov 26 2026 2pm", at(2026, 11, 26, 14, 0)),
        ("26th of November, 2:30 pm", at(2026, 11, 26, 14, 30)),
        ("Thursday 26 November 14:00", at(2026, 11, 26, 14, 0)),
        ("tomorrow 9", at(2026, 11, 26, 9, 0)),
        ("tomorrow 9pm", at(2026, 11, 26, 21, 0)),
        ("today 12am", at(2026, 11, 25, 0, 0)),
        ("today 12 pm", at(2026, 11, 25, 12, 0)),
        ("friday 9 am", at(2026, 11, 27, 9, 0)),
        ("now", at(2026, 11, 25, 13, 52)),
        ("h", at(2026, 11, 25, 13, 52)),
    ] {
        assert_eq!(read(text), meant, "{text}");
    }
}

#[test]
fn a_day_without_a_year_is_the_next_one() {
    assert_eq!(read("25.11. 8"), at(2026, 11, 25, 8, 0), "today counts");
    assert_eq!(read("24.11. 8"), at(2027, 11, 24, 8, 0));
    assert_eq!(read("1 Jan 8:00"), at(2027, 1, 1, 8, 0));
    assert_eq!(read("29.2. 8"), at(2028, 2, 29, 8, 0), "the next leap year");
}

#[test]
fn what_is_no_moment_is_told_apart() {
    for (text, error) in [
        ("", WhenError::Empty),
        ("  \u{a0} ", WhenError::Empty),
        ("um", WhenError::Unreadable),
        ("bald", WhenError::Unreadable),
        ("11/12/2026", WhenError::Unreadable),
        ("26.11.2026 27.11.2026", WhenError::Unreadable),
        ("heute morgen", WhenError::Unreadable),
        ("14:00 15:00", WhenError::Unreadable),
        ("14:00:00:00", WhenError::Unreadable),
        ("1.2.3.4", WhenError::Unreadable),
        ("26.", WhenError::Unreadable),
        ("31.2.2027", WhenError::NoSuchDay),
        ("31.6. 9", WhenError::NoSuchDay),
        ("29.2.2027", WhenError::NoSuchDay),
        ("2026-13-01", WhenError::NoSuchDay),
        ("32.1.2027 14:00", WhenError::NoSuchDay),
        ("999.1.2027", WhenError::NoSuchDay),
        ("1.1.123", WhenError::NoSuchDay),
        ("24:00", WhenError::NoSuchTime),
        ("14:60", WhenError::NoSuchTime),
        ("morgen 25", WhenError::NoSuchTime),
        ("13:00pm", WhenError::NoSuchTime),
        ("Fr 26.11.2026 14:00", WhenError::OtherWeekday),
    ] {
        assert_eq!(read(text), Err(error), "{text:?}");
    }
}

#[test]
fn a_day_alone_has_no_time() {
    let today = date(2026, 11, 25);
    assert_eq!(parse_date("24.12.", today), Ok(date(2026, 12, 24)));
    assert_eq!(parse_date("31 Dec 2027", today), Ok(date(2027, 12, 31)));
    assert_eq!(parse_date("24.12. 14:00", today), Err(WhenError::Unreadable));
    assert_eq!(parse_date("14:00", today), Err(WhenError::Unreadable));
    assert_eq!(parse_date("", today), Err(WhenError::Empty));
}

#[test]
fn a_time_that_the_clocks_skip_is_refused_and_one_they_repeat_is_the_first() {
    let zone = berlin();
    let skipped = datetime(2027, 3, 28, 2, 30, 0, 0);
    assert_eq!(resolve(skipped, &zone), Err(WhenError::Skipped));
    let before = resolve(datetime(2027, 3, 28, 1, 59, 0, 0), &zone).expect("before the gap");
    let after = resolve(datetime(2027, 3, 28, 3, 0, 0, 0), &zone).expect("after the gap");
    assert_eq!(after - before, 60_000);

    let twice = resolve(datetime(2026, 10, 25, 2, 30, 0, 0), &zone).expect("the first");
    assert_eq!(local(twice, &zone), local(twice + 3_600_000, &zone), "shown twice");
    assert_eq!(twice, 1_792_888_200_000, "in summer time");
}

#[test]
fn steps_lead_to_quarters_of_an_hour_also_over_changes_of_clocks() {
    let zone = berlin();
    let at =
        |hour, minute| resolve(datetime(2026, 11, 25, hour, minute, 0, 0), &zone).expect("a time");
    assert_eq!(step(at(14, 7), true), at(14, 15));
    assert_eq!(step(at(14, 15), true), at(14, 30));
    assert_eq!(step(at(14, 7), false), at(14, 0));
    assert_eq!(step(at(14, 0), false), at(13, 45));
    let night = resolve(datetime(2027, 3, 28, 1, 45, 0, 0), &zone).expect("a time");
    assert_eq!(local(step(night, true), &zone), datetime(2027, 3, 28, 3, 0, 0, 0));
    for edge in [i64::MIN, -1, 0, 1, i64::MAX] {
        step(edge, true);
        step(edge, false);
        local(edge, &zone);
    }
}

#[test]
fn what_is_written_is_read_back() {
    let moment = datetime(2026, 3, 9, 7, 5, 0, 0);
    assert_eq!(write(moment, Language::German), "09.03.2026 um 07:05");
    assert_eq!(write(moment, Language::English), "9 Mar 2026 at 07:05");
    assert_eq!(read(&write(moment, Language::German)), Ok(moment));
    assert_eq!(read(&write(moment, Language::English)), Ok(moment));
}

/// Pieces that dates are made of, and some that they are not.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,5}[.:/-]?",
        "[0-9]{1,2}[.:][0-9]{1,2}[.:]?([0-9]{1,4})?",
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(T[0-9]{1,2})?",
        "(heute|morgen|mo|di|sonntag|jan|märz|dec|uhr|um|am|pm|h|now|2pm|1st|ß|İ|½|٣)",
        "\\PC{0,6}",
    ]
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,100}") {
        let _ = parse(&text, &frame());
        let _ = parse_date(&text, date(2026, 11, 25));
    }

    #[test]
    fn no_pieces_of_dates_make_the_parser_panic(
        pieces in proptest::collection::vec(piece(), 0..6),
        space in "[ ,;\u{a0}]{0,2}",
    ) {
        let text = pieces.join(&space);
        if let Ok(moment) = parse(&text, &frame()) {
            let _ = resolve(moment, &berlin());
        }
        let edge = Frame { now: DateTime::MAX, day: DateTime::MAX.date(), time: time(0, 0, 0, 0) };
        let _ = parse(&text, &edge);
        let edge = Frame { now: DateTime::MIN, day: DateTime::MIN.date(), time: time(0, 0, 0, 0) };
        let _ = parse(&text, &edge);
    }

    #[test]
    fn every_minute_is_read_back_in_both_languages(minutes in 0_i64..52_594_920) {
        // From 1970 to 2069 in UTC, where every minute has a name.
        let moment = local(minutes * 60_000, &TimeZone::UTC);
        for language in [Language::German, Language::English] {
            prop_assert_eq!(read(&write(moment, language)), Ok(moment));
        }
        prop_assert_eq!(resolve(moment, &TimeZone::UTC), Ok(minutes * 60_000));
        prop_assert_eq!(step(minutes * 60_000, true) % STEP_MS, 0);
    }
}
