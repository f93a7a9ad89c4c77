//! The hub: accounts, rooms, signalling, media forwarding and the page for guests.
//!
//! [`Hub::start`] runs a whole hub on threads of its own; the program `katheder-hub` is a thin shell
//! around it, and the client embeds it. Inside, [`conference`] and [`room`] are pure rules, `live`
//! connects them to sockets, database and the forwarding unit, and the rest are those edges.

mod access;
mod accounts;
mod address;
mod clock;
pub mod conference;
pub mod config;
mod error;
pub mod events;
pub mod happenings;
mod html;
mod http;
mod hub;
pub mod ical;
pub mod invitations;
mod live;
pub mod logging;
pub mod mail;
pub mod manage;
mod metrics;
pub mod planner;
mod reports;
pub mod room;
pub mod sfu;
mod signalling;
mod socket;
pub mod store;
mod tls;
mod webhooks;

pub use accounts::import;
pub use config::Config;
pub use error::HubError;
pub use hub::Hub;
