//! The desktop program: sign-in, rooms, pre-join, call, the rehearsal, blurring
//! files, and the command line.

pub mod app;
pub mod backend;
pub mod blur_file;
pub mod call;
pub mod cli;
pub mod command;
pub mod gallery;
pub mod i18n;
pub mod icons;
pub mod instance;
pub mod inventory;
pub mod keys;
pub mod links;
pub mod live;
pub mod net;
pub mod notices;
pub mod picture;
pub mod pictures;
pub mod rehearsal;
pub mod ringer;
pub mod settings;
pub mod state;
pub mod talk_key;
pub mod theme;
pub mod tray;
pub mod ui;
pub mod video_texture;
pub mod when;
pub mod widgets;
pub mod window;

/// Who this program is to the desktop: its windows, its notifications and its launcher are called so.
pub const APP_ID: &str = "org.katheder.Katheder";
