//! The own account.

use super::{Driver, failure};
use crate::command::AccountCommand;
use crate::state::{AccountEvent, BackendEvent, Failure, PeopleEvent};

/// Picture files that the dialog shows; others can be typed, and are tried.
const PICTURES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// The largest picture that a hub takes, bytes.
const PICTURE_LIMIT: u64 = 1024 * 1024;

impl Driver {
    pub(super) fn obey_account(&mut self, command: AccountCommand) {
        let account = BackendEvent::Account;
        match command {
            AccountCommand::Load => self.request(
                async |client, token| client.me(&token).await,
                |me| BackendEvent::People(PeopleEvent::Me(me)),
            ),
            AccountCommand::Listen => self.listen(),
            AccountCommand::Change(change) => self.request(
                async move |client, token| client.change_me(&token, &change).await,
                move |me| account(AccountEvent::Changed(me)),
            ),
            AccountCommand::SaveProfile(profile) => self.request(
                async move |client, token| client.set_profile(&token, &profile).await,
                move |profile| account(AccountEvent::ProfileSaved(profile)),
            ),
            AccountCommand::PickPicture => self.pick_own_picture(),
            AccountCommand::RemovePicture => self.request(
                async |client, token| client.remove_picture(&token).await,
                move |done| account(AccountEvent::PictureChanged(done)),
            ),
            AccountCommand::ChangePassword { old, new } => self.request(
                async |client, token| client.change_password(&token, old, new).await,
                move |done| account(AccountEvent::PasswordChanged(done)),
            ),
            AccountCommand::ListSessions => self.request(
                async |client, token| client.sessions(&token).await,
                move |sessions| account(AccountEvent::Sessions(sessions)),
            ),
            AccountCommand::EndSessions { id } => self.request(
                async move |client, token| {
                    client.end_sessions(&token, id.as_deref()).await?;
                    client.sessions(&token).await
                },
                move |sessions| account(AccountEvent::Sessions(sessions)),
            ),
        }
    }

    /// Asks for a file and sends it to the hub; a closed dialog changes nothing.
    fn pick_own_picture(&self) {
        let Some(session) = &self.session else { return };
        let (client, token) = (session.client.clone(), session.token.clone());
        let teller = self.teller();
        self.runtime.spawn(async move {
            let dialog = rfd::AsyncFileDialog::new().add_filter("", &PICTURES);
            let Some(file) = dialog.pick_file().await else { return };
            let path = file.path().to_owned();
            let done = match tokio::fs::metadata(&path).await {
                Ok(about) if about.len() > PICTURE_LIMIT => Err(too_big()),
                Ok(_) => match tokio::fs::read(&path).await {
                    Ok(bytes) => client.set_picture(&token, bytes).await.map_err(failure),
                    Err(error) => Err(Failure::Other(format!("{}: {error}", path.display()))),
                },
                Err(error) => Err(Failure::Other(format!("{}: {error}", path.display()))),
            };
            teller.tell(BackendEvent::Account(AccountEvent::PictureChanged(done)));
        });
    }

    /// Ends the session at the hub as well; an unreachable one ends it by itself after a while.
    pub(super) fn end_session(&mut self) {
        self.live = None;
        let Some(session) = self.session.take() else { return };
        self.runtime.spawn(async move {
            if let Err(error) = session.client.sign_out(&session.token).await {
                tracing::warn!(%error, "the session could not be ended at the hub");
            }
        });
    }
}

/// What the hub would say to a file over the limit, without sending it there.
fn too_big() -> Failure {
    Failure::Hub { code: "too_big".into(), field: None, message: String::new() }
}
