//! Recurrence rules (RFC 5545 section 3.3.10): those by days, from daily to yearly.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use std::fmt;
use std::str::FromStr;

/// The most occurrences that a rule may count, and the largest interval.
const MAX_NUMBER: u32 = 1000;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Every n-th day.
    Daily,
    /// In every n-th week.
    Weekly,
    /// In every n-th month.
    Monthly,
    /// In every n-th year.
    Yearly,
}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Never.
    Never,
    /// After so many occurrences, cancelled ones included.
    Count(u32),
    /// With the last occurrence that begins then or before.
    Until(Timestamp),
}

/// A recurrence rule; written by its `Display` it is canonical, with UNTIL in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// FREQ.
    pub frequency: Frequency,
    /// INTERVAL, at least 1.
    pub interval: i32,
    /// COUNT or UNTIL.
    pub end: End,
    /// BYMONTH.
    pub months: Vec<i8>,
    /// BYMONTHDAY; negative counts from the month's end.
    pub month_days: Vec<i8>,
    /// BYDAY; 0 is every such day of the month or year, negative counts from its end.
    pub days: Vec<(i8, Weekday)>,
    /// BYSETPOS; negative counts from the end.
    pub positions: Vec<i16>,
    /// WKST.
    pub week_start: Weekday,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// FREQ is missing, or finer than a day.
    #[error("a rule repeats DAILY, WEEKLY, MONTHLY or YEARLY (FREQ)")]
    Frequency,
    /// A part that is none, stands twice, or is not supported.
    #[error(
        "{0:?} is not possible: a rule has FREQ, INTERVAL, COUNT or UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS and WKST, each once"
    )]
    Part(String),
    /// A part's value.
    #[error("{0} has a value that is not possible there")]
    Value(&'static str),
    /// COUNT beside UNTIL.
    #[error("a rule ends by COUNT or by UNTIL, not by both")]
    TwoEnds,
}

impl Rule {
    /// Reads an RRULE value. `zone` tells when a day given as UNTIL is over.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Rule, RuleError> {
        let mut parts = Parts::split(text)?;
        let frequency = match parts.take("FREQ").as_deref() {
            Some("DAILY") => Frequency::Daily,
            Some("WEEKLY") => Frequency::Weekly,
            Some("MONTHLY") => Frequency::Monthly,
            Some("YEARLY") => Frequency::Yearly,
            _ => return Err(RuleError::Frequency),
        };
        let interval = parts.take("INTERVAL").map_or(Ok(1), |v| number("INTERVAL", &v))?;
        let end = match (parts.take("COUNT"), parts.take("UNTIL")) {
            (None, None) => End::Never,
            (Some(count), None) => End::Count(number("COUNT", &count)?),
            (None, Some(until)) => {
                End::Until(parse_until(&until, zone).ok_or(RuleError::Value("UNTIL"))?)
            }
            (Some(_), Some(_)) => return Err(RuleError::TwoEnds),
        };
        let rule = Rule {
            frequency,
            interval: interval as i32,
            end,
            months: parts.list("BYMONTH", |v| within(v, 1, 12, false))?,
            month_days: parts.list("BYMONTHDAY", |v| within(v, 1, 31, true))?,
            days: parts.list("BYDAY", parse_day)?,
            positions: parts.list("BYSETPOS", |v| within(v, 1, 366, true))?,
            week_start: match parts.take("WKST") {
                Some(text) => parse_weekday(&text).ok_or(RuleError::Value("WKST"))?,
                None => Weekday::Monday,
            },
        };
        if let Some((name, _)) = parts.0.pop() {
            return Err(RuleError::Part(name));
        }
        rule.check()
    }

    /// RFC 5545's limits on which parts go together.
    fn check(self) -> Result<Rule, RuleError> {
        use Frequency::{Daily, Weekly};
        let ordinals = self.days.iter().any(|(nth, _)| *nth != 0);
        if ordinals && (matches!(self.frequency, Daily | Weekly) || !self.month_days.is_empty()) {
            return Err(RuleError::Value("BYDAY"));
        }
        if self.frequency == Weekly && !self.month_days.is_empty() {
            return Err(RuleError::Value("BYMONTHDAY"));
        }
        let by = self.months.len() + self.month_days.len() + self.days.len();
        if !self.positions.is_empty() && by == 0 {
            return Err(RuleError::Value("BYSETPOS"));
        }
        Ok(self)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.frequency {
            Frequency::Daily => "FREQ=DAILY",
            Frequency::Weekly => "FREQ=WEEKLY",
            Frequency::Monthly => "FREQ=MONTHLY",
            Frequency::Yearly => "FREQ=YEARLY",
        })?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::Count(count) => write!(f, ";COUNT={count}")?,
            End::Until(until) => write!(f, ";UNTIL={}", until.strftime("%Y%m%dT%H%M%SZ"))?,
        }
        write_list(f, "BYMONTH", &self.months, |month| month.to_string())?;
        write_list(f, "BYMONTHDAY", &self.month_days, |day| day.to_string())?;
        write_list(f, "BYDAY", &self.days, |(nth, day)| match nth {
            0 => weekday_text(*day).to_owned(),
            nth => format!("{nth}{}", weekday_text(*day)),
        })?;
        write_list(f, "BYSETPOS", &self.positions, |position| position.to_string())?;
        match self.week_start {
            Weekday::Monday => Ok(()),
            day => write!(f, ";WKST={}", weekday_text(day)),
        }
    }
}

fn write_list<T>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    values: &[T],
    text: impl Fn(&T) -> String,
) -> fmt::Result {
    if values.is_empty() {
        return Ok(());
    }
    write!(f, ";{name}={}", values.iter().map(text).collect::<Vec<_>>().join(","))
}

/// The parts of a rule that have not been read yet.
struct Parts(Vec<(String, String)>);

impl Parts {
    fn split(text: &str) -> Result<Parts, RuleError> {
        let mut parts = Vec::<(String, String)>::new();
        for part in text.trim().to_ascii_uppercase().split(';') {
            let (name, value) =
                part.split_once('=').ok_or_else(|| RuleError::Part(part.to_owned()))?;
            if parts.iter().any(|(known, _)| known == name) {
                return Err(RuleError::Part(name.to_owned()));
            }
            parts.push((name.to_owned(), value.to_owned()));
        }
        Ok(Parts(parts))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn list<T: PartialEq>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, RuleError> {
        let Some(text) = self.take(name) else { return Ok(Vec::new()) };
        let mut values = Vec::new();
        for value in text.split(',') {
            let value = read(value).ok_or(RuleError::Value(name))?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(values)
    }
}

fn number(name: &'static str, text: &str) -> Result<u32, RuleError> {
    let number = text.parse().ok().filter(|number| (1..=MAX_NUMBER).contains(number));
    number.ok_or(RuleError::Value(name))
}

/// A number whose size lies within bounds; with a sign only where `signed`.
fn within<T: FromStr + Into<i32> + Copy>(
    text: &str,
    min: i32,
    max: i32,
    signed: bool,
) -> Option<T> {
    let number: T = text.parse().ok()?;
    let value: i32 = number.into();
    ((min..=max).contains(&value.abs()) && (signed || value > 0)).then_some(number)
}

fn parse_day(text: &str) -> Option<(i8, Weekday)> {
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = if nth.is_empty() { 0 } else { within(nth, 1, 53, true)? };
    Some((nth, parse_weekday(day)?))
}

fn parse_weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

fn weekday_text(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

/// A moment in UTC, or a day: then its last second.
fn parse_until(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(utc) = text.strip_suffix('Z') {
        let at = DateTime::strptime("%Y%m%dT%H%M%S", utc).ok()?;
        return TimeZone::UTC.to_timestamp(at).ok();
    }
    let day = Date::strptime("%Y%m%d", text).ok()?;
    zone.to_timestamp(day.at(23, 59, 59, 0)).ok()
}
