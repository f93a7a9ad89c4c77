//! The rules of the form, without a window.

use crate::fake::{NOON_MS, now};
use crate::world::*;
use client::app::Window;
use client::command::EntryCommand;
use client::state::entry::{
    AddProblem, Field, Frequency, Invitee, MonthlyBy, Offer, Problem, RepeatEnd, RepeatProblem,
    is_address, matches, offers,
};
use client::state::{BackendEvent, EntryEvent, Failure};
use client::when::WhenError;
use protocol::*;

/// What is wrong with a field of an otherwise sound dialog.
fn problem(window: &mut Window, field: Field) -> Option<Problem> {
    dialog(window).read(now()).errors.remove(&field)
}

pub fn type_start(window: &mut Window, text: &str) {
    let dialog = dialog(window);
    dialog.form.start.text = text.into();
    dialog.start_changed(now());
}

fn type_end(window: &mut Window, text: &str) {
    let dialog = dialog(window);
    dialog.form.end.text = text.into();
    dialog.end_changed(now());
}

pub fn refused(code: &str, field: Option<&str>, message: &str) -> BackendEvent {
    BackendEvent::Entry(EntryEvent::Failed(Failure::Hub {
        code: code.into(),
        field: field.map(str::to_owned),
        message: message.into(),
    }))
}

#[test]
fn c1_both_kinds_are_planned_with_everything_that_was_typed() {
    for kind in [RoomKind::Webinar, RoomKind::GroupCall] {
        let mut window = planning(kind);
        let form = &mut dialog(&mut window).form;
        form.title = "  Neben\u{200b}kosten \n 2026 ".into();
        form.description = " Was sich ändert ".into();
        form.phone_info = true;
        form.reminder = true;
        dialog(&mut window).add(Invitee::user(&contacts()[0]));
        dialog(&mut window).add(Invitee::outside(" gast@example.org", "Gast"));
        let draft = saved(&mut window);
        assert_eq!(draft.kind, kind);
        assert_eq!(draft.title, "Nebenkosten 2026");
        assert_eq!(draft.description, "Was sich ändert");
        let schedule = draft.schedule.expect("a date");
        assert_eq!(schedule.start_ms, NOON_MS + HOUR, "the next full hour");
        assert_eq!(schedule.end_ms, NOON_MS + 2 * HOUR);
        assert_eq!(schedule.time_zone, "Europe/Berlin");
        assert_eq!(schedule.rrule, None);
        assert!(draft.notify && draft.phone_info);
        assert_eq!(draft.reminder_minutes, Some(15));
        let outside = PersonDraft {
            user_id: None,
            email: Some("gast@example.org".into()),
            name: Some("Gast".into()),
            co_host: false,
        };
        assert_eq!(draft.people[0].user_id, Some(2));
        assert_eq!(draft.people[1], outside);
    }
}

#[test]
fn c5_title_and_description_keep_the_limits_of_the_hub() {
    let mut window = titled(RoomKind::Webinar);
    for (title, wrong) in [
        (String::new(), Some(Problem::TitleMissing)),
        (" \u{200b}\t ".into(), Some(Problem::TitleMissing)),
        ("ü".repeat(120), None),
        ("ü".repeat(121), Some(Problem::TitleTooLong)),
        (format!("{}   {}", "a".repeat(59), "b".repeat(60)), None),
    ] {
        dialog(&mut window).form.title = title;
        assert_eq!(problem(&mut window, Field::Title), wrong);
    }
    dialog(&mut window).form.description = "ä".repeat(4000);
    assert_eq!(problem(&mut window, Field::Description), None);
    dialog(&mut window).form.description = "ä".repeat(4001);
    assert_eq!(problem(&mut window, Field::Description), Some(Problem::DescriptionTooLong));
}

#[test]
fn c7_the_end_comes_after_the_start_by_a_day_at_most() {
    let mut window = titled(RoomKind::Webinar);
    type_start(&mut window, "26.11.2026 14:00");
    for (end, wrong) in [
        ("26.11.2026 14:00", Some(Problem::EndBeforeStart)),
        ("26.11.2026 13:00", Some(Problem::EndBeforeStart)),
        ("27.11.2026 14:00", None),
        ("27.11.2026 14:01", Some(Problem::TooLong)),
        ("27.11.", None),
        ("31.2.2027", Some(Problem::When(WhenError::NoSuchDay))),
        ("", Some(Problem::When(WhenError::Empty))),
        ("15:30", None),
    ] {
        type_end(&mut window, end);
        assert_eq!(problem(&mut window, Field::End), wrong, "{end}");
    }
}

#[test]
fn c7_the_end_moves_along_with_the_start_and_keeps_the_duration() {
    let mut window = titled(RoomKind::Webinar);
    type_start(&mut window, "26.11.2026 14:00");
    type_end(&mut window, "15:30");
    type_start(&mut window, "3.12. 9");
    let schedule = saved(&mut window).schedule.expect("a date");
    assert_eq!(schedule.end_ms - schedule.start_ms, 90 * MINUTE);
    assert_eq!(dialog(&mut window).form.end.text, "03.12.2026 um 10:30");

    // What cannot be an end stays as it was typed.
    let mut window = titled(RoomKind::Webinar);
    type_end(&mut window, "bald");
    type_start(&mut window, "3.12. 9");
    assert_eq!(dialog(&mut window).form.end.text, "bald");
    // An end before the start does not move; the start may come to it.
    type_end(&mut window, "2.12. 9");
    type_start(&mut window, "2.12. 8");
    let end = dialog(&mut window).form.end.text.clone();
    assert_eq!(end, "2.12. 9");
    assert_eq!(problem(&mut window, Field::End), None);
}

#[test]
fn c8_x1_the_start_lies_in_the_future_or_in_the_minute_of_now() {
    let mut window = titled(RoomKind::Webinar);
    type_start(&mut window, "20.11.2026 14:00");
    assert_eq!(problem(&mut window, Field::Start), Some(Problem::Past));
    assert!(dialog(&mut window).save(now()).is_none());
    assert_eq!(dialog(&mut window).focus, Some(Field::Start));

    type_start(&mut window, "jetzt");
    let dialog = dialog(&mut window);
    dialog.form.end.text = "12:00".into();
    for (passed, past) in [(0, false), (60_000, false), (60_001, true)] {
        let errors = dialog.read(later(passed)).errors;
        // "jetzt" is read anew; what stands there as a time is not.
        assert!(!errors.contains_key(&Field::Start), "{passed}: {errors:?}");
        let mut fixed = titled(RoomKind::Webinar);
        type_start(&mut fixed, "25.11.2026 11:00");
        let errors = fixed.state.entry.dialog.expect("open").read(later(passed)).errors;
        assert_eq!(errors.contains_key(&Field::Start), past, "{passed}: {errors:?}");
    }
}

#[test]
fn c8_x1_an_entry_without_a_date_is_never_in_the_past() {
    let mut window = titled(RoomKind::GroupCall);
    type_start(&mut window, "20.11.2026 14:00");
    let form = &mut dialog(&mut window).form;
    form.dated = false;
    form.reminder = true;
    let draft = saved(&mut window);
    assert_eq!((draft.schedule, draft.reminder_minutes), (None, None));
}

#[test]
fn c8_a_series_that_began_is_saved_while_its_times_stay() {
    let rule = Some("FREQ=WEEKLY;BYDAY=WE");
    let mut window = changing(&details(NOON_MS - 14 * DAY, rule));
    dialog(&mut window).form.title = "Neuer Titel".into();
    let draft = saved(&mut window);
    assert_eq!(draft.schedule.expect("a date").rrule.as_deref(), rule);

    let mut window = changing(&details(NOON_MS - 14 * DAY, rule));
    type_start(&mut window, "11.11.2026 12:00");
    assert_eq!(problem(&mut window, Field::Start), Some(Problem::Past));
}

#[test]
fn c9_h_fills_in_the_present_and_can_be_saved_at_once() {
    let mut window = titled(RoomKind::Webinar);
    let moment = later(37_000);
    dialog(&mut window).fill_now(Field::Start, moment);
    assert_eq!(dialog(&mut window).form.start.text, "25.11.2026 um 11:00");
    assert_eq!(dialog(&mut window).form.end.text, "25.11.2026 um 12:00", "it moves along");
    assert!(dialog(&mut window).save(later(59_000)).is_some());
}

#[test]
fn c6_arrows_step_by_quarters_of_an_hour_and_days_are_chosen() {
    let mut window = titled(RoomKind::Webinar);
    type_start(&mut window, "26.11.2026 14:07");
    let dialog = dialog(&mut window);
    dialog.step(Field::Start, true, now());
    assert_eq!(dialog.form.start.text, "26.11.2026 um 14:15");
    dialog.step(Field::End, false, now());
    assert_eq!(dialog.form.end.text, "26.11.2026 um 15:00");
    dialog.choose_day(Field::Start, jiff::civil::date(2026, 12, 24), now());
    assert_eq!(dialog.form.start.text, "24.12.2026 um 14:15");
    assert_eq!(dialog.form.end.text, "24.12.2026 um 15:00");
    // On the day of the change the clocks skip half past two.
    dialog.form.start.text = "27.3.2027 2:30".into();
    dialog.choose_day(Field::Start, jiff::civil::date(2027, 3, 28), now());
    assert_eq!(dialog.form.start.text, "28.03.2027 um 03:30");
}

#[test]
fn c6_a_time_that_the_clocks_skip_is_told() {
    let mut window = titled(RoomKind::Webinar);
    type_start(&mut window, "28.3.2027 2:30");
    let wrong = Some(Problem::When(WhenError::Skipped));
    assert_eq!(problem(&mut window, Field::Start), wrong);
}

#[test]
fn c6_an_entry_of_another_zone_keeps_it() {
    let mut entry = details(NOON_MS + DAY, None);
    if let Some(schedule) = &mut entry.schedule {
        schedule.time_zone = "America/New_York".into();
    }
    let mut window = changing(&entry);
    assert!(dialog(&mut window).foreign_zone);
    assert_eq!(dialog(&mut window).form.start.text, "26.11.2026 um 05:00");
    let schedule = saved(&mut window).schedule.expect("a date");
    assert_eq!(schedule.time_zone, "America/New_York");
    assert_eq!(schedule.start_ms, NOON_MS + DAY);
}

#[test]
fn c12_the_organiser_is_listed_and_cannot_be_added() {
    let mut window = planning(RoomKind::GroupCall);
    let organiser = dialog(&mut window).organiser.clone();
    let mut all = contacts();
    all.push(user(1, "miriam", "Miriam Vogt"));
    let offered = offers("mi", &all, &[], &[], &organiser);
    assert_eq!(offered, [Offer::Organiser(organiser)]);
    let dialog = dialog(&mut window);
    for own in [
        Invitee::user(&user(1, "miriam", "Miriam Vogt")),
        Invitee::outside("Miriam.Vogt@HV-Nord.de", ""),
    ] {
        dialog.add(own);
        assert_eq!(dialog.picker.problem, Some(AddProblem::Organiser));
    }
    assert!(dialog.form.people.is_empty());
}

#[test]
fn c13_somebody_invited_can_be_removed_and_is_never_there_twice() {
    let mut window = planning(RoomKind::GroupCall);
    let dialog = dialog(&mut window);
    dialog.add(Invitee::user(&contacts()[0]));
    dialog.add(Invitee::user(&contacts()[0]));
    assert_eq!(dialog.picker.problem, Some(AddProblem::Twice));
    dialog.add(Invitee::outside("gast@example.org", ""));
    dialog.add(Invitee::outside("GAST@example.org", "Gast"));
    assert_eq!(dialog.picker.problem, Some(AddProblem::Twice));
    assert_eq!(dialog.form.people.len(), 2);
    dialog.remove(0);
    dialog.remove(7);
    assert_eq!(dialog.form.people.len(), 1);
    assert_eq!(dialog.form.people[0].name, "gast@example.org");
}

#[test]
fn c14_x5_a_group_call_takes_24_participants_and_c15_a_webinar_more() {
    let mut window = titled(RoomKind::GroupCall);
    let dialog = dialog(&mut window);
    for id in 100..124 {
        assert!(!dialog.full());
        dialog.add(Invitee::user(&user(id, &format!("u{id}"), &format!("U {id}"))));
    }
    assert!(dialog.full());
    dialog.add(Invitee::user(&contacts()[0]));
    assert_eq!(dialog.picker.problem, Some(AddProblem::Full));
    assert_eq!(dialog.form.people.len(), 24);

    let mut window = titled(RoomKind::Webinar);
    for id in 100..300 {
        let new = Invitee::user(&user(id, &format!("u{id}"), &format!("U {id}")));
        super::world::dialog(&mut window).add(new);
    }
    assert_eq!(saved(&mut window).people.len(), 200);
}

#[test]
fn c11_people_are_found_by_the_beginning_of_each_name() {
    for (query, name, found) in [
        ("", "Jonas Kettler", true),
        ("ke", "Jonas Kettler", true),
        ("KETT", "Jonas Kettler", true),
        ("jonas k", "Jonas Kettler", true),
        ("ttl", "Jonas Kettler", false),
        ("muller", "Özlem Müller", true),
        ("oz", "Özlem Müller", true),
        ("nord", "Karl-Nord", true),
    ] {
        assert_eq!(matches(query, name), found, "{query} in {name}");
    }
    let mut window = planning(RoomKind::GroupCall);
    let organiser = dialog(&mut window).organiser.clone();
    let found = [user(6, "jonas", "Jonas Kettler"), user(9, "kim", "Kim Kern")];
    let offered = offers("ke", &contacts(), &found, &[], &organiser);
    let names: Vec<_> = offered
        .iter()
        .map(|offer| match offer {
            Offer::User(user, _) => user.display_name.as_str(),
            _ => "?",
        })
        .collect();
    assert_eq!(names, ["Emre Kemal", "Jonas Kettler", "Kim Kern"], "each once");
    let offered = offers("a@b.org", &contacts(), &[], &[], &organiser);
    assert_eq!(offered, [Offer::Address("a@b.org".into())]);
}

#[test]
fn addresses_are_told_from_what_is_none() {
    for good in ["a@b", "gast@example.org", "a.b+c@sub.example.org", "jürgen@müller.de"] {
        assert!(is_address(good), "{good}");
    }
    let long = format!("{}@example.org", "a".repeat(65));
    let longer = format!("a@{}", "b.".repeat(200));
    for bad in [
        "", "@", "a@", "@b", "a b@c", "a@b c", "a..b@c", ".a@b", "a@-b", "a@b..c", "a@@b", "a",
        "<a@b>", &long, &longer,
    ] {
        assert!(!is_address(bad), "{bad}");
    }
}

#[test]
fn an_outside_person_that_was_typed_and_not_added_is_not_forgotten() {
    let mut window = titled(RoomKind::GroupCall);
    let dialog = dialog(&mut window);
    dialog.picker.outside = true;
    dialog.picker.email = "gast".into();
    assert!(dialog.dirty());
    assert!(dialog.save(now()).is_none());
    assert_eq!(dialog.focus, Some(Field::OutsideEmail));
    dialog.add_outside();
    assert_eq!(dialog.picker.outside_problem, Some((Field::OutsideEmail, AddProblem::NoAddress)));
    dialog.picker.email = "gast@example.org".into();
    dialog.picker.name = "x".repeat(81);
    dialog.add_outside();
    assert_eq!(dialog.picker.outside_problem, Some((Field::OutsideName, AddProblem::LongName)));
    dialog.picker.name = "Gast".into();
    dialog.add_outside();
    assert_eq!(dialog.form.people[0].name, "Gast");
    assert!(dialog.save(now()).is_some());
}

#[test]
fn c16_c18_c19_x9_the_three_kinds_of_mail_are_independent() {
    for bits in 0..8 {
        let mut window = titled(RoomKind::Webinar);
        let form = &mut dialog(&mut window).form;
        form.notify = bits & 1 != 0;
        form.phone_info = bits & 2 != 0;
        form.reminder = bits & 4 != 0;
        form.reminder_minutes = 60;
        let draft = saved(&mut window);
        assert_eq!(draft.notify, bits & 1 != 0);
        assert_eq!(draft.phone_info, bits & 2 != 0);
        assert_eq!(draft.reminder_minutes, (bits & 4 != 0).then_some(60));
    }
}

#[test]
fn rules_are_written_as_the_hub_takes_them() {
    // Thursday, 26 November 2026: the fourth and last of its month.
    let rule = |change: fn(&mut client::state::entry::Repeat)| {
        let mut window = titled(RoomKind::Webinar);
        type_start(&mut window, "26.11.2026 14:00");
        change(&mut dialog(&mut window).form.repeat);
        saved(&mut window).schedule.expect("a date").rrule
    };
    let daily = rule(|r| (r.frequency, r.interval) = (Frequency::Daily, " 2 ".into()));
    assert_eq!(daily.as_deref(), Some("FREQ=DAILY;INTERVAL=2"));
    let weekly = rule(|r| {
        r.frequency = Frequency::Weekly;
        r.weekdays[0] = true;
        r.end = RepeatEnd::Count;
        r.count = "10".into();
    });
    assert_eq!(weekly.as_deref(), Some("FREQ=WEEKLY;COUNT=10;BYDAY=MO,TH"));
    let monthly = rule(|r| r.frequency = Frequency::Monthly);
    assert_eq!(monthly.as_deref(), Some("FREQ=MONTHLY;BYMONTHDAY=26"));
    let fourth = rule(|r| (r.frequency, r.monthly) = (Frequency::Monthly, MonthlyBy::Weekday));
    assert_eq!(fourth.as_deref(), Some("FREQ=MONTHLY;BYDAY=4TH"));
    let last = rule(|r| (r.frequency, r.monthly) = (Frequency::Monthly, MonthlyBy::LastWeekday));
    assert_eq!(last.as_deref(), Some("FREQ=MONTHLY;BYDAY=-1TH"));
    let yearly = rule(|r| {
        r.frequency = Frequency::Yearly;
        r.end = RepeatEnd::Until;
        r.until = "26.11.2030".into();
    });
    assert_eq!(yearly.as_deref(), Some("FREQ=YEARLY;UNTIL=20301126"));
}

#[test]
fn wrong_numbers_and_days_of_a_recurrence_are_told() {
    let mut window = titled(RoomKind::Webinar);
    type_start(&mut window, "26.11.2026 14:00");
    dialog(&mut window).form.repeat.frequency = Frequency::Weekly;
    for bad in ["", "0", "-1", "+1", "1001", "viele", "1.5", "99999999999"] {
        dialog(&mut window).form.repeat.interval = bad.into();
        let wrong = Some(Problem::Repeat(RepeatProblem::Interval));
        assert_eq!(problem(&mut window, Field::Interval), wrong, "{bad}");
    }
    let repeat = &mut dialog(&mut window).form.repeat;
    repeat.interval = "1".into();
    (repeat.end, repeat.count) = (RepeatEnd::Count, "0".into());
    let wrong = Some(Problem::Repeat(RepeatProblem::Count));
    assert_eq!(problem(&mut window, Field::Count), wrong);
    let repeat = &mut dialog(&mut window).form.repeat;
    (repeat.end, repeat.until) = (RepeatEnd::Until, "25.11.2026".into());
    let wrong = Some(Problem::Repeat(RepeatProblem::UntilBeforeStart));
    assert_eq!(problem(&mut window, Field::Until), wrong);
    dialog(&mut window).form.repeat.until = "irgendwann".into();
    let wrong = Some(Problem::Repeat(RepeatProblem::Until(WhenError::Unreadable)));
    assert_eq!(problem(&mut window, Field::Until), wrong);
}

#[test]
fn rules_that_the_form_can_say_are_read_and_others_kept_as_they_are() {
    // Wednesday, 25 November 2026, noon in Berlin: the fourth and last of its month.
    let start = NOON_MS + HOUR;
    for rule in [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=5",
        "FREQ=WEEKLY;BYDAY=MO,WE",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
        "FREQ=MONTHLY;BYMONTHDAY=25",
        "FREQ=MONTHLY;BYDAY=4WE",
        "FREQ=MONTHLY;BYDAY=-1WE",
        "FREQ=YEARLY;COUNT=3",
    ] {
        let mut window = changing(&details(start, Some(rule)));
        let form = &mut dialog(&mut window).form;
        assert_ne!(form.repeat.frequency, Frequency::Foreign, "{rule}");
        form.start.text = "25.11.2026 13:00".into();
        form.end.text = "25.11.2026 14:00".into();
        let read = saved(&mut window).schedule.expect("a date").rrule;
        assert_eq!(read.as_deref(), Some(rule), "the same after another time");
    }
    let mut window = changing(&details(start, Some("FREQ=DAILY;UNTIL=20261130T225959Z")));
    assert_eq!(dialog(&mut window).form.repeat.until, "30.11.2026");

    for rule in [
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;WKST=SU",
        "FREQ=MONTHLY;BYDAY=MO,WE;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=25,26",
        "FREQ=MONTHLY;BYMONTHDAY=-6",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4WE",
        "FREQ=WEEKLY;BYDAY=MO",
    ] {
        let mut window = changing(&details(start, Some(rule)));
        let repeat = &dialog(&mut window).form.repeat;
        assert_eq!(repeat.frequency, Frequency::Foreign, "{rule}");
        dialog(&mut window).form.title = "Neu".into();
        let kept = saved(&mut window).schedule.expect("a date").rrule;
        assert_eq!(kept.as_deref(), Some(rule));
    }
}

#[test]
fn an_entry_that_nobody_changed_is_sent_back_as_it_was() {
    let entry = details(NOON_MS + DAY + 17_123, Some("FREQ=DAILY;UNTIL=20261230T225959Z"));
    let mut window = changing(&entry);
    assert!(!dialog(&mut window).dirty());
    let Some(EntryCommand::Save { id, draft }) = dialog(&mut window).save(now()) else {
        panic!("not saved")
    };
    assert_eq!(id, Some(17));
    let schedule = entry.schedule.expect("a date");
    let kept = draft.schedule.expect("a date");
    assert_eq!(kept.start_ms, schedule.start_ms, "to the millisecond");
    assert_eq!((kept.end_ms, kept.rrule), (schedule.end_ms, schedule.rrule));
    assert_eq!(draft.reminder_minutes, Some(45));
    let person = PersonDraft { user_id: Some(5), email: None, name: None, co_host: true };
    assert_eq!(draft.people, [person], "the hub knows the address of an account");
}
