//! What views ask for. They push into [`Commands`]; the window hands them on after drawing.

mod account;
mod calls;
mod desktop;
mod entry;
mod people;
mod planner;
mod rooms;

pub use account::AccountCommand;
pub use calls::CallsCommand;
pub use desktop::DesktopCommand;
pub use entry::EntryCommand;
pub use people::PeopleCommand;
pub use planner::PlannerCommand;
pub use rooms::{EmbedLook, Line, Purpose, RoomsCommand};

use crate::settings::Backdrop;
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use engine::playback::chime::Chime;
use protocol::{ChatScope, ParticipantId, Role, RoomPolicy, Watch};

/// A wish of the user that leaves the window.
#[derive(Clone, PartialEq, Eq)]
pub enum Command {
    /// Sign in to a hub.
    SignIn {
        /// Its base URL, as typed.
        hub: String,
        /// The account's name.
        user: String,
        /// Its password.
        password: String,
    },
    /// Forget the session.
    SignOut,
    /// Own account, profile, sessions.
    Account(AccountCommand),
    /// People of the hub: contacts, pictures, presence.
    People(PeopleCommand),
    /// The planner and its invitations.
    Planner(PlannerCommand),
    /// The entry that is being planned or changed.
    Entry(EntryCommand),
    /// Rooms, their members and chat outside of conferences.
    Rooms(RoomsCommand),
    /// Calls that ring, and the journal.
    Calls(CallsCommand),
    /// The desktop around the window: notifications, sounds, tray, browser.
    Desktop(DesktopCommand),
    /// The pre-join page of a room opened: open the devices.
    OpenRoom {
        /// Nine digits.
        number: String,
        /// The camera, too.
        camera: bool,
    },
    /// Open camera and microphone to look at them, or close them again.
    Preview(bool),
    /// Back from pre-join to the rooms: stop the preview.
    CloseRoom,
    /// Enter the conference of a room.
    Join {
        /// Nine digits.
        number: String,
        /// The name for this conference, where it is not the usual one.
        name: Option<String>,
        /// Microphone open from the start.
        microphone: bool,
        /// Camera on from the start.
        camera: bool,
    },
    /// Send sound, or stop.
    SetMicrophone(bool),
    /// Open the camera, and in a conference send its picture, or close it.
    SetCamera(bool),
    /// Send nothing any more: no sound, no picture, no screen.
    StopSending,
    /// Look again for cameras, microphones and loudspeakers.
    ListDevices,
    /// Another camera.
    SetCameraDevice(CameraSource),
    /// Another microphone.
    SetMicrophoneDevice(MicrophoneSource),
    /// Another loudspeaker.
    SetSpeakerDevice(SpeakerSink),
    /// Another background behind the user.
    SetBackdrop(Backdrop),
    /// Let the user choose a picture file for it.
    PickPicture,
    /// Raise or lower the own hand.
    RaiseHand(bool),
    /// Put the own hand, which went down by itself, back in its place.
    RestoreHand,
    /// Host: lower somebody's hand.
    LowerHand(ParticipantId),
    /// Host: lower every hand.
    LowerAllHands,
    /// Host: let somebody in who knocks.
    Admit(ParticipantId),
    /// Host: let everybody in who knocks.
    AdmitAll,
    /// Host: send somebody away, from inside or from the door.
    Remove(ParticipantId),
    /// Host: switch off the microphones of all who are not hosts.
    MuteAll,
    /// Host: change what the room allows.
    SetPolicy(RoomPolicy),
    /// Host: change what somebody may do.
    SetRole {
        /// Whose.
        participant: ParticipantId,
        /// To what.
        role: Role,
    },
    /// Write a chat line.
    SendChat {
        /// Who shall read it.
        scope: ChatScope,
        /// The text.
        text: String,
    },
    /// The pictures wanted now, most important first.
    Watch(Vec<Watch>),
    /// How loud somebody is for us in this call, percent from 0 to 200.
    SetVolume {
        /// Who.
        participant: ParticipantId,
        /// 100 leaves them as they are.
        percent: u8,
    },
    /// Make connection, capture and playback of the call anew, without leaving.
    RestartCall,
    /// Play the test melody on the chosen loudspeaker.
    PlayTestSound,
    /// Play one of the program's own sounds on the chosen loudspeaker.
    Play(Chime),
    /// Stop one of them.
    Silence(Chime),
    /// Host: switch off somebody's microphone.
    Mute(ParticipantId),
    /// Look for what can be shared.
    ListScreens,
    /// Share one of what was found, by its id.
    ShareScreen(String),
    /// Share no longer.
    StopSharing,
    /// Host: put the conference on hold, or go on.
    Hold(bool),
    /// Host: let nobody else in, or open again.
    Lock(bool),
    /// Leave the conference.
    Leave,
    /// Host: end it for all.
    EndForAll,
}

impl std::fmt::Debug for Command {
    /// Never prints a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Command::SignIn { hub, user, .. } => write!(f, "SignIn({user} at {hub})"),
            Command::SignOut => f.write_str("SignOut"),
            Command::Account(command) => command.fmt(f),
            Command::People(command) => command.fmt(f),
            Command::Planner(command) => command.fmt(f),
            Command::Entry(command) => command.fmt(f),
            Command::Rooms(command) => command.fmt(f),
            Command::Calls(command) => command.fmt(f),
            Command::Desktop(command) => command.fmt(f),
            Command::OpenRoom { number, camera } => {
                write!(f, "OpenRoom({number}, camera {camera})")
            }
            Command::Preview(on) => write!(f, "Preview({on})"),
            Command::CloseRoom => f.write_str("CloseRoom"),
            Command::Join { number, microphone, camera, .. } => {
                write!(f, "Join({number}, microphone {microphone}, camera {camera})")
            }
            Command::SetMicrophone(on) => write!(f, "SetMicrophone({on})"),
            Command::SetCamera(on) => write!(f, "SetCamera({on})"),
            Command::StopSending => f.write_str("StopSending"),
            Command::ListDevices => f.write_str("ListDevices"),
            // A file's name is nobody's business.
            Command::SetCameraDevice(source) => write!(f, "SetCameraDevice({source:?})"),
            Command::SetMicrophoneDevice(source) => write!(f, "SetMicrophoneDevice({source:?})"),
            Command::SetSpeakerDevice(sink) => write!(f, "SetSpeakerDevice({sink:?})"),
            Command::SetBackdrop(backdrop) => write!(f, "SetBackdrop({backdrop:?})"),
            Command::PickPicture => f.write_str("PickPicture"),
            Command::RaiseHand(up) => write!(f, "RaiseHand({up})"),
            Command::RestoreHand => f.write_str("RestoreHand"),
            Command::LowerAllHands => f.write_str("LowerAllHands"),
            Command::Admit(whom) => write!(f, "Admit({whom:?})"),
            Command::AdmitAll => write!(f, "AdmitAll"),
            Command::Remove(whom) => write!(f, "Remove({whom:?})"),
            Command::MuteAll => f.write_str("MuteAll"),
            Command::SetPolicy(policy) => write!(f, "SetPolicy({policy:?})"),
            Command::LowerHand(whose) => write!(f, "LowerHand({whose:?})"),
            Command::SetRole { participant, role } => {
                write!(f, "SetRole({participant:?}, {role:?})")
            }
            Command::SendChat { scope, .. } => write!(f, "SendChat({scope:?})"),
            Command::Watch(videos) => write!(f, "Watch({videos:?})"),
            Command::SetVolume { participant, percent } => {
                write!(f, "SetVolume({participant:?}, {percent})")
            }
            Command::RestartCall => f.write_str("RestartCall"),
            Command::PlayTestSound => f.write_str("PlayTestSound"),
            Command::Play(chime) => write!(f, "Play({chime:?})"),
            Command::Silence(chime) => write!(f, "Silence({chime:?})"),
            Command::Mute(whom) => write!(f, "Mute({whom:?})"),
            Command::ListScreens => f.write_str("ListScreens"),
            Command::ShareScreen(_) => f.write_str("ShareScreen"),
            Command::StopSharing => f.write_str("StopSharing"),
            Command::Hold(on) => write!(f, "Hold({on})"),
            Command::Lock(on) => write!(f, "Lock({on})"),
            Command::Leave => f.write_str("Leave"),
            Command::EndForAll => f.write_str("EndForAll"),
        }
    }
}

/// Commands of one frame, in order.
#[derive(Debug, Default)]
pub struct Commands(Vec<Command>);

impl Commands {
    /// Adds one.
    pub fn push(&mut self, command: Command) {
        self.0.push(command);
    }

    /// Adds several.
    pub fn push_all(&mut self, commands: impl IntoIterator<Item = Command>) {
        self.0.extend(commands);
    }

    /// Takes all.
    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}
