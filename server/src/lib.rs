//! The hub: accounts, rooms, signalling, media forwarding and the page for guests.
//!
//! [`Hub::start`] runs a whole hub on threads of its own; the program `katheder-hub` is a thin shell
//! around it, and the client embeds it. Inside, [`conference`] and [`room`] are pure rules, `live`
//! connects them to sockets, database and the forwarding unit, and the rest are those edges.

mod accounts;
mod clock;
pub mod conference;
pub mod config;
mod error;
mod http;
mod hub;
mod live;
pub mod manage;
pub mod room;
pub mod sfu;
mod signalling;
mod store;

pub use config::Config;
pub use error::HubError;
pub use hub::Hub;
