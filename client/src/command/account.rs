//! What the settings and the password page ask for.

use protocol::{ChangeMe, ConferenceProfile};

/// A wish about the own account.
#[derive(Clone, PartialEq, Eq)]
pub enum AccountCommand {
    /// Ask the hub who we are, with the conference profile.
    Load,
    /// Open the live channel; an older one closes.
    Listen,
    /// Change display name, e-mail address or language.
    Change(ChangeMe),
    /// Make or replace the conference profile.
    SaveProfile(ConferenceProfile),
    /// Let the user choose a picture file, and make it their picture.
    PickPicture,
    /// Have no picture any more.
    RemovePicture,
    /// A new password; the old one proves who asks.
    ChangePassword {
        /// The password so far.
        old: String,
        /// From now on.
        new: String,
    },
    /// Ask where we are signed in.
    ListSessions,
    /// End one session, or all but this one.
    EndSessions {
        /// The session's id; all others when `None`.
        id: Option<String>,
    },
}

impl std::fmt::Debug for AccountCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AccountCommand::Load => f.write_str("Load"),
            AccountCommand::Listen => f.write_str("Listen"),
            AccountCommand::Change(change) => write!(f, "Change({change:?})"),
            AccountCommand::SaveProfile(profile) => write!(f, "SaveProfile({profile:?})"),
            AccountCommand::PickPicture => f.write_str("PickPicture"),
            AccountCommand::RemovePicture => f.write_str("RemovePicture"),
            AccountCommand::ChangePassword { .. } => f.write_str("ChangePassword"),
            AccountCommand::ListSessions => f.write_str("ListSessions"),
            AccountCommand::EndSessions { id } => write!(f, "EndSessions({id:?})"),
        }
    }
}
