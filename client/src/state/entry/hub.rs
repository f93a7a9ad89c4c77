//! What passes between the dialog and the hub: who has something else at that time, and what the hub
//! refuses.

use super::{EntryDialog, Field, Invitee, Meaning, Problem};
use crate::command::EntryCommand;
use crate::state::Failure;
use protocol::{CheckEntry, EntryDraft, ScheduleDraft};

/// How long the form rests before double bookings are asked for, in seconds.
const REST_S: f64 = 0.6;

/// Whether to ask for double bookings.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Now.
    Ask(EntryCommand),
    /// In so many seconds.
    Wait(f64),
    /// Not until something changes.
    Nothing,
}

impl EntryDialog {
    /// The telephone details cannot be asked for: nobody can dial in here. Those of an entry that has
    /// them can still be taken away.
    pub fn without_telephone(&self) -> bool {
        self.telephone == Some(false) && !self.form.phone_info
    }

    /// Whether to ask who has something else at that time.
    pub fn check(&mut self, meaning: &Meaning, seconds: f64) -> Check {
        let draft = &meaning.draft;
        let nobody = draft.schedule.is_none() || !meaning.errors.is_empty();
        if self.busy || nobody {
            if draft.schedule.is_none() {
                self.warnings.clear();
            }
            return Check::Nothing;
        }
        let subject = CheckSubject::of(draft);
        if self.asked.as_ref().is_some_and(|asked| CheckSubject::of(asked) == subject) {
            return Check::Nothing;
        }
        match &self.seen {
            Some((seen, since)) if CheckSubject::of(seen) == subject => {
                let wait = since + REST_S - seconds;
                if wait > 0.0 {
                    return Check::Wait(wait);
                }
            }
            _ => {
                self.seen = Some((draft.clone(), seconds));
                return Check::Wait(REST_S);
            }
        }
        self.asked = Some(draft.clone());
        let check = CheckEntry { entry_id: self.id, draft: draft.clone() };
        Check::Ask(EntryCommand::Check(Box::new(check)))
    }

    pub(super) fn failed(&mut self, failure: Failure) {
        self.busy = false;
        let sent = self.asked.clone();
        if let (Failure::Hub { field: Some(field), message, .. }, Some(sent)) = (&failure, sent)
            && let Some(field) = field_of(field)
        {
            let problem = self.refusal(field, message);
            self.refused = Some((field, problem, sent));
            self.focus = Some(field);
            return;
        }
        self.failure = Some(failure);
    }

    /// Who is meant, where the hub names somebody.
    fn refusal(&self, field: Field, message: &str) -> Problem {
        if field == Field::People {
            if let Some(name) = message.strip_suffix(" is invited twice") {
                return Problem::RefusedTwice(name.to_owned());
            }
            let gone = message.strip_prefix("there is no user with the key ");
            let gone = gone.and_then(|key| key.parse::<i64>().ok());
            let gone = |person: &&Invitee| gone.is_some() && person.user_id == gone;
            if let Some(person) = self.form.people.iter().find(gone) {
                return Problem::RefusedGone(person.name.clone());
            }
        }
        Problem::Refused(message.to_owned())
    }
}

/// What double bookings depend on.
#[derive(PartialEq)]
struct CheckSubject<'a> {
    schedule: Option<&'a ScheduleDraft>,
    users: Vec<Option<i64>>,
}

impl CheckSubject<'_> {
    fn of(draft: &EntryDraft) -> CheckSubject<'_> {
        let users = draft.people.iter().map(|person| person.user_id).collect();
        CheckSubject { schedule: draft.schedule.as_ref(), users }
    }
}

/// The field that a member of the hub's body belongs to.
fn field_of(member: &str) -> Option<Field> {
    Some(match member {
        "title" => Field::Title,
        "description" => Field::Description,
        "schedule" | "schedule.start_ms" | "schedule.time_zone" => Field::Start,
        "schedule.end_ms" => Field::End,
        "schedule.rrule" => Field::Repeat,
        "reminder_minutes" => Field::Reminder,
        "people" => Field::People,
        _ => return None,
    })
}

/// Whether a field still says what the hub refused.
pub(super) fn same_part(field: Field, sent: &EntryDraft, now: &EntryDraft) -> bool {
    match field {
        Field::Title => sent.title == now.title,
        Field::Description => sent.description == now.description,
        Field::Start | Field::End | Field::Repeat => sent.schedule == now.schedule,
        Field::Reminder => sent.reminder_minutes == now.reminder_minutes,
        _ => sent.people == now.people,
    }
}
