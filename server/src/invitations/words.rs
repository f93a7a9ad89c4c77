//! Dates and rules of recurrence in words, German and English.

use crate::planner::Schedule;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// What a mail is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// From the two letters of an account; German is the product's first.
    pub fn from_code(code: &str) -> Language {
        if code == "en" { Language::En } else { Language::De }
    }

    /// The two letters.
    pub fn code(self) -> &'static str {
        self.pick("de", "en")
    }

    /// The text in this language.
    pub fn pick<'a>(self, de: &'a str, en: &'a str) -> &'a str {
        match self {
            Language::De => de,
            Language::En => en,
        }
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("Januar", "January"),
    ("Februar", "February"),
    ("März", "March"),
    ("April", "April"),
    ("Mai", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("August", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Dezember", "December"),
];

const WEEKDAYS: [(&str, &str, &str); 7] = [
    ("MO", "Montag", "Monday"),
    ("TU", "Dienstag", "Tuesday"),
    ("WE", "Mittwoch", "Wednesday"),
    ("TH", "Donnerstag", "Thursday"),
    ("FR", "Freitag", "Friday"),
    ("SA", "Samstag", "Saturday"),
    ("SU", "Sonntag", "Sunday"),
];

/// `Mittwoch, 25. März 2026, 14:00–15:00 Uhr (Europe/Berlin, UTC+1)`.
pub fn when(language: Language, schedule: &Schedule) -> String {
    when_at(language, schedule, schedule.start_ms, schedule.end_ms)
}

/// The same for one occurrence.
pub fn when_at(language: Language, schedule: &Schedule, start_ms: i64, end_ms: i64) -> String {
    let zone = TimeZone::get(&schedule.time_zone).unwrap_or(TimeZone::UTC);
    let (start, end) = (zoned(&zone, start_ms), zoned(&zone, end_ms));
    let place = match (zone.iana_name(), offset(start.offset())) {
        (Some(name), offset) if name != "UTC" => format!("{name}, {offset}"),
        (_, offset) => offset,
    };
    let (from, to) = (date(language, start.date()), date(language, end.date()));
    let (start, end) = (start.strftime("%H:%M"), end.strftime("%H:%M"));
    match (language, from == to) {
        (Language::De, true) => format!("{from}, {start}–{end} Uhr ({place})"),
        (Language::En, true) => format!("{from}, {start}–{end} ({place})"),
        (Language::De, false) => format!("{from}, {start} Uhr bis {to}, {end} Uhr ({place})"),
        (Language::En, false) => format!("{from}, {start} to {to}, {end} ({place})"),
    }
}

fn zoned(zone: &TimeZone, ms: i64) -> Zoned {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone())
}

/// `UTC`, `UTC+1`, `UTC+5:30`.
fn offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// `Mittwoch, 25. März 2026`, `Wednesday, 25 March 2026`.
fn date(language: Language, date: Date) -> String {
    let day = weekday_name(language, date.weekday());
    format!("{day}, {}", plain_date(language, date))
}

fn plain_date(language: Language, date: Date) -> String {
    let (de, en) = MONTHS[date.month() as usize - 1];
    let dot = language.pick(".", "");
    format!("{}{dot} {} {}", date.day(), language.pick(de, en), date.year())
}

fn weekday_name(language: Language, day: Weekday) -> &'static str {
    let (_, de, en) = WEEKDAYS[day.to_monday_zero_offset() as usize];
    language.pick(de, en)
}

/// The usual rules in words: `jede Woche am Montag und Mittwoch, 10-mal`; others just as recurring.
pub fn recurrence(language: Language, schedule: &Schedule) -> Option<String> {
    let rule = Rule::read(schedule.rrule.as_deref()?);
    let zone = TimeZone::get(&schedule.time_zone).unwrap_or(TimeZone::UTC);
    let start = zoned(&zone, schedule.start_ms).date();
    let words = rule
        .and_then(|rule| {
            Some(format!("{}{}", rhythm(language, &rule, start)?, limit(language, &rule, &zone)?))
        })
        .unwrap_or_else(|| {
            language
                .pick("wiederkehrend nach einer eigenen Regel", "recurring by a rule of its own")
                .to_owned()
        });
    Some(words)
}

/// What is read of a rule.
struct Rule<'a> {
    frequency: &'a str,
    interval: u32,
    days: Vec<&'a str>,
    month_day: Option<i8>,
    count: Option<u32>,
    until: Option<&'a str>,
}

impl Rule<'_> {
    /// `None` when it has a part that is not read here.
    fn read(text: &str) -> Option<Rule<'_>> {
        let (frequency, days) = ("", Vec::new());
        let mut rule =
            Rule { frequency, interval: 1, days, month_day: None, count: None, until: None };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name {
                "FREQ" => rule.frequency = value,
                "INTERVAL" => rule.interval = value.parse().ok()?,
                "BYDAY" => rule.days = value.split(',').collect(),
                "BYMONTHDAY" => rule.month_day = Some(value.parse().ok()?),
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(value),
                // It changes no words.
                "WKST" => {}
                _ => return None,
            }
        }
        Some(rule)
    }
}

fn rhythm(language: Language, rule: &Rule<'_>, start: Date) -> Option<String> {
    let n = rule.interval;
    let every = |de_one: &str, de_many: &str, en: &str| match (language, n) {
        (Language::De, 1) => de_one.to_owned(),
        (Language::De, n) => format!("alle {n} {de_many}"),
        (Language::En, 1) => format!("every {en}"),
        (Language::En, n) => format!("every {n} {en}s"),
    };
    const WORKDAYS: [&str; 5] = ["MO", "TU", "WE", "TH", "FR"];
    match (rule.frequency, rule.days.as_slice(), rule.month_day) {
        ("DAILY", [], None) => Some(every("jeden Tag", "Tage", "day")),
        ("WEEKLY", days, None) if days == WORKDAYS && n == 1 => Some(
            language
                .pick("jeden Werktag (Montag bis Freitag)", "every workday (Monday to Friday)")
                .to_owned(),
        ),
        ("WEEKLY", days, None) => {
            let names = match days {
                [] => vec![weekday_name(language, start.weekday())],
                days => days.iter().map(|d| day_name(language, d)).collect::<Option<Vec<_>>>()?,
            };
            let week = every("jede Woche", "Wochen", "week");
            Some(format!("{week} {} {}", language.pick("am", "on"), list(language, &names)))
        }
        ("MONTHLY", [day], None) => {
            let month = every("jeden Monat", "Monate", "month");
            let (nth, name) = day.split_at_checked(day.len().checked_sub(2)?)?;
            let name = day_name(language, name)?;
            let nth = nth_name(language, nth.parse().ok()?)?;
            Some(match language {
                Language::De => format!("{month} am {nth} {name}"),
                Language::En => format!("{month} on the {nth} {name}"),
            })
        }
        ("MONTHLY", [], day) if day.unwrap_or(1) > 0 => {
            let month = every("jeden Monat", "Monate", "month");
            let day = day.unwrap_or(start.day());
            Some(match language {
                Language::De => format!("{month} am {day}."),
                Language::En => format!("{month} on day {day}"),
            })
        }
        ("YEARLY", [], None) => Some(every("jedes Jahr", "Jahre", "year")),
        _ => None,
    }
}

fn limit(language: Language, rule: &Rule<'_>, zone: &TimeZone) -> Option<String> {
    Some(match (rule.count, rule.until) {
        (Some(count), _) => format!(", {count}{}", language.pick("-mal", " times")),
        (None, Some(until)) => {
            let last = plain_date(language, last_day(until, zone)?);
            format!(", {} {last}", language.pick("bis", "until"))
        }
        (None, None) => String::new(),
    })
}

/// UNTIL as a day there.
fn last_day(until: &str, zone: &TimeZone) -> Option<Date> {
    match until.len() {
        8 => Date::strptime("%Y%m%d", until).ok(),
        16 => {
            let utc = DateTime::strptime("%Y%m%dT%H%M%SZ", until).ok()?;
            let moment = TimeZone::UTC.to_timestamp(utc).ok()?;
            Some(zone.to_datetime(moment).date())
        }
        _ => DateTime::strptime("%Y%m%dT%H%M%S", until).ok().map(|local| local.date()),
    }
}

fn day_name(language: Language, code: &str) -> Option<&'static str> {
    let (_, de, en) = WEEKDAYS.iter().find(|(c, ..)| *c == code)?;
    Some(language.pick(de, en))
}

fn nth_name(language: Language, nth: i8) -> Option<&'static str> {
    Some(match nth {
        1 => language.pick("ersten", "first"),
        2 => language.pick("zweiten", "second"),
        3 => language.pick("dritten", "third"),
        4 => language.pick("vierten", "fourth"),
        -1 => language.pick("letzten", "last"),
        _ => return None,
    })
}

fn list(language: Language, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => {
            format!("{} {} {last}", first.join(", "), language.pick("und", "and"))
        }
    }
}
