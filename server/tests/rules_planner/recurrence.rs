//! Recurrence: rules, local time, exceptions.

use super::*;

#[test]
fn rules_are_days_or_longer_and_make_sense() {
    let rule = |text: &str| refused(&recurring(text));
    for text in ["FREQ=HOURLY", "FREQ=SECONDLY;COUNT=3", "COUNT=3"] {
        let expected = DraftError::Series(SeriesError::Rule(RuleError::Frequency));
        assert_eq!(rule(text), (expected, "schedule.rrule"), "{text}");
    }
    for text in [
        "FREQ=DAILY;BYHOUR=1,2",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=WEEKLY;BYSETPOS=1",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=WEEKLY;",
        "FREQ=MONTHLY;BYDAY=ü",
    ] {
        assert_eq!(rule(text).1, "schedule.rrule", "{text}");
    }
    // The day after 2 March 2026 is a Tuesday.
    assert_eq!(rule("FREQ=WEEKLY;BYDAY=MO").0, DraftError::StartBesideRule);
    assert_eq!(rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30").0, DraftError::StartBesideRule);
    assert_eq!(rule("FREQ=DAILY;UNTIL=20200101").0, DraftError::StartBesideRule);
}

#[test]
fn rules_are_kept_in_one_form() {
    let kept = |text: &str| plan(&recurring(text)).unwrap().schedule.unwrap().rrule.unwrap();
    assert_eq!(kept("freq=weekly;byday=tu,tu;interval=1"), "FREQ=WEEKLY;BYDAY=TU");
    // A whole day in Berlin ends at 22:59:59 UTC in winter, at 21:59:59 in summer.
    assert_eq!(kept("FREQ=DAILY;UNTIL=20260310"), "FREQ=DAILY;UNTIL=20260310T225959Z");
    assert_eq!(kept("FREQ=DAILY;UNTIL=20260410"), "FREQ=DAILY;UNTIL=20260410T215959Z");
    assert_eq!(
        kept("FREQ=MONTHLY;BYDAY=1TU,-1FR;BYSETPOS=1;WKST=SU"),
        "FREQ=MONTHLY;BYDAY=1TU,-1FR;BYSETPOS=1;WKST=SU"
    );
}

fn schedule(zone: &str, start: DateTime, rule: &str) -> Schedule {
    let start = TimeZone::get(zone).unwrap().to_timestamp(start).unwrap().as_millisecond();
    Schedule {
        start_ms: start,
        end_ms: start + HOUR,
        time_zone: zone.to_owned(),
        rrule: Some(rule.to_owned()),
        exceptions: Vec::new(),
    }
}

fn local(zone: &str, at_ms: i64) -> DateTime {
    TimeZone::get(zone).unwrap().to_datetime(Timestamp::from_millisecond(at_ms).unwrap())
}

#[test]
fn a_weekly_entry_keeps_its_local_time_when_clocks_change() {
    let weekly = schedule("Europe/Berlin", date(2026, 3, 23).at(9, 0, 0, 0), "FREQ=WEEKLY;COUNT=3");
    let starts: Vec<i64> =
        Series::of(&weekly).unwrap().upcoming(0, 10).iter().map(|o| o.start_ms).collect();
    assert_eq!(starts.len(), 3);
    assert_eq!(starts[1] - starts[0], 7 * DAY - HOUR, "clocks go forward on 29 March 2026");
    assert_eq!(starts[2] - starts[1], 7 * DAY);
}

#[test]
fn a_local_time_that_clocks_skip_or_repeat_is_settled_as_the_standard_says() {
    let skipped =
        schedule("Europe/Berlin", date(2026, 3, 28).at(2, 30, 0, 0), "FREQ=DAILY;COUNT=3");
    let times: Vec<DateTime> = Series::of(&skipped)
        .unwrap()
        .upcoming(0, 10)
        .iter()
        .map(|o| local("Europe/Berlin", o.start_ms))
        .collect();
    let at = |day, hour| date(2026, 3, day).at(hour, 30, 0, 0);
    assert_eq!(times, [at(28, 2), at(29, 3), at(30, 2)]);
    let twice = schedule("Europe/Berlin", date(2026, 10, 24).at(2, 30, 0, 0), "FREQ=DAILY;COUNT=3");
    let starts: Vec<i64> =
        Series::of(&twice).unwrap().upcoming(0, 10).iter().map(|o| o.start_ms).collect();
    assert_eq!(starts[1] - starts[0], DAY, "the first of two 02:30");
    assert_eq!(starts[2] - starts[1], DAY + HOUR);
}

#[test]
fn the_current_occurrence_moves_on_and_stays_at_the_last() {
    let daily = schedule("UTC", date(2026, 3, 2).at(9, 0, 0, 0), "FREQ=DAILY;COUNT=3");
    let series = Series::of(&daily).unwrap();
    let current = |now| series.current(now).unwrap().start_ms;
    assert_eq!(current(0), NOW);
    assert_eq!(current(NOW + HOUR - 1), NOW);
    assert_eq!(current(NOW + HOUR), NOW + DAY);
    assert_eq!(current(NOW + 100 * DAY), NOW + 2 * DAY);
    assert_eq!(daily.turn(NOW).unwrap().1, Some(NOW + HOUR));
    assert_eq!(daily.turn(NOW + 2 * DAY).unwrap().1, None, "nothing comes after the last");
}

#[test]
fn a_rule_that_never_fits_again_ends() {
    // 29 February that is a Monday comes every 28 years; every 13th year it never does again.
    let rare = schedule("UTC", date(2028, 2, 29).at(9, 0, 0, 0), "FREQ=YEARLY;INTERVAL=1000");
    assert_eq!(Series::of(&rare).unwrap().upcoming(0, 10).len(), 1);
    let daily = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=TU";
    let rare = schedule("UTC", date(2028, 2, 29).at(9, 0, 0, 0), daily);
    assert_eq!(Series::of(&rare).unwrap().upcoming(0, 10).len(), 4, "in a hundred years");
}

fn series_entry(rule: &str) -> Entry {
    let mut entry = plan(&recurring(rule)).unwrap();
    entry.people =
        plan(&EntryDraft { people: vec![user(2)], ..draft(RoomKind::GroupCall) }).unwrap().people;
    entry.people[0].reply = Reply::Accepted;
    entry
}

#[test]
fn one_occurrence_is_moved_cancelled_and_put_back() {
    let entry = series_entry("FREQ=DAILY;COUNT=3");
    let first = NOW + DAY;
    let (start_ms, end_ms) = (first + 5 * HOUR, first + 6 * HOUR);
    let change = ChangeOccurrence::Move { start_ms, end_ms };
    let moved = change_occurrence(&entry, first, change, NOW).unwrap();
    assert_eq!((moved.sequence, moved.people[0].reply), (1, Reply::NeedsAction));
    let expected = Occurrence { original_ms: first, start_ms, end_ms };
    assert_eq!(moved.current(NOW).unwrap(), Some(expected));

    let gone = change_occurrence(&moved, first, ChangeOccurrence::Cancel, NOW).unwrap();
    assert_eq!(gone.sequence, 2);
    assert_eq!(gone.current(NOW).unwrap().unwrap().start_ms, first + DAY);

    let back = change_occurrence(&gone, first, ChangeOccurrence::Restore, NOW).unwrap();
    assert_eq!((back.sequence, back.schedule.clone()), (3, entry.schedule.clone()));
    let same = change_occurrence(&back, first, ChangeOccurrence::Restore, NOW).unwrap();
    assert_eq!(same, back, "nothing changes, nobody is asked");
}

#[test]
fn an_occurrence_that_cannot_change_says_why() {
    let entry = series_entry("FREQ=DAILY;COUNT=2");
    let first = NOW + DAY;
    let cancel =
        |entry: &Entry, at, now| change_occurrence(entry, at, ChangeOccurrence::Cancel, now);
    assert_eq!(cancel(&entry, first + 1, NOW), Err(OccurrenceError::NoSuch));
    assert_eq!(cancel(&entry, i64::MAX, NOW), Err(OccurrenceError::NoSuch));
    assert_eq!(cancel(&entry, i64::MIN, NOW), Err(OccurrenceError::NoSuch));
    assert_eq!(cancel(&entry, first, first), Err(OccurrenceError::Begun));
    let left = cancel(&entry, first, NOW).unwrap();
    assert_eq!(cancel(&left, first + DAY, NOW), Err(OccurrenceError::Last));
    let once = plan(&draft(RoomKind::Webinar)).unwrap();
    assert_eq!(cancel(&once, first, NOW), Err(OccurrenceError::NotRecurring));
    let change = ChangeOccurrence::Move { start_ms: NOW - HOUR, end_ms: NOW };
    let past = change_occurrence(&entry, first, change, NOW);
    assert_eq!(past, Err(OccurrenceError::Times(DraftError::Past)));
}

#[test]
fn exceptions_stay_with_a_rule_that_still_gives_them() {
    let entry = series_entry("FREQ=DAILY;COUNT=10");
    let start = NOW + DAY;
    let entry = change_occurrence(&entry, start + DAY, ChangeOccurrence::Cancel, NOW).unwrap();
    let entry = change_occurrence(&entry, start + 2 * DAY, ChangeOccurrence::Cancel, NOW).unwrap();
    let every_other = plan_over(&recurring("FREQ=DAILY;INTERVAL=2"), Some(&entry), NOW).unwrap();
    let kept = every_other.schedule.unwrap().exceptions;
    assert_eq!(kept, [Exception { original_ms: start + 2 * DAY, moved_to: None }]);
}

fn rules() -> impl Strategy<Value = String> {
    let weekday = prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let days = prop::collection::btree_set(weekday.clone(), 0..4);
    let nth = (prop::sample::select(vec!["1", "2", "5", "-1", "-2"]), weekday);
    let nth_days = prop::collection::btree_set(nth.prop_map(|(n, day)| format!("{n}{day}")), 0..3);
    let months = prop::collection::btree_set(1..=12, 0..4);
    let day = prop_oneof![1..=31, -31..=-1];
    let month_days = prop::collection::btree_set(day, 0..4);
    let position = prop::sample::select(vec![0, 1, 2, -1]);
    let end = prop_oneof![Just(String::new()), (1..40u32).prop_map(|n| format!(";COUNT={n}"))];
    let week_start = prop::sample::select(vec!["", ";WKST=SU"]);
    let by = (0..7, days, nth_days, months, month_days, position);
    (by, 1..4u32, end, week_start).prop_map(|(by, interval, end, week_start)| {
        let (shape, days, nth_days, months, month_days, position) = by;
        let list = |name: &str, values: Vec<String>| match values.is_empty() {
            true => String::new(),
            false => format!(";{name}={}", values.join(",")),
        };
        let texts = |values: std::collections::BTreeSet<i32>| {
            values.iter().map(i32::to_string).collect::<Vec<_>>()
        };
        let days = list("BYDAY", days.into_iter().map(str::to_owned).collect());
        let nth_days = list("BYDAY", nth_days.into_iter().collect());
        let months = list("BYMONTH", texts(months));
        let month_days = list("BYMONTHDAY", texts(month_days));
        let (frequency, by) = match shape {
            0 => ("DAILY", days + &months),
            1 => ("WEEKLY", days + &months),
            2 => ("MONTHLY", nth_days + &months),
            3 => ("MONTHLY", days + &month_days),
            4 => ("YEARLY", nth_days + &months),
            5 => ("YEARLY", days + &months),
            _ => ("YEARLY", months + &month_days),
        };
        // The other implementation counts positions of the first week from the start's day on.
        let position = match position {
            position if position != 0 && !by.is_empty() && frequency != "WEEKLY" => {
                format!(";BYSETPOS={position}")
            }
            _ => String::new(),
        };
        format!("FREQ={frequency};INTERVAL={interval}{end}{by}{position}{week_start}")
    })
}

/// A moment of 2026 or later, in minutes after its beginning.
fn start_of(zone: &'static str, minutes: i64) -> DateTime {
    local(zone, Timestamp::UNIX_EPOCH.as_millisecond() + 1_767_225_600_000 + minutes * MINUTE)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    /// Another implementation gives the same days.
    #[test]
    fn rules_agree_with_another_implementation(rule in rules(), minutes in 0..2_000_000i64) {
        let start = start_of("UTC", minutes);
        let last = start.date().checked_add(jiff::Span::new().years(5)).unwrap();
        let rule = match rule.contains("COUNT") {
            true => rule,
            false => format!("{rule};UNTIL={}", last.strftime("%Y%m%dT000000Z")),
        };
        let ours = schedule("UTC", start, &rule);
        let horizon = ours.start_ms + 10 * 366 * DAY;
        let found = Series::of(&ours).unwrap().overlapping(i64::MIN, horizon, 30);
        let ours: Vec<i64> = found.iter().map(|o| o.start_ms).collect();
        // The other implementation searches long for what never comes.
        prop_assume!(!ours.is_empty());
        let text = format!("DTSTART:{}\nRRULE:{rule}", start.strftime("%Y%m%dT%H%M%SZ"));
        let theirs: rrule::RRuleSet = text.parse().unwrap();
        let theirs: Vec<i64> = theirs
            .into_iter()
            .map(|at| at.timestamp_millis())
            .take_while(|at| *at < horizon)
            .take(30)
            .collect();
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    /// Occurrences come in order, obey the exceptions, and begin at the same local time however
    /// clocks change.
    #[test]
    fn occurrences_obey_rule_exceptions_and_local_time(
        rule in rules(),
        minutes in 0..2_000_000i64,
        zone in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
        ]),
        changed in prop::collection::btree_map(0..20usize, prop::option::of(-3000..3000i64), 0..6),
        window in (-100..2000i64, 1..400i64),
    ) {
        let mut schedule = schedule(zone, start_of(zone, minutes), &rule);
        let plain = Series::of(&schedule).unwrap().upcoming(i64::MIN, 20);
        for occurrence in &plain {
            let (at, start) = (local(zone, occurrence.start_ms), local(zone, schedule.start_ms));
            let skipped = TimeZone::get(zone).unwrap()
                .to_ambiguous_timestamp(at.date().to_datetime(start.time()));
            prop_assert!(at.time() == start.time() || skipped.is_ambiguous());
        }
        let originals: Vec<i64> = plain.iter().map(|o| o.original_ms).collect();
        for (at, by) in &changed {
            let Some(&original_ms) = originals.get(*at) else { continue };
            let moved_to = by.map(|by| {
                let start = original_ms + by * MINUTE;
                (start, start + 2 * HOUR)
            });
            schedule.exceptions.push(Exception { original_ms, moved_to });
        }
        let series = Series::of(&schedule).unwrap();
        let from = schedule.start_ms + window.0 * HOUR;
        let to = from + window.1 * HOUR;
        let found = series.overlapping(from, to, usize::MAX);
        prop_assert!(found.is_sorted_by_key(|o| o.start_ms));
        prop_assert!(found.iter().all(|o| o.end_ms > from && o.start_ms < to));
        // The same by filtering everything.
        let all = series.overlapping(i64::MIN, to, usize::MAX);
        let expected: Vec<Occurrence> = all.into_iter().filter(|o| o.end_ms > from).collect();
        prop_assert_eq!(&found, &expected);
        for exception in &schedule.exceptions {
            let is = series.occurrence(exception.original_ms).map(|o| (o.start_ms, o.end_ms));
            prop_assert_eq!(is, exception.moved_to);
        }
        prop_assert_eq!(series.current(from), series.upcoming(from, 1).first().copied()
            .or_else(|| series.current(i64::MAX)));
    }

    /// What is kept reads back as the same rule, and nothing that is typed breaks the reader.
    #[test]
    fn rules_read_back_as_they_were_written(rule in rules(), noise in "\\PC{0,40}") {
        let read = |text: &str| server::planner::rule::Rule::parse(text, &TimeZone::UTC);
        let once = read(&rule).unwrap();
        prop_assert_eq!(read(&once.to_string()), Ok(once));
        let _ = read(&noise);
        let _ = read(&format!("FREQ=WEEKLY;{noise}"));
    }
}
