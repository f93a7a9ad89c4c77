//! Short messages over the picture: one per kind, newest wins, gone after six seconds unless they
//! matter until resolved.

use super::{Failure, Trouble};
use engine::blur::Notice;
use protocol::Role;

/// How long a toast stays, in seconds; what waits for an answer stays until it has one.
const STAYS_S: f64 = 6.0;

/// What a toast says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toast {
    /// Hands went up; the view counts them.
    Hands,
    /// The invitation link is in the clipboard.
    Copied,
    /// Another text is.
    CopiedText,
    /// The conference was locked, or opened again.
    Locked(bool),
    /// Somebody else has a new role.
    Role {
        /// Who, by display name.
        name: String,
        /// Which.
        role: Role,
    },
    /// We moderate from now on, or not any more.
    Moderates(bool),
    /// A host lowered our hand.
    HandLowered,
    /// Our hand went down by itself because we spoke; it can be put back.
    HandDropped,
    /// We may speak and show ourselves from now on.
    MayPublish,
    /// Not any more.
    MayNotPublish,
    /// Our microphone was switched off: the host's name, or nothing when the room's policy did.
    Muted(String),
    /// Somebody waits to be let in; the view names them.
    Knock,
    /// The hub refused a wish.
    Denied,
    /// A wish did not reach the hub: there was no connection.
    Unsaid,
    /// A device or codec failed, and the call goes on without.
    Trouble(Trouble),
    /// Blur runs elsewhere or otherwise from now on.
    Blur(Notice),
    /// The background picture cannot be used: the engine's words.
    PictureRefused(String),
    /// Those who were to be called were not.
    NotRung(Failure),
}

/// The toasts on show, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Toasts(Vec<(Toast, f64)>);

impl Toasts {
    /// Shows one, in place of an older one of its kind.
    pub fn show(&mut self, toast: Toast, now_s: f64) {
        let kind = std::mem::discriminant(&toast);
        self.0.retain(|(old, _)| std::mem::discriminant(old) != kind);
        let until = if toast == Toast::Knock { f64::INFINITY } else { now_s + STAYS_S };
        self.0.push((toast, until));
    }

    /// Takes away every one of this kind.
    pub fn dismiss(&mut self, toast: &Toast) {
        let kind = std::mem::discriminant(toast);
        self.0.retain(|(old, _)| std::mem::discriminant(old) != kind);
    }

    /// Takes away all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Those that still stand. Gives also the seconds until the next one goes.
    pub fn standing(&mut self, now_s: f64) -> (&[(Toast, f64)], Option<f64>) {
        self.0.retain(|(_, until)| *until > now_s);
        let next = self.0.iter().map(|(_, until)| until - now_s).reduce(f64::min);
        (&self.0, next.filter(|wait| wait.is_finite()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_shows_once_and_goes_after_six_seconds() {
        let mut toasts = Toasts::default();
        toasts.show(Toast::Trouble(Trouble::Media), 0.0);
        toasts.show(Toast::Hands, 1.0);
        toasts.show(Toast::Trouble(Trouble::System), 2.0);
        let (standing, next) = toasts.standing(6.9);
        assert_eq!(standing.len(), 2);
        assert_eq!(standing[1].0, Toast::Trouble(Trouble::System));
        assert!((next.expect("one") - 0.1).abs() < 1e-9);
        assert_eq!(toasts.standing(7.5).0.len(), 1);
        assert_eq!(toasts.standing(8.5).0.len(), 0);
    }
}
