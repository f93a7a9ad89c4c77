//! The own account in the settings: profile, picture, password, sessions.

use super::{Failure, State};
use crate::command::{AccountCommand, Command, PeopleCommand};
use crate::settings::BackdropKind;
use crate::state::Screen;
use protocol::{ChangeMe, ConferenceProfile, Me, Session};

/// Passwords have at least this many characters; the hub says the same.
pub const PASSWORD_CHARS: usize = 10;

/// What the settings page holds of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPage {
    /// The display name as typed; `None` until it was touched.
    pub display_name: Option<String>,
    /// The e-mail address as typed; `None` until it was touched.
    pub email: Option<String>,
    /// The conference profile's name as typed; `None` until it was touched.
    pub profile_name: Option<String>,
    /// Something is on its way.
    pub busy: bool,
    /// What was saved last, to be said beside it.
    pub saved: Option<Saved>,
    /// What went wrong last, and with what.
    pub failure: Option<(Saved, Failure)>,
    /// Where the account is signed in; `None` until asked.
    pub sessions: Option<Vec<Session>>,
    /// The password form.
    pub password: PasswordForm,
}

/// A part of the account that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Display name and e-mail address.
    Particulars,
    /// The conference profile.
    Profile,
    /// The picture.
    Picture,
    /// The password.
    Password,
    /// The sessions.
    Sessions,
}

/// Old and new password as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PasswordForm {
    /// The one so far.
    pub old: String,
    /// From now on.
    pub new: String,
    /// The same once more.
    pub again: String,
}

impl std::fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordForm")
    }
}

/// What is wrong with a password form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer than [`PASSWORD_CHARS`].
    Short,
    /// The new one is the old one.
    Same,
    /// The second does not equal the first.
    Differs,
}

impl PasswordForm {
    /// What keeps it from being sent, once all is typed.
    pub fn error(&self) -> Option<PasswordError> {
        if self.new.chars().count() < PASSWORD_CHARS {
            Some(PasswordError::Short)
        } else if self.new == self.old {
            Some(PasswordError::Same)
        } else if self.new != self.again {
            Some(PasswordError::Differs)
        } else {
            None
        }
    }
}

/// What the hub answered about the own account.
#[derive(Debug)]
pub enum AccountEvent {
    /// The particulars.
    Changed(Result<Me, Failure>),
    /// The conference profile.
    ProfileSaved(Result<ConferenceProfile, Failure>),
    /// The picture.
    PictureChanged(Result<(), Failure>),
    /// The password.
    PasswordChanged(Result<(), Failure>),
    /// Where we are signed in.
    Sessions(Result<Vec<Session>, Failure>),
}

impl State {
    /// Takes in an answer about the own account.
    pub(super) fn apply_account(&mut self, event: AccountEvent) {
        let page = &mut self.account_page;
        page.busy = false;
        page.saved = None;
        page.failure = None;
        let (what, result) = match event {
            AccountEvent::Changed(me) => (Saved::Particulars, me.map(|me| self.changed(me))),
            AccountEvent::ProfileSaved(profile) => {
                (Saved::Profile, profile.map(|profile| self.profile_saved(profile)))
            }
            AccountEvent::PictureChanged(done) => {
                (Saved::Picture, done.map(|()| self.picture_changed()))
            }
            AccountEvent::PasswordChanged(done) => {
                (Saved::Password, done.map(|()| self.password_changed()))
            }
            AccountEvent::Sessions(sessions) => {
                let sessions = sessions.map(|sessions| self.account_page.sessions = Some(sessions));
                // A list is no news.
                if sessions.is_ok() {
                    return;
                }
                (Saved::Sessions, sessions)
            }
        };
        match result {
            Ok(()) => self.account_page.saved = Some(what),
            Err(failure) => self.account_page.failure = Some((what, failure)),
        }
    }

    fn changed(&mut self, me: Me) {
        self.account_page.display_name = None;
        self.account_page.email = None;
        if let Some(account) = &mut self.account {
            account.display_name.clone_from(&me.display_name);
        }
        self.people.me = Some(me);
    }

    fn profile_saved(&mut self, profile: ConferenceProfile) {
        self.account_page.profile_name = None;
        if let Some(me) = &mut self.people.me {
            me.profile = Some(profile);
        }
    }

    fn picture_changed(&mut self) {
        self.follow_up.push(Command::Account(AccountCommand::Load));
        if let Some(account) = &self.account {
            let user = account.user.clone();
            self.follow_up.push(Command::People(PeopleCommand::LoadPicture { user }));
        }
    }

    fn password_changed(&mut self) {
        self.account_page.password = PasswordForm::default();
        if self.screen == Screen::NewPassword {
            self.screen = Screen::Main;
            self.ask_for_all();
        }
    }

    /// What the hub is to know of this machine's devices and habits, as the conference profile.
    pub fn profile_draft(&self) -> ConferenceProfile {
        let page = &self.account_page;
        let known = self.people.me.as_ref().and_then(|me| me.profile.as_ref());
        let name = page.profile_name.clone();
        let name = name.or_else(|| known.map(|profile| profile.name.clone()));
        let account = || self.account.as_ref().map(|account| account.display_name.clone());
        let settings = &self.settings;
        let blurred = settings.backdrop.kind == BackdropKind::Blurred;
        ConferenceProfile {
            name: name.or_else(account).unwrap_or_default(),
            camera: settings.camera.clone(),
            microphone: settings.microphone.clone(),
            speaker: settings.speaker.clone(),
            blur_percent: if blurred { settings.backdrop.strength_percent } else { 0 },
            join_muted: settings.join_muted,
            join_without_camera: settings.join_without_camera,
        }
    }

    /// The particulars that were changed by typing, if any.
    pub fn particulars_draft(&self) -> Option<ChangeMe> {
        let me = self.people.me.as_ref()?;
        let page = &self.account_page;
        let typed = |typed: &Option<String>, known: &str| {
            typed.as_ref().map(|typed| typed.trim().to_owned()).filter(|typed| typed != known)
        };
        let display_name = typed(&page.display_name, &me.display_name);
        let email = typed(&page.email, me.email.as_deref().unwrap_or_default());
        (display_name.is_some() || email.is_some()).then_some(ChangeMe {
            display_name,
            email,
            language: None,
        })
    }
}
