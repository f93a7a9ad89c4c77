//! Dates and times as people type and read them, in German and in English. Pure: the moment of
//! typing is an argument.
//!
//! Both languages are understood at any time, whatever the window speaks. Forms whose order of day
//! and month depends on the country (`11/12/2026`) are refused rather than guessed.

mod names;

use crate::i18n::Language;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use names::{is_filler, month, relative_days, weekday};

/// Longer than any date; more is not looked at.
const MAX_CHARS: usize = 80;

/// A quarter of an hour, the step of the arrow keys, in milliseconds.
pub const STEP_MS: i64 = 15 * 60 * 1000;

/// Why a text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// Nothing was typed.
    #[error("there is no date")]
    Empty,
    /// The text is not a date.
    #[error("that is not a date")]
    Unreadable,
    /// No calendar has that day, or it is too far away.
    #[error("there is no such day")]
    NoSuchDay,
    /// No clock shows that time.
    #[error("there is no such time")]
    NoSuchTime,
    /// The weekday beside the date is another.
    #[error("that date is another weekday")]
    OtherWeekday,
    /// The clocks are put forward over that time (RFC 5545 section 3.3.5 calls it nonexistent).
    #[error("the clocks skip that time")]
    Skipped,
}

/// What a text leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// The moment of typing, as the clock shows it in the zone that is meant.
    pub now: DateTime,
    /// The day that a time alone means.
    pub day: Date,
    /// The time that a day alone means.
    pub time: Time,
}

/// Reads a moment: `26.11.2026 14:00`, `26.11. 14`, `morgen 9`, `14:00`, `2026-11-26 14:00`,
/// `26 Nov 14:00`, `tomorrow 2pm`, `h`.
pub fn parse(text: &str, frame: &Frame) -> Result<DateTime, WhenError> {
    let parts = Parts::read(text, frame.now)?;
    let date = parts.date(frame.now.date())?.unwrap_or(frame.day);
    Ok(date.to_datetime(parts.time.unwrap_or(frame.time)))
}

/// Reads a day without a time.
pub fn parse_date(text: &str, today: Date) -> Result<Date, WhenError> {
    let parts = Parts::read(text, today.to_datetime(Time::midnight()))?;
    match parts.date(today)? {
        Some(date) if parts.time.is_none() => Ok(date),
        _ => Err(WhenError::Unreadable),
    }
}

/// The Unix milliseconds at which a zone's clocks show `at`. Where they show it twice it is the
/// first time, as in the hub's rules.
pub fn resolve(at: DateTime, zone: &TimeZone) -> Result<i64, WhenError> {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(WhenError::Skipped);
    }
    let moment = ambiguous.compatible().map_err(|_| WhenError::NoSuchDay)?;
    Ok(moment.as_millisecond())
}

/// What a zone's clocks show at that Unix millisecond; the nearest moment that calendars know.
pub fn local(unix_ms: i64, zone: &TimeZone) -> DateTime {
    let nearest = if unix_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    zone.to_datetime(Timestamp::from_millisecond(unix_ms).unwrap_or(nearest))
}

/// A moment as fields show it; [`parse`] reads it back to the minute.
pub fn write(at: DateTime, language: Language) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    let joint = match language {
        Language::German => "um",
        Language::English => "at",
    };
    format!("{} {joint} {hour:02}:{minute:02}", write_date(at.date(), language))
}

/// A day as fields show it.
pub fn write_date(date: Date, language: Language) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match language {
        Language::German => format!("{day:02}.{month:02}.{year:04}"),
        Language::English => format!("{day} {} {year:04}", names::short_month(month)),
    }
}

/// The next quarter of an hour after that moment, or the one before it.
pub fn step(unix_ms: i64, later: bool) -> i64 {
    if later {
        unix_ms.div_euclid(STEP_MS).saturating_add(1).saturating_mul(STEP_MS)
    } else {
        unix_ms.saturating_sub(1).div_euclid(STEP_MS).saturating_mul(STEP_MS)
    }
}

/// The IANA name of this machine's time zone; UTC where it has none.
pub fn own_zone() -> String {
    TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// What a text named so far.
#[derive(Debug, Default)]
struct Parts {
    whole: Option<Date>,
    weekday: Option<Weekday>,
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<Time>,
    /// The time may still be followed by `am` or `pm`.
    twelve: bool,
}

impl Parts {
    fn read(text: &str, now: DateTime) -> Result<Parts, WhenError> {
        let lower = text.trim().to_lowercase();
        if lower.is_empty() {
            return Err(WhenError::Empty);
        }
        if lower.chars().count() > MAX_CHARS {
            return Err(WhenError::Unreadable);
        }
        let spaced = split_iso(&lower);
        let words: Vec<&str> = spaced
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
            .filter(|word| !word.is_empty())
            .collect();
        let mut parts = Parts::default();
        for (index, word) in words.iter().enumerate() {
            parts.take(word, words.get(index + 1).copied(), now)?;
        }
        if words.iter().all(|word| is_filler(word)) {
            return Err(WhenError::Unreadable);
        }
        Ok(parts)
    }

    fn take(&mut self, word: &str, next: Option<&str>, now: DateTime) -> Result<(), WhenError> {
        if is_filler(word) {
            return Ok(());
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_number(word, next);
        }
        if matches!(word, "h" | "jetzt" | "now") {
            set(&mut self.whole, now.date())?;
            let minute = Time::new(now.hour(), now.minute(), 0, 0);
            return self.set_time(minute.map_err(|_| WhenError::NoSuchTime)?, false);
        }
        if let Some(days) = relative_days(word) {
            let day = now.date().checked_add(days.days()).map_err(|_| WhenError::NoSuchDay)?;
            return set(&mut self.whole, day);
        }
        if matches!(word, "am" | "pm" | "a.m." | "p.m.") {
            // "am 26.11." is German, "9 am" is not.
            let german = word == "am" && self.time.is_none();
            return if german { Ok(()) } else { self.half(word.starts_with('p')) };
        }
        if let Some(day) = weekday(word) {
            return set(&mut self.weekday, day);
        }
        match month(word) {
            Some(month) => set(&mut self.month, month),
            None => Err(WhenError::Unreadable),
        }
    }

    fn take_number(&mut self, word: &str, next: Option<&str>) -> Result<(), WhenError> {
        if word.contains(':') {
            return self.take_clock(word, ':');
        }
        if word.contains('-') {
            return self.take_iso(word);
        }
        if word.contains('.') {
            return self.take_dotted(word, next);
        }
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number = number(digits)?;
        match &word[digits.len()..] {
            "" => self.take_bare(number, digits.len(), next),
            "st" | "nd" | "rd" | "th" => set(&mut self.day, day(number)?),
            "uhr" => self.set_time(clock(number, 0)?, false),
            half @ ("am" | "pm") => {
                self.set_time(clock(number, 0)?, true)?;
                self.half(half == "pm")
            }
            _ => Err(WhenError::Unreadable),
        }
    }

    /// `14:00`, `14:00:00`, `2:30pm`, `14.30`.
    fn take_clock(&mut self, word: &str, separator: char) -> Result<(), WhenError> {
        let half = word.strip_suffix("am").map(|rest| (rest, false));
        let half = half.or_else(|| word.strip_suffix("pm").map(|rest| (rest, true)));
        let word = half.map_or(word, |(rest, _)| rest).trim_end_matches("uhr");
        let fields: Vec<&str> = word.split(separator).collect();
        let (hour, minute) = match fields[..] {
            [hour, minute] => (hour, minute),
            [hour, minute, second] if number(second)? < 60 => (hour, minute),
            [_, _, _] => return Err(WhenError::NoSuchTime),
            _ => return Err(WhenError::Unreadable),
        };
        self.set_time(clock(number(hour)?, number(minute)?)?, true)?;
        half.map_or(Ok(()), |(_, pm)| self.half(pm))
    }

    /// `2026-11-26`.
    fn take_iso(&mut self, word: &str) -> Result<(), WhenError> {
        let fields: Vec<&str> = word.split('-').collect();
        let [year_text, month_text, day_text] = fields[..] else {
            return Err(WhenError::Unreadable);
        };
        if year_text.len() != 4 {
            return Err(WhenError::Unreadable);
        }
        set(&mut self.year, year(year_text)?)?;
        set(&mut self.month, day(number(month_text)?)?)?;
        set(&mut self.day, day(number(day_text)?)?)
    }

    /// `26.`, `26.11.`, `26.11`, `26.11.26`, `26.11.2026`, and the time `14.30`.
    fn take_dotted(&mut self, word: &str, next: Option<&str>) -> Result<(), WhenError> {
        let closed = word.ends_with('.');
        let fields: Vec<&str> = word.trim_end_matches('.').split('.').collect();
        match fields[..] {
            [only] if closed => set(&mut self.day, day(number(only)?)?),
            [first, second] => {
                let dated = self.whole.is_some() || self.day.is_some();
                let no_month = number(second).is_ok_and(|month| month > 12);
                if !closed && (dated || no_month || next == Some("uhr")) {
                    return self.take_clock(word, '.');
                }
                set(&mut self.day, day(number(first)?)?)?;
                set(&mut self.month, day(number(second)?)?)
            }
            [first, second, third] => {
                set(&mut self.day, day(number(first)?)?)?;
                set(&mut self.month, day(number(second)?)?)?;
                set(&mut self.year, year(third)?)
            }
            _ => Err(WhenError::Unreadable),
        }
    }

    /// A number alone is a day before or after a month's name, a year after both, or an hour.
    fn take_bare(
        &mut self,
        number: u32,
        digits: usize,
        next: Option<&str>,
    ) -> Result<(), WhenError> {
        let names_month = |word: &str| month(word).is_some();
        if self.day.is_none() && (self.month.is_some() || next.is_some_and(names_month)) {
            return set(&mut self.day, day(number)?);
        }
        let is_year = digits == 4 && (1970..=9999).contains(&number);
        if self.day.is_some() && self.month.is_some() && self.year.is_none() && is_year {
            self.year = i16::try_from(number).ok();
            return Ok(());
        }
        match digits {
            1 | 2 => self.set_time(clock(number, 0)?, true),
            3 | 4 => self.set_time(clock(number / 100, number % 100)?, false),
            _ => Err(WhenError::Unreadable),
        }
    }

    fn set_time(&mut self, time: Time, twelve: bool) -> Result<(), WhenError> {
        self.twelve = twelve;
        set(&mut self.time, time)
    }

    /// Puts the time into the first or the second half of the day.
    fn half(&mut self, pm: bool) -> Result<(), WhenError> {
        let time = self.time.filter(|_| self.twelve).ok_or(WhenError::Unreadable)?;
        if !(1..=12).contains(&time.hour()) {
            return Err(WhenError::NoSuchTime);
        }
        self.twelve = false;
        let hour = time.hour() % 12 + if pm { 12 } else { 0 };
        self.time = Some(clock(hour as u32, time.minute() as u32)?);
        Ok(())
    }

    /// The day that was named; `None` if none was.
    fn date(&self, today: Date) -> Result<Option<Date>, WhenError> {
        let named = match (self.whole, self.day, self.month) {
            (Some(day), None, None) => Some(day),
            (None, Some(day), Some(month)) => Some(self.calendar_day(day, month, today)?),
            (None, None, None) => None,
            _ => return Err(WhenError::Unreadable),
        };
        match (named, self.weekday) {
            (Some(date), Some(weekday)) if date.weekday() != weekday => {
                Err(WhenError::OtherWeekday)
            }
            (Some(date), _) => Ok(Some(date)),
            (None, Some(weekday)) => {
                today.nth_weekday(1, weekday).map(Some).map_err(|_| WhenError::NoSuchDay)
            }
            (None, None) => Ok(None),
        }
    }

    /// Without a year it is the next such day, today included.
    fn calendar_day(&self, day: i8, month: i8, today: Date) -> Result<Date, WhenError> {
        if let Some(year) = self.year {
            return Date::new(year, month, day).map_err(|_| WhenError::NoSuchDay);
        }
        // Leap days are eight years apart at most.
        (0..=8)
            .filter_map(|years| Date::new(today.year().checked_add(years)?, month, day).ok())
            .find(|date| *date >= today)
            .ok_or(WhenError::NoSuchDay)
    }
}

/// `2026-11-26t14:00` as two words.
fn split_iso(text: &str) -> String {
    let bytes = text.as_bytes();
    let joint = bytes
        .windows(3)
        .position(|w| w[0].is_ascii_digit() && w[1] == b't' && w[2].is_ascii_digit());
    match joint {
        Some(at) => format!("{} {}", &text[..=at], &text[at + 2..]),
        None => text.to_owned(),
    }
}

fn set<T>(place: &mut Option<T>, value: T) -> Result<(), WhenError> {
    if place.is_some() {
        return Err(WhenError::Unreadable);
    }
    *place = Some(value);
    Ok(())
}

fn number(digits: &str) -> Result<u32, WhenError> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().ok_or(WhenError::Unreadable)
}

/// A day or month; which exist is the calendar's business.
fn day(number: u32) -> Result<i8, WhenError> {
    i8::try_from(number).map_err(|_| WhenError::NoSuchDay)
}

fn year(digits: &str) -> Result<i16, WhenError> {
    let number = i16::try_from(number(digits)?).map_err(|_| WhenError::NoSuchDay)?;
    match digits.len() {
        2 => Ok(2000 + number),
        4 => Ok(number),
        _ => Err(WhenError::NoSuchDay),
    }
}

fn clock(hour: u32, minute: u32) -> Result<Time, WhenError> {
    let part = |number| i8::try_from(number).map_err(|_| WhenError::NoSuchTime);
    Time::new(part(hour)?, part(minute)?, 0, 0).map_err(|_| WhenError::NoSuchTime)
}
