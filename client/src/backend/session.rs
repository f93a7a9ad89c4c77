//! The way into a hub: the embedded one, or one with an account.

use super::{Driver, Note, Session, failure, host};
use crate::live::Live;
use crate::net::HubClient;
use crate::state::{Account, BackendEvent, Failure};
use anyhow::Context;
use std::net::SocketAddr;

impl Driver {
    /// Starts the embedded hub and signs in to it, or asks the user.
    pub(super) fn open_hub(&mut self, embed: Option<SocketAddr>) {
        let Some(listen) = embed else {
            self.tell(BackendEvent::SignInNeeded);
            return;
        };
        match self.embed(listen) {
            Ok((client, signed_in)) => {
                let account = Account {
                    hub: client.base().to_owned(),
                    user: signed_in.user,
                    display_name: signed_in.display_name,
                    embedded: true,
                    must_change: false,
                };
                self.hear(Note::SignedIn(client, signed_in.token, account));
            }
            Err(error) => {
                tracing::warn!("the embedded hub does not start: {error:#}");
                self.tell(BackendEvent::SignInFailed(Failure::Other(format!("{error:#}"))));
            }
        }
    }

    fn embed(&mut self, listen: SocketAddr) -> anyhow::Result<(HubClient, protocol::SignedIn)> {
        let data = directories::ProjectDirs::from("", "", "katheder")
            .context("this system names no home folder to keep the hub's data in")?
            .data_dir()
            .join("hub");
        let config = server::Config {
            listen,
            media_listen: listen,
            owner: host::owner(),
            ..server::Config::local(data)
        };
        let hub = server::Hub::start(config)?;
        let signed_in = hub.local_sign_in()?;
        let client = HubClient::new(&format!("http://{}", host::reachable(hub.http_addr())))?;
        self.hub = Some(hub);
        Ok((client, signed_in))
    }

    pub(super) fn sign_in(&self, address: &str, user: String, password: String) {
        let address = match address.trim() {
            bare if !bare.contains("://") => format!("http://{bare}"),
            full => full.to_owned(),
        };
        let notes = self.notes.clone();
        let client = match HubClient::new(&address) {
            Ok(client) => client,
            Err(error) => return self.note(Note::SignInFailed(failure(error))),
        };
        self.runtime.spawn(async move {
            let note = match client.sign_in(&user, &password).await {
                Ok(signed_in) => {
                    let account = Account {
                        hub: client.base().to_owned(),
                        user: signed_in.user,
                        display_name: signed_in.display_name,
                        embedded: false,
                        must_change: signed_in.must_change,
                    };
                    Note::SignedIn(client, signed_in.token, account)
                }
                Err(error) => Note::SignInFailed(failure(error)),
            };
            // The receiver goes only when the program ends.
            let _ = notes.send(note);
        });
    }

    /// Opens the live channel of the session; an older one closes.
    pub(super) fn listen(&mut self) {
        let Some(Session { client, token }) = &self.session else { return };
        let teller = self.teller();
        let tell = move |event| teller.tell(BackendEvent::Live(event));
        let door = client.events_door();
        self.live = Some(Live::open(self.runtime.handle(), door, token.clone(), tell));
    }
}
