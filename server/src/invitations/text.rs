//! The words of invitations, changes, cancellations and reminders, as plain text and as simple HTML.

use super::words::{self, Language};
use crate::html::escape;
use crate::planner::Schedule;
use protocol::RoomKind;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Come! Also the text that is copied by hand.
    Invitation,
    /// Something is different now.
    Change,
    /// It does not take place, or not with you.
    Cancellation,
    /// To the organiser: it begins soon, at that occurrence (start and end, Unix milliseconds).
    Reminder(i64, i64),
}

/// What it is about.
#[derive(Debug, Clone, Copy)]
pub struct Meeting<'a> {
    /// Webinar or group call.
    pub kind: RoomKind,
    /// The entry's title, or the room's name.
    pub title: &'a str,
    /// May be empty.
    pub description: &'a str,
    /// When; `None`: any time.
    pub schedule: Option<&'a Schedule>,
    /// Who invites.
    pub organiser: &'a str,
    /// The join link.
    pub link: &'a str,
    /// The room's nine digits.
    pub number: &'a str,
    /// How to come by telephone, where the invitation says it.
    pub phone: Option<Phone<'a>>,
}

/// How to come by telephone.
#[derive(Debug, Clone, Copy)]
pub struct Phone<'a> {
    /// The number to dial, where the hub has one.
    pub number: Option<&'a str>,
    /// The room's PIN.
    pub pin: &'a str,
}

/// A text and its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Lines ended by LF.
    pub plain: String,
    /// A whole page, without anything from elsewhere.
    pub html: String,
}

/// A line with its label: `Link: https://…`.
type Fact = (&'static str, String);

/// The text for that occasion.
pub fn write(language: Language, occasion: Occasion, meeting: &Meeting<'_>) -> Text {
    let subject = format!("{}: {}", heading(language, occasion), meeting.title);
    let opening = opening(language, occasion, meeting);
    let facts = facts(language, occasion, meeting);
    let (plain, html) =
        (plain(meeting, &opening, &facts), html(language, meeting, &opening, &facts));
    Text { subject, plain, html }
}

fn heading(language: Language, occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Invitation => language.pick("Einladung", "Invitation"),
        Occasion::Change => language.pick("Geändert", "Changed"),
        Occasion::Cancellation => language.pick("Abgesagt", "Cancelled"),
        Occasion::Reminder(..) => language.pick("Erinnerung", "Reminder"),
    }
}

fn opening(language: Language, occasion: Occasion, meeting: &Meeting<'_>) -> String {
    let name = meeting.organiser;
    let (de, en) = match (occasion, meeting.kind) {
        (Occasion::Invitation, RoomKind::Webinar) => (
            format!("{name} lädt Sie zu einem Webinar ein."),
            format!("{name} invites you to a webinar."),
        ),
        (Occasion::Invitation, RoomKind::GroupCall) => (
            format!("{name} lädt Sie zu einem Gruppenanruf ein."),
            format!("{name} invites you to a group call."),
        ),
        (Occasion::Change, _) => (
            format!("{name} hat diese Einladung geändert. Es gilt jetzt:"),
            format!("{name} has changed this invitation. From now on:"),
        ),
        (Occasion::Cancellation, _) => (
            format!("{name} hat diesen Termin abgesagt."),
            format!("{name} has cancelled this meeting."),
        ),
        (Occasion::Reminder(..), _) => {
            ("Ihr Termin beginnt bald.".to_owned(), "Your meeting begins soon.".to_owned())
        }
    };
    language.pick(&de, &en).to_owned()
}

fn facts(language: Language, occasion: Occasion, meeting: &Meeting<'_>) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let label = language.pick("Wann", "When");
    match (meeting.schedule, occasion) {
        (None, _) => facts.push((
            label,
            language.pick("jederzeit, ohne festen Termin", "any time, no fixed date").to_owned(),
        )),
        (Some(schedule), Occasion::Reminder(start_ms, end_ms)) => {
            facts.push((label, words::when_at(language, schedule, start_ms, end_ms)));
        }
        (Some(schedule), _) => {
            facts.push((label, words::when(language, schedule)));
            if let Some(rule) = words::recurrence(language, schedule) {
                facts.push((language.pick("Wiederholung", "Recurrence"), rule));
            }
        }
    }
    if occasion == Occasion::Cancellation {
        return facts;
    }
    facts.push(("Link", meeting.link.to_owned()));
    facts.push((language.pick("Nummer", "Number"), grouped(meeting.number)));
    if let Some(phone) = meeting.phone {
        if let Some(number) = phone.number {
            facts.push((language.pick("Telefon", "Telephone"), number.to_owned()));
        }
        facts.push(("PIN", phone.pin.to_owned()));
    }
    facts
}

/// Nine digits as `123 456 789`.
fn grouped(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    digits.chunks(3).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

fn plain(meeting: &Meeting<'_>, opening: &str, facts: &[Fact]) -> String {
    let mut text = format!("{opening}\n\n{}\n\n", meeting.title);
    for (label, value) in facts {
        text.push_str(&format!("{label}: {value}\n"));
    }
    if !meeting.description.is_empty() {
        text.push_str(&format!("\n{}\n", meeting.description));
    }
    text
}

fn html(language: Language, meeting: &Meeting<'_>, opening: &str, facts: &[Fact]) -> String {
    const BODY: &str = "font-family:sans-serif;font-size:15px;line-height:1.5;color:#1a1a1a";
    let rows: String = facts
        .iter()
        .map(|(label, value)| {
            let value = match *label {
                "Link" => format!("<a href=\"{0}\">{0}</a>", escape(value)),
                _ => escape(value),
            };
            format!(
                "<tr><td style=\"padding:2px 16px 2px 0;color:#666;vertical-align:top\">{label}</td>\
                 <td style=\"padding:2px 0\">{value}</td></tr>"
            )
        })
        .collect();
    let description = match meeting.description {
        "" => String::new(),
        text => format!("<p>{}</p>", escape(text).replace('\n', "<br>")),
    };
    let (code, title, opening) = (language.code(), escape(meeting.title), escape(opening));
    format!(
        "<!DOCTYPE html><html lang=\"{code}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body style=\"{BODY}\"><p>{opening}</p><h1 style=\"font-size:20px\">{title}</h1>\
         <table role=\"presentation\" style=\"border-collapse:collapse\">{rows}</table>\
         {description}</body></html>\n"
    )
}
