//! Calls that ring.

use super::Driver;
use crate::command::CallsCommand;
use crate::state::{BackendEvent, CallsEvent};
use protocol::EventRequest;
use protocol::RingRoom;

impl Driver {
    pub(super) fn obey_calls(&self, command: CallsCommand) {
        match command {
            CallsCommand::RingUser { user, video } => {
                let called = user.clone();
                self.request(
                    async move |client, token| client.ring_user(&token, &called, video).await,
                    |call| BackendEvent::Calls(CallsEvent::Rang { user, call }),
                );
            }
            CallsCommand::RingRoom { number, confirm } => {
                let room = number.clone();
                self.request(
                    async move |client, token| {
                        client.ring_room(&token, &room, RingRoom { confirm, video: true }).await
                    },
                    |answer| BackendEvent::Calls(CallsEvent::RoomRang { number, answer }),
                );
            }
            CallsCommand::Fetch { number, user } => {
                let room = number.clone();
                self.request(
                    async move |client, token| {
                        let person = client.person(&token, &user).await?;
                        client.add_member(&token, &room, person.id).await?;
                        client
                            .ring_room(&token, &room, RingRoom { confirm: false, video: true })
                            .await
                    },
                    |answer| BackendEvent::Calls(CallsEvent::RoomRang { number, answer }),
                );
            }
            CallsCommand::Answer { call, accept } => {
                self.wish(EventRequest::Answer { call, accept })
            }
            CallsCommand::Cancel { call } => self.wish(EventRequest::Cancel { call }),
            CallsCommand::LoadJournal { before } => self.request(
                async move |client, token| client.journal(&token, before).await,
                move |page| BackendEvent::Calls(CallsEvent::Journal { before, page }),
            ),
        }
    }

    /// Says something on the live channel; without one it is lost, as everything it could refer to.
    pub(super) fn wish(&self, request: EventRequest) {
        if let Some(live) = &self.live {
            live.send(request);
        }
    }
}
