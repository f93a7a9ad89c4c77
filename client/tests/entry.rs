//! The dialog in which entries are planned and changed.

#[path = "entry/answers.rs"]
mod answers;
#[path = "entry/dialog.rs"]
mod dialog;
mod fake;
#[path = "entry/hub.rs"]
mod hub;
#[path = "entry/look.rs"]
mod look;
#[path = "entry/rules.rs"]
mod rules;
#[path = "entry/world.rs"]
mod world;
