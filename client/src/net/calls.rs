//! REST calls about calls that ring, and the journal.

use super::{HubClient, NetError};
use protocol::{Call, Journal, RingUser};

impl HubClient {
    /// Past and missed calls, newest first; `before` is the `next` of the page before.
    pub async fn journal(&self, token: &str, before: Option<i64>) -> Result<Journal, NetError> {
        let query: Vec<_> = before.map(|id| ("before", id)).into_iter().collect();
        self.get_with(token, "journal", &query).await
    }

    /// Rings for one person.
    pub async fn ring_user(&self, token: &str, user: &str, video: bool) -> Result<Call, NetError> {
        let body = RingUser { user: user.to_owned(), video };
        self.post(token, "rings", &body).await
    }
}
