//! What views ask for. They push into [`Commands`]; the window hands them on after drawing.

use crate::settings::Backdrop;
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use protocol::{ChatScope, ParticipantId, Role, RoomKind, Watch};

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
    /// Ask the hub for the rooms again.
    ListRooms,
    /// Make a room; it opens once it exists.
    CreateRoom {
        /// 1 to 120 characters.
        name: String,
        /// What it is for.
        kind: RoomKind,
    },
    /// The pre-join page of a room opened: show devices and start the preview.
    OpenRoom {
        /// Nine digits.
        number: String,
    },
    /// Back from pre-join to the rooms: stop the preview.
    CloseRoom,
    /// Enter the conference of a room.
    Join {
        /// Nine digits.
        number: String,
        /// Microphone open from the start.
        microphone: bool,
        /// Camera on from the start.
        camera: bool,
    },
    /// Send sound, or stop.
    SetMicrophone(bool),
    /// Send the camera's picture, or stop.
    SetCamera(bool),
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
    /// Host: lower somebody's hand.
    LowerHand(ParticipantId),
    /// Host: let everybody in who knocks.
    AdmitAll,
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
            Command::ListRooms => f.write_str("ListRooms"),
            Command::CreateRoom { name, kind } => write!(f, "CreateRoom({name:?}, {kind:?})"),
            Command::OpenRoom { number } => write!(f, "OpenRoom({number})"),
            Command::CloseRoom => f.write_str("CloseRoom"),
            Command::Join { number, microphone, camera } => {
                write!(f, "Join({number}, microphone {microphone}, camera {camera})")
            }
            Command::SetMicrophone(on) => write!(f, "SetMicrophone({on})"),
            Command::SetCamera(on) => write!(f, "SetCamera({on})"),
            Command::SetCameraDevice(source) => write!(f, "SetCameraDevice({source:?})"),
            Command::SetMicrophoneDevice(source) => write!(f, "SetMicrophoneDevice({source:?})"),
            Command::SetSpeakerDevice(sink) => write!(f, "SetSpeakerDevice({sink:?})"),
            Command::SetBackdrop(backdrop) => write!(f, "SetBackdrop({backdrop:?})"),
            Command::PickPicture => f.write_str("PickPicture"),
            Command::RaiseHand(up) => write!(f, "RaiseHand({up})"),
            Command::AdmitAll => write!(f, "AdmitAll"),
            Command::LowerHand(whose) => write!(f, "LowerHand({whose:?})"),
            Command::SetRole { participant, role } => {
                write!(f, "SetRole({participant:?}, {role:?})")
            }
            Command::SendChat { scope, .. } => write!(f, "SendChat({scope:?})"),
            Command::Watch(videos) => write!(f, "Watch({videos:?})"),
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

    /// Takes all.
    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}
