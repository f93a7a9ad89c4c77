//! Mails (RFC 5322, RFC 2045) as the usual programs understand invitations: text, HTML and calendar
//! part are alternatives, and the calendar file is attached once more for those that look only there.

use super::text::Text;
use crate::ical::Method;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};
use std::time::{Duration, UNIX_EPOCH};

/// A mail to be written.
pub struct Letter<'a> {
    /// The hub's sender, `Katheder <meet@example.org>`.
    pub from: &'a str,
    /// In whose name.
    pub organiser: &'a str,
    /// Where people's own words go.
    pub reply_to: Option<&'a str>,
    /// Name and address.
    pub to: (&'a str, &'a str),
    /// What it says.
    pub text: &'a Text,
    /// The calendar part.
    pub calendar: Option<(Method, String)>,
    /// `<…@…>`.
    pub message_id: &'a str,
    /// When, Unix milliseconds.
    pub now_ms: i64,
}

/// The bare address of a sender.
pub fn address(from: &str) -> Option<String> {
    from.parse::<Mailbox>().ok().map(|mailbox| mailbox.email.to_string())
}

/// The Message-ID for a key: the same mail sent twice has it twice.
pub fn message_id(key: &str, from: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let digits: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mailbox = from.parse::<Mailbox>();
    let domain =
        mailbox.map_or_else(|_| "katheder.invalid".to_owned(), |m| m.email.domain().to_owned());
    format!("<{digits}@{domain}>")
}

impl Letter<'_> {
    /// The whole mail. The error is for the organiser.
    pub fn write(self) -> Result<Vec<u8>, String> {
        let from: Mailbox = self.from.parse().map_err(|_| {
            "the hub's own sender address (mail.from) is none; its administrator has to correct it"
                .to_owned()
        })?;
        let (name, address) = self.to;
        let to = address.parse().map_err(|_| match address {
            "" => "your account has no e-mail address; add one to get reminders".to_owned(),
            other => format!("{other:?} is no e-mail address; correct it in the entry"),
        })?;
        let hub = from.name.clone().unwrap_or_else(|| "Katheder".to_owned());
        let sender = Mailbox::new(Some(format!("{} via {hub}", self.organiser)), from.email);
        let since_epoch = Duration::from_millis(u64::try_from(self.now_ms).unwrap_or_default());
        let mut builder = Message::builder()
            .from(sender)
            .to(Mailbox::new(Some(name.to_owned()).filter(|name| !name.is_empty()), to))
            .subject(self.text.subject.replace(char::is_control, " "))
            .date(UNIX_EPOCH + since_epoch)
            .message_id(Some(self.message_id.to_owned()))
            // RFC 3834: no programs answer that somebody is on holiday.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = self.reply_to.and_then(|address| address.parse().ok()) {
            builder = builder.reply_to(Mailbox::new(Some(self.organiser.to_owned()), reply_to));
        }
        let words = MultiPart::alternative()
            .singlepart(SinglePart::plain(self.text.plain.clone()))
            .singlepart(SinglePart::html(self.text.html.clone()));
        let body = match self.calendar {
            None => words,
            Some((method, file)) => with_calendar(words, method, &file)?,
        };
        let message = builder.multipart(body).map_err(|error| error.to_string())?;
        Ok(message.formatted())
    }
}

fn with_calendar(words: MultiPart, method: Method, file: &str) -> Result<MultiPart, String> {
    let kind = |text: &str| ContentType::parse(text).map_err(|error| error.to_string());
    let part = format!("text/calendar; charset=utf-8; method={}", method.name());
    let part = SinglePart::builder().content_type(kind(&part)?).body(file.to_owned());
    let attached = kind("application/ics; name=\"invite.ics\"")?;
    let attached = Attachment::new("invite.ics".to_owned()).body(file.to_owned(), attached);
    Ok(MultiPart::mixed().multipart(words.singlepart(part)).singlepart(attached))
}
