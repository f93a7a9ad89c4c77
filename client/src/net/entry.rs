//! REST calls that plan and change entries.

use super::{HubClient, NetError};
use protocol::{CheckEntry, CheckedEntry, EntryDraft, HubFacts, SavedEntry};

impl HubClient {
    /// Plans an entry.
    pub async fn create_entry(
        &self,
        token: &str,
        draft: &EntryDraft,
    ) -> Result<SavedEntry, NetError> {
        self.post(token, "entries", draft).await
    }

    /// Changes an entry that neither runs nor is over.
    pub async fn change_entry(
        &self,
        token: &str,
        id: i64,
        draft: &EntryDraft,
    ) -> Result<SavedEntry, NetError> {
        self.put(token, &format!("entries/{id}"), draft).await
    }

    /// What the hub offers.
    pub async fn hub_facts(&self, token: &str) -> Result<HubFacts, NetError> {
        self.get(token, "hub").await
    }

    /// Who would be in two places at once; keeps nothing.
    pub async fn check_entry(
        &self,
        token: &str,
        check: &CheckEntry,
    ) -> Result<CheckedEntry, NetError> {
        self.post(token, "entries/check", check).await
    }
}
