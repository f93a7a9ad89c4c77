//! REST calls about planner entries and their invitations.

use super::{HubClient, NetError};
use crate::i18n::Language;
use protocol::{
    ChangeOccurrence, EntryDetails, EntryPage, EntryQuery, Invitation, InvitationsQueued,
    MailOverview, ReplyImported, RoomDetails, SavedEntry, SendInvitations,
};

fn code(language: Language) -> &'static str {
    match language {
        Language::German => "de",
        Language::English => "en",
    }
}

impl HubClient {
    /// One page of the planner's list.
    pub async fn entries(&self, token: &str, query: &EntryQuery) -> Result<EntryPage, NetError> {
        self.get_with(token, "entries", query).await
    }

    /// An entry with everything that the caller may know.
    pub async fn entry(&self, token: &str, entry: i64) -> Result<EntryDetails, NetError> {
        self.get(token, &format!("entries/{entry}")).await
    }

    /// The room of an entry, by its number.
    pub async fn room_of_entry(&self, token: &str, number: &str) -> Result<RoomDetails, NetError> {
        self.get(token, &format!("rooms/{number}")).await
    }

    /// Takes an entry away.
    pub async fn delete_entry(&self, token: &str, entry: i64) -> Result<(), NetError> {
        self.delete(token, &format!("entries/{entry}")).await
    }

    /// Mails the invitation to everybody who is invited.
    pub async fn send_invitations(
        &self,
        token: &str,
        entry: i64,
    ) -> Result<InvitationsQueued, NetError> {
        self.post(token, &format!("entries/{entry}/invitations"), &SendInvitations::default()).await
    }

    /// The invitation to an entry, to hand on.
    pub async fn invitation(
        &self,
        token: &str,
        entry: i64,
        language: Language,
    ) -> Result<Invitation, NetError> {
        let path = format!("entries/{entry}/invitation");
        self.get_with(token, &path, &[("language", code(language))]).await
    }

    /// The entry as a calendar file (RFC 5545).
    pub async fn calendar_file(
        &self,
        token: &str,
        entry: i64,
        language: Language,
    ) -> Result<Vec<u8>, NetError> {
        let language = code(language);
        self.bytes(token, &format!("entries/{entry}/calendar.ics?language={language}")).await
    }

    /// Writes down somebody's answer from the calendar file that they sent.
    pub async fn import_reply(
        &self,
        token: &str,
        entry: i64,
        file: Vec<u8>,
    ) -> Result<ReplyImported, NetError> {
        let url = self.url(&format!("entries/{entry}/replies"));
        let request = self.http.post(url).bearer_auth(token);
        self.call(request.header("content-type", "text/calendar").body(file)).await
    }

    /// Moves, cancels or puts back the occurrence that the rule puts at `original_ms`.
    pub async fn change_occurrence(
        &self,
        token: &str,
        entry: i64,
        original_ms: i64,
        change: ChangeOccurrence,
    ) -> Result<SavedEntry, NetError> {
        self.post(token, &format!("entries/{entry}/occurrences/{original_ms}"), &change).await
    }

    /// The own mail that has not gone out.
    pub async fn pending_mail(&self, token: &str) -> Result<MailOverview, NetError> {
        self.get(token, "mail").await
    }

    /// Tries a mail again at once.
    pub async fn retry_mail(&self, token: &str, mail: i64) -> Result<(), NetError> {
        self.post(token, &format!("mail/{mail}/retry"), &()).await
    }
}
