//! What comes from outside the window.

use super::{
    Account, AccountEvent, CallsEvent, DesktopEvent, Devices, EntryEvent, Failure, PeopleEvent,
    PlannerEvent, RoomsEvent, ScreenChoice,
};
use crate::call::CallEvent;
use crate::live::LiveEvent;
use engine::frame::VideoFrame;
use engine::latest::Reader;
use engine::playback::chime::ChimeEvent;
use engine::stats::Stats;
use std::path::PathBuf;

/// What comes from outside the window.
#[derive(Debug)]
pub enum BackendEvent {
    /// Nobody is signed in, and no embedded hub starts: ask.
    SignInNeeded,
    /// Signed in.
    SignedIn(Account),
    /// The sign-in, or the start of the embedded hub, did not work.
    SignInFailed(Failure),
    /// The session is over: sign in again.
    SessionOver,
    /// About the own account.
    Account(AccountEvent),
    /// About the hub's people.
    People(PeopleEvent),
    /// Somebody's picture.
    Picture(String, egui::ColorImage),
    /// About planner entries.
    Planner(PlannerEvent),
    /// About the entry that is being planned or changed.
    Entry(EntryEvent),
    /// About rooms outside of conferences.
    Room(RoomsEvent),
    /// About calls that ring, and the journal.
    Calls(CallsEvent),
    /// From the desktop around the window.
    Desktop(DesktopEvent),
    /// From the live channel.
    Live(LiveEvent),
    /// How far the hub's clock is ahead of this machine's, milliseconds.
    HubClock(i64),
    /// Camera, microphone or loudspeaker cannot be used at all.
    EngineFailed(engine::Error),
    /// What this machine has, and what is chosen.
    Devices(Devices),
    /// The microphone's level, RFC 6464: 0 loud … 127 silent.
    MicrophoneLevel(u8),
    /// What the engine measured so far, twice a second while there is one.
    Health(Box<Stats>),
    /// What became of one of the program's own sounds.
    Chime(ChimeEvent),
    /// The user chose this picture for the background, and it is used.
    PicturePicked(PathBuf),
    /// The background picture cannot be used, for this reason; the room is blurred instead.
    PictureRefused(String),
    /// A stream has pictures from now on.
    Video(crate::video_texture::Feed, Reader<VideoFrame>),
    /// What can be shared, each with a small picture where there is one.
    Screens(Vec<(ScreenChoice, Option<egui::ColorImage>)>),
    /// The own share is over, whoever ended it.
    SharingEnded,
    /// From the conference.
    Call(CallEvent),
}

impl BackendEvent {
    /// Whether it is a figure in its place on the page: nothing comes or goes with it.
    pub fn is_figure(&self) -> bool {
        matches!(self, BackendEvent::MicrophoneLevel(_) | BackendEvent::Health(_))
    }
}
