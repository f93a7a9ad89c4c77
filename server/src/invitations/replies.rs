//! What becomes of answers to invitations.

use crate::happenings::Happening;
use crate::hub::Shared;
use crate::ical::{ReplyMessage, parse_reply};
use crate::store::StoreError;
use crate::store::invitations::{Answered, Planned};
use mail_parser::{MessageParser, MimeHeaders};

/// Writes an answer down and tells whoever looks at the entry.
pub async fn apply_reply(
    shared: &Shared,
    planned: &Planned,
    reply: &ReplyMessage,
    now_ms: i64,
) -> Result<Answered, StoreError> {
    // A clock that is ahead must not shut out later answers.
    let at_ms = reply.stamp_ms.unwrap_or(now_ms).min(now_ms);
    let answer = (reply.reply, reply.sequence);
    let entry = planned.entry.id;
    let answered = shared.store.record_reply(entry, &reply.attendee, answer, at_ms).await?;
    if answered == Answered::Recorded {
        let invited = planned.entry.people.iter().filter_map(|person| person.user_id);
        let users = std::iter::once(planned.organiser.id).chain(invited).collect();
        shared.happenings.publish(&Happening::Entry { entry, users });
    }
    Ok(answered)
}

/// Applies the answer that a mail carries, if it carries one. Anybody can write to a mailbox, so it
/// counts only when its sender is who answers.
pub async fn apply_mail(shared: &Shared, mail: &[u8], now_ms: i64) -> Result<(), StoreError> {
    let Some((sender, reply)) = reply_in(mail) else { return Ok(()) };
    if sender != reply.attendee {
        tracing::info!("an answer to an invitation came from somebody else; it does not count");
        return Ok(());
    }
    if reply.single_occurrence {
        tracing::info!("an answer to one occurrence of a series; only whole series are kept");
        return Ok(());
    }
    let Some(entry) = shared.store.entry_of_uid(&reply.uid).await? else { return Ok(()) };
    let Some(planned) = shared.store.planned(entry).await? else { return Ok(()) };
    let answered = apply_reply(shared, &planned, &reply, now_ms).await?;
    tracing::debug!(entry, ?answered, "an answer to an invitation arrived");
    Ok(())
}

/// The sender and the answer, where there are both.
fn reply_in(mail: &[u8]) -> Option<(String, ReplyMessage)> {
    let message = MessageParser::default().parse(mail)?;
    let sender = message.from()?.first()?.address()?.trim().to_lowercase();
    let calendar = message.parts.iter().filter(|part| {
        part.is_content_type("text", "calendar") || part.is_content_type("application", "ics")
    });
    let reply = calendar.filter_map(|part| parse_reply(part.contents()).ok()).next()?;
    Some((sender, reply))
}
