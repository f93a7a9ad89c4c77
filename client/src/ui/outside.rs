//! What the desktop shows of us outside of the window, in words: notifications and the tray.

use crate::i18n::Texts;
use crate::notices::Notice;
use crate::settings::{BackdropKind, Settings};
use crate::state::State;
use crate::tray::Look;
use protocol::{Presence, Ring};

/// The calls that the system announces now.
pub fn notices(state: &State) -> Vec<Notice> {
    state.calls.ringing.iter().map(|ring| notice(state.texts, ring)).collect()
}

fn notice(t: Texts, ring: &Ring) -> Notice {
    let text = match (ring.direct, ring.video) {
        (true, true) => t.get("calls-you-video"),
        (true, false) => t.get("calls-you-audio"),
        (false, _) => t.named("calls-you-into", &ring.room.name),
    };
    Notice {
        call: ring.call.clone(),
        title: ring.caller_name.clone(),
        text,
        join: t.get("calls-join"),
        decline: t.get("calls-decline"),
        quiet: ring.quiet,
    }
}

/// What the tray shows now.
pub fn tray(state: &State) -> Look {
    let t = state.texts;
    let presence = state.people.own.filter(|_| state.live);
    let missed = state.calls.missed_unseen();
    let line = match presence {
        _ if missed > 0 => t.count("journal-missed-count", missed),
        Some(presence) => super::contacts::presence(t, presence),
        None => t.get("calls-tray-offline"),
    };
    Look {
        state: line,
        show: t.get("calls-tray-show"),
        available: t.get("contacts-online"),
        busy: t.get("contacts-busy"),
        quit: t.get("calls-tray-quit"),
        is_busy: presence.map(|presence| presence == Presence::Busy),
    }
}

/// How we would come into a call: `Sie treten stumm und mit unscharfem Hintergrund bei.`
pub fn how_we_join(t: Texts, settings: &Settings, video: bool) -> String {
    let camera = video && !settings.join_without_camera;
    let sound = t.get(if settings.join_muted { "calls-how-muted" } else { "calls-how-heard" });
    let picture = t.get(match (camera, settings.backdrop.kind) {
        (false, _) => "calls-how-no-camera",
        (true, BackdropKind::Room) => "calls-how-camera",
        (true, BackdropKind::Blurred) => "calls-how-blurred",
        (true, BackdropKind::Picture) => "calls-how-picture",
    });
    t.filled("calls-how", &[("sound", &sound), ("picture", &picture)])
}
