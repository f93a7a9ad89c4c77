//! What the dialog says: names of fields, what is wrong, what repeats, who is busy.

use crate::i18n::Texts;
use crate::state::Failure;
use crate::state::entry::{
    AddProblem, EntryDialog, Field, Frequency, MonthlyBy, Problem, Repeat, RepeatEnd,
    RepeatProblem, week,
};
use crate::ui::words;
use crate::when::{self, WhenError};
use crate::widgets::{month_name, weekday_name};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use protocol::{DoubleBooking, RoomKind};

/// The dialog's title.
pub fn title(t: Texts, dialog: &EntryDialog) -> String {
    t.get(match (dialog.id, dialog.kind) {
        (None, RoomKind::Webinar) => "entry-plan-webinar",
        (None, RoomKind::GroupCall) => "entry-plan-group-call",
        (Some(_), RoomKind::Webinar) => "entry-change-webinar",
        (Some(_), RoomKind::GroupCall) => "entry-change-group-call",
    })
}

/// A field's label.
pub fn field(t: Texts, field: Field) -> String {
    t.get(match field {
        Field::Title => "entry-title",
        Field::Description => "entry-description",
        Field::Start => "entry-start",
        Field::End => "entry-end",
        Field::Repeat => "entry-repeat",
        Field::Interval => "entry-interval",
        Field::Until => "entry-until",
        Field::Count => "entry-count",
        Field::Reminder => "entry-reminder",
        Field::People => "entry-people",
        Field::OutsideEmail => "entry-outside-email",
        Field::OutsideName => "entry-outside-name",
    })
}

/// What is wrong with a field, and what to do.
pub fn problem(t: Texts, field: Field, problem: &Problem) -> String {
    t.get(match problem {
        Problem::TitleMissing => "entry-title-missing",
        Problem::TitleTooLong => "entry-title-too-long",
        Problem::DescriptionTooLong => "entry-description-too-long",
        Problem::When(error) => when(*error),
        Problem::Past => "entry-past",
        Problem::EndBeforeStart => "entry-end-before-start",
        Problem::TooLong => "entry-too-long",
        Problem::Repeat(RepeatProblem::Interval | RepeatProblem::Count) => "entry-number-wrong",
        Problem::Repeat(RepeatProblem::Until(error)) => when(*error),
        Problem::Repeat(RepeatProblem::UntilBeforeStart) => "entry-until-before-start",
        Problem::TooManyPeople => "entry-too-many-people",
        Problem::OutsideOpen => "entry-outside-open",
        Problem::RefusedTwice(name) => return t.named("entry-refused-twice", name),
        Problem::RefusedGone(name) => return t.named("entry-refused-gone", name),
        Problem::Refused(message) => return refused(t, field, message),
    })
}

/// What the hub did not take although nothing seemed wrong here.
fn refused(t: Texts, field: Field, message: &str) -> String {
    match field {
        // The hub's clock decides: ours may be late.
        Field::Start => t.get("entry-refused-start"),
        Field::End => t.get("entry-refused-end"),
        Field::Repeat => t.get("entry-refused-repeat"),
        Field::Reminder => t.get("entry-refused-reminder"),
        _ => t.named("entry-refused", message),
    }
}

fn when(error: WhenError) -> &'static str {
    match error {
        WhenError::Empty => "entry-when-empty",
        WhenError::Unreadable => "entry-when-unreadable",
        WhenError::NoSuchDay => "entry-when-no-such-day",
        WhenError::NoSuchTime => "entry-when-no-such-time",
        WhenError::OtherWeekday => "entry-when-other-weekday",
        WhenError::Skipped => "entry-when-skipped",
    }
}

/// Why somebody was not added.
pub fn add_problem(t: Texts, problem: AddProblem) -> String {
    t.get(match problem {
        AddProblem::Full => "entry-add-full",
        AddProblem::NoAddress => "entry-add-no-address",
        AddProblem::LongName => "entry-add-long-name",
        AddProblem::Organiser => "entry-add-organiser",
        AddProblem::Twice => "entry-add-twice",
    })
}

/// Why the hub did not save the entry.
pub fn failure(t: Texts, failure: &Failure) -> String {
    let Failure::Hub { code, .. } = failure else { return words::failure(t, failure) };
    match code.as_str() {
        "entry_running" => t.get("entry-failed-running"),
        "entry_over" => t.get("entry-failed-over"),
        "not_found" => t.get("entry-failed-gone"),
        "forbidden" => t.get("entry-failed-forbidden"),
        "no_profile" => t.get("entry-failed-no-profile"),
        _ => words::failure(t, failure),
    }
}

/// How often, as a choice.
pub fn frequency(t: Texts, frequency: Frequency) -> String {
    t.get(match frequency {
        Frequency::Never => "entry-repeat-never",
        Frequency::Daily => "entry-repeat-daily",
        Frequency::Weekly => "entry-repeat-weekly",
        Frequency::Monthly => "entry-repeat-monthly",
        Frequency::Yearly => "entry-repeat-yearly",
        Frequency::Foreign => "entry-repeat-foreign",
    })
}

/// Which day of the month, as a choice, for an entry that starts then.
pub fn monthly(t: Texts, by: MonthlyBy, start: Date) -> String {
    let weekday = weekday_name(t, start.weekday());
    let nth = match by {
        MonthlyBy::Day => return t.named("entry-on-day", &start.day().to_string()),
        MonthlyBy::LastWeekday => "entry-on-last",
        MonthlyBy::Weekday => match week(start) {
            1 => "entry-on-first",
            2 => "entry-on-second",
            3 => "entry-on-third",
            _ => "entry-on-fourth",
        },
    };
    t.named(nth, &weekday)
}

/// The whole repetition as a sentence; `None` while it is no rule.
pub fn repetition(t: Texts, repeat: &Repeat, start: Date, today: Date) -> Option<String> {
    repeat.rule(start, today).ok()??;
    let interval = repeat.interval()?;
    let often = |key| t.count(key, interval as usize);
    let (often, on) = match repeat.frequency {
        Frequency::Never => return None,
        Frequency::Foreign => return Some(t.get("entry-repeat-foreign-note")),
        Frequency::Daily => (often("entry-every-days"), String::new()),
        Frequency::Weekly => {
            let days: Vec<String> =
                repeat.days(start).into_iter().map(|day| weekday_name(t, day)).collect();
            (often("entry-every-weeks"), t.named("entry-on-days", &list(t, &days)))
        }
        Frequency::Monthly => {
            (often("entry-every-months"), monthly(t, repeat.monthly_for(start), start))
        }
        Frequency::Yearly => {
            let date = format!("{}", start.day());
            let month = month_name(t, start.month());
            let on = format!("{} {month}", t.named("entry-on-day", &date));
            (often("entry-every-years"), on)
        }
    };
    let end = match repeat.end {
        RepeatEnd::Never => String::new(),
        RepeatEnd::Until => {
            t.named("entry-ends-until", &when::write_date(repeat.until(today).ok()?, t.language))
        }
        RepeatEnd::Count => t.count("entry-ends-count", repeat.count()? as usize),
    };
    let parts = [often, on, end];
    let said: Vec<&str> =
        parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let mut sentence = said.join(" ");
    // A German day brings its own: "am 26."
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    // No month has to have a 31st (RFC 5545 section 3.3.10 skips those that do not).
    let by_day = repeat.frequency == Frequency::Monthly && repeat.monthly == MonthlyBy::Day;
    let leap_day = repeat.frequency == Frequency::Yearly && start.month() == 2;
    if start.day() > 28 && (by_day || leap_day) {
        sentence = format!("{sentence} {}", t.get("entry-skips"));
    }
    Some(sentence)
}

/// `A`, `A und B`, `A, B und C`.
fn list(t: Texts, words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {} {last}", most.join(", "), t.get("entry-and")),
    }
}

/// The most double bookings that are told one by one.
const TOLD: usize = 3;

/// Who has something else at that time.
pub fn warnings(t: Texts, dialog: &EntryDialog, zone: &TimeZone) -> String {
    let mut lines = vec![t.count("entry-warnings", dialog.warnings.len())];
    for booking in dialog.warnings.iter().take(TOLD) {
        lines.push(warning(t, dialog, booking, zone));
    }
    if dialog.warnings.len() > TOLD {
        lines.push(t.count("entry-warnings-more", dialog.warnings.len() - TOLD));
    }
    lines.join("\n")
}

fn warning(t: Texts, dialog: &EntryDialog, booking: &DoubleBooking, zone: &TimeZone) -> String {
    let person = dialog.form.people.iter().find(|p| p.user_id == Some(booking.user_id));
    let who = match person {
        Some(person) => person.name.clone(),
        None if booking.user_id == dialog.organiser.id && dialog.organiser.own => {
            t.get("entry-you")
        }
        None => dialog.organiser.name.clone(),
    };
    let (start, end) = (when::local(booking.start_ms, zone), when::local(booking.end_ms, zone));
    let until = end.strftime("%H:%M");
    let times = format!("{}–{until}", when::write(start, t.language));
    match &booking.title {
        Some(title) => format!("{who}: {}, {times}", t.named("entry-quoted", title)),
        None => format!("{who}: {times}"),
    }
}

/// How long before the start a reminder comes.
pub fn reminder(t: Texts, minutes: u32) -> String {
    let (minutes, whole) = (minutes as usize, |unit: usize| minutes.is_multiple_of(unit as u32));
    match minutes {
        _ if whole(24 * 60) => t.count("entry-before-days", minutes / (24 * 60)),
        _ if whole(60) => t.count("entry-before-hours", minutes / 60),
        _ => t.count("entry-before-minutes", minutes),
    }
}
