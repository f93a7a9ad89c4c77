//! Calls that ring.

use super::Driver;
use crate::command::CallsCommand;
use crate::state::{BackendEvent, CallsEvent};
use protocol::EventRequest;

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
