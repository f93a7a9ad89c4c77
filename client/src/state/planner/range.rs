//! A free range of days for the list, as it is typed.

use super::Span;
use crate::i18n::Language;
use crate::when;
use jiff::ToSpan;
use jiff::civil::Date;

/// What is wrong with the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeError {
    /// The first is no day.
    First,
    /// The last is none.
    Last,
    /// The last comes before the first.
    Order,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeForm {
    /// The first day as typed.
    pub first: String,
    /// The last one.
    pub last: String,
    /// The list was asked for: what is wrong is said from then on.
    pub tried: bool,
}

impl RangeForm {
    /// The days that the list is narrowed to; where it is not, the month that begins today.
    pub fn new(span: Span, today: Date, language: Language) -> RangeForm {
        let month = || (today, today.saturating_add(1.month()));
        let (first, last) = span.days(today).unwrap_or_else(month);
        let write = |day| when::write_date(day, language);
        RangeForm { first: write(first), last: write(last), tried: false }
    }

    /// The first day, if it is one.
    pub fn first(&self, today: Date) -> Option<Date> {
        when::parse_date(&self.first, today).ok()
    }

    /// The last day, if it is one.
    pub fn last(&self, today: Date) -> Option<Date> {
        when::parse_date(&self.last, today).ok()
    }

    /// The range that was typed.
    pub fn check(&self, today: Date) -> Result<Span, RangeError> {
        let first = self.first(today).ok_or(RangeError::First)?;
        let last = self.last(today).ok_or(RangeError::Last)?;
        if last < first {
            return Err(RangeError::Order);
        }
        Ok(Span::Between(first, last))
    }
}
