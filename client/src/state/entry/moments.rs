//! Start, end and the last day of a series as they are typed, stepped and chosen.

use super::{EntryDialog, Field};
use crate::state::Now;
use crate::when;
use jiff::civil::Date;

impl EntryDialog {
    /// The keyboard left a field: its errors show from now on, and a date is written out.
    pub fn leave(&mut self, field: Field, now: Now) {
        self.left.insert(field);
        let at = self.local(now);
        match field {
            Field::Start => {
                if let Ok(start) = self.form.start_ms(at, &self.zone) {
                    self.form.start.set(start, &self.zone, self.language);
                }
            }
            Field::End => {
                if let Ok(end) = self.form.end_ms(at, &self.zone) {
                    self.form.end.set(end, &self.zone, self.language);
                }
            }
            Field::Until => {
                if let Ok(until) = self.form.repeat.until(at.date()) {
                    self.form.repeat.until = when::write_date(until, self.language);
                }
            }
            _ => {}
        }
    }

    /// The start was changed: the end moves along and keeps the duration.
    pub fn start_changed(&mut self, now: Now) {
        let at = self.local(now);
        let Ok(start) = self.form.start_ms(at, &self.zone) else { return };
        if self.end_follows {
            let end = start.saturating_add(self.duration_ms);
            self.form.end.set(end, &self.zone, self.language);
        } else {
            self.end_changed(now);
        }
    }

    /// The end was changed: with it the duration. One that is wrong stays where it was typed.
    pub fn end_changed(&mut self, now: Now) {
        let at = self.local(now);
        let (start, end) = (self.form.start_ms(at, &self.zone), self.form.end_ms(at, &self.zone));
        let (Ok(start), Ok(end)) = (start, end) else {
            self.end_follows = false;
            return;
        };
        self.end_follows = end > start;
        if self.end_follows {
            self.duration_ms = end - start;
        }
    }

    /// Fills the present into a date field.
    pub fn fill_now(&mut self, field: Field, now: Now) {
        let minute = now.unix_ms.div_euclid(60_000) * 60_000;
        self.fill_moment(field, minute, now);
    }

    /// Moves a date field to the next quarter of an hour, or to the one before.
    pub fn step(&mut self, field: Field, later: bool, now: Now) {
        let at = self.local(now);
        let current = match field {
            Field::Start => self.form.start_ms(at, &self.zone),
            _ => self.form.end_ms(at, &self.zone),
        };
        if let Ok(current) = current {
            self.fill_moment(field, when::step(current, later), now);
        }
    }

    /// Puts a date field on another day and keeps its time.
    pub fn choose_day(&mut self, field: Field, day: Date, now: Now) {
        if field == Field::Until {
            self.form.repeat.until = when::write_date(day, self.language);
            return;
        }
        let at = self.local(now);
        let start = self.start(now);
        let (current, frame) = match field {
            Field::Start => (self.form.start_ms(at, &self.zone), self.form.start_frame(at)),
            _ => (self.form.end_ms(at, &self.zone), self.form.end_frame(at, start)),
        };
        let time = current.map_or(frame.time, |ms| when::local(ms, &self.zone).time());
        // A time that the clocks skip on that day counts from before the change.
        if let Ok(chosen) = self.zone.to_timestamp(day.to_datetime(time)) {
            self.fill_moment(field, chosen.as_millisecond(), now);
        }
    }

    fn fill_moment(&mut self, field: Field, unix_ms: i64, now: Now) {
        match field {
            Field::Start => {
                self.form.start.set(unix_ms, &self.zone, self.language);
                self.start_changed(now);
            }
            _ => {
                self.form.end.set(unix_ms, &self.zone, self.language);
                self.end_changed(now);
            }
        }
    }
}
