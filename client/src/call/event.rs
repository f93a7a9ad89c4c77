//! What a call tells the window.

use crossbeam::channel::Sender;
use engine::engine::Event;
use protocol::{HubMessage, Refusal};
use std::sync::Arc;
use std::time::Duration;

/// The state of the WebSocket to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Not yet up.
    Connecting,
    /// Messages flow.
    Up,
    /// Broken; another try follows by itself.
    Lost {
        /// How long until the next try.
        retry_in: Duration,
    },
    /// Over: refused, ended or left.
    Closed,
}

/// What a call tells the window.
#[derive(Debug)]
pub enum CallEvent {
    /// The WebSocket's state changed.
    Link(Link),
    /// A message of the hub that concerns the window (SDP answers do not).
    Hub(HubMessage),
    /// Something from the engine that concerns the window (offers do not).
    Engine(Event),
    /// The hub does not know us any more, for instance because it was started anew, and we enter as
    /// at first: everybody's ids begin anew.
    Anew,
    /// Refused for good.
    Refused(Refusal),
    /// Something for the hub was not sent: there was no connection. It is not said again by itself.
    Unsaid,
}

/// Events out, and the window woken.
pub(super) struct Outlet {
    pub(super) events: Sender<CallEvent>,
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
}

impl Outlet {
    pub(super) fn put(&self, event: CallEvent) {
        // Nobody listens after the call was dropped.
        let _ = self.events.send(event);
        (self.wake)();
    }
}
