//! The wire between the hub and everything that talks to it.
//!
//! Every live message is a JSON object in a WebSocket text frame with a `type` member:
//! [`ClientMessage`] towards the hub, [`HubMessage`] back. `PROTOCOL.md` in this crate's folder
//! says each of them once in words. Media does not travel here: SDP does, as text.

mod api;
mod events;
mod message;
mod model;

pub use api::*;
pub use events::*;
pub use message::*;
pub use model::*;

/// The version of the live protocol. A hub refuses a client of another version with
/// [`Refusal::Version`].
pub const VERSION: u32 = 2;

/// The largest text frame either side accepts, in bytes. An SDP offer with 30 slots is about 40 kB.
pub const MAX_FRAME_BYTES: usize = 256 * 1024;

/// The longest chat line, in characters.
pub const MAX_CHAT_CHARS: usize = 2000;

/// The longest display name, in characters.
pub const MAX_NAME_CHARS: usize = 80;
