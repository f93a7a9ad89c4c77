//! REST calls about the own account.

use super::{HubClient, NetError};
use protocol::{ChangeMe, ChangePassword, ConferenceProfile, Me, Session};

impl HubClient {
    /// The own account.
    pub async fn me(&self, token: &str) -> Result<Me, NetError> {
        self.get(token, "me").await
    }

    /// Changes the own particulars.
    pub async fn change_me(&self, token: &str, change: &ChangeMe) -> Result<Me, NetError> {
        self.patch(token, "me", change).await
    }

    /// Makes or replaces the conference profile.
    pub async fn set_profile(
        &self,
        token: &str,
        profile: &ConferenceProfile,
    ) -> Result<ConferenceProfile, NetError> {
        self.put(token, "me/profile", profile).await
    }

    /// Sets the own picture: the bytes of a PNG, JPEG or WebP file.
    pub async fn set_picture(&self, token: &str, picture: Vec<u8>) -> Result<(), NetError> {
        let request = self.http.put(self.url("me/picture")).bearer_auth(token).body(picture);
        self.send(request).await.map(drop)
    }

    /// Removes the own picture.
    pub async fn remove_picture(&self, token: &str) -> Result<(), NetError> {
        self.delete(token, "me/picture").await
    }

    /// Changes the own password; all other sessions end.
    pub async fn change_password(
        &self,
        token: &str,
        old: String,
        new: String,
    ) -> Result<(), NetError> {
        self.put(token, "me/password", &ChangePassword { old, new }).await
    }

    /// Where the account is signed in.
    pub async fn sessions(&self, token: &str) -> Result<Vec<Session>, NetError> {
        self.get(token, "me/sessions").await
    }

    /// Ends one session, or all but this one.
    pub async fn end_sessions(&self, token: &str, id: Option<&str>) -> Result<(), NetError> {
        match id {
            Some(id) => self.delete(token, &format!("me/sessions/{id}")).await,
            None => self.delete(token, "me/sessions").await,
        }
    }

    /// Ends the session of `token`.
    pub async fn sign_out(&self, token: &str) -> Result<(), NetError> {
        self.delete(token, "session").await
    }
}
