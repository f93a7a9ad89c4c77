//! The desktop program: sign-in, rooms, pre-join, call, the rehearsal, blurring
//! files, and the command line.

pub mod app;
pub mod backend;
pub mod blur_file;
pub mod call;
pub mod cli;
pub mod command;
pub mod i18n;
pub mod icons;
pub mod inventory;
pub mod net;
pub mod picture;
pub mod rehearsal;
pub mod settings;
pub mod state;
pub mod theme;
pub mod ui;
pub mod video_texture;
pub mod widgets;
pub mod window;
