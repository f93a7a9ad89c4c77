//! Calls as notifications of the system, over D-Bus: so that they are seen while the window is
//! hidden or behind others. A desktop without a notification service shows the pop-up alone.

use crate::state::Choice;
use notify_rust::{Hint, Notification, NotificationResponse, Timeout, Urgency};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Names of the actions on the bus.
const JOIN: &str = "join";
const DECLINE: &str = "decline";

/// One call as the system announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Names the call.
    pub call: String,
    /// Who calls.
    pub title: String,
    /// Where to.
    pub text: String,
    /// The words that take it.
    pub join: String,
    /// The words that decline it.
    pub decline: String,
    /// The user asked to be left alone: it interrupts nothing.
    pub quiet: bool,
}

/// The notifications that stand. Dropping it takes them away.
#[derive(Debug, Default)]
pub struct Notices {
    standing: HashMap<String, oneshot::Sender<()>>,
}

impl Notices {
    /// Shows those that are new and takes away those that are gone. `chosen` hears, on the
    /// runtime, what the user pressed on which call.
    pub fn show(
        &mut self,
        runtime: &tokio::runtime::Handle,
        wanted: &[Notice],
        chosen: &Arc<dyn Fn(String, Choice) + Send + Sync>,
    ) {
        self.standing.retain(|call, _| wanted.iter().any(|notice| notice.call == *call));
        for notice in wanted {
            if self.standing.contains_key(&notice.call) {
                continue;
            }
            let (end, ended) = oneshot::channel();
            self.standing.insert(notice.call.clone(), end);
            runtime.spawn(announce(notice.clone(), ended, chosen.clone()));
        }
    }
}

/// Shows one until it was answered or `ended` closes.
async fn announce(
    notice: Notice,
    ended: oneshot::Receiver<()>,
    chosen: Arc<dyn Fn(String, Choice) + Send + Sync>,
) {
    let asked = tokio::task::spawn_blocking(notify_rust::get_capabilities).await;
    let capabilities = asked.ok().and_then(Result::ok).unwrap_or_default();
    let mut wanted = Notification::new();
    wanted
        .appname("Katheder")
        .icon("katheder")
        .summary(&notice.title)
        .body(&escaped(&notice.text, &capabilities))
        .hint(Hint::Category("call.incoming".to_owned()))
        .hint(Hint::DesktopEntry(crate::APP_ID.to_owned()))
        // The program rings by itself.
        .hint(Hint::SuppressSound(true))
        .urgency(if notice.quiet { Urgency::Low } else { Urgency::Critical })
        .timeout(Timeout::Never);
    if capabilities.iter().any(|capability| capability == "actions") {
        wanted.action("default", &notice.join).action(JOIN, &notice.join);
        wanted.action(DECLINE, &notice.decline);
    }
    let shown = match wanted.show_async().await {
        Ok(shown) => shown,
        Err(error) => {
            tracing::debug!(%error, "the system shows no notifications");
            return;
        }
    };
    let mut choice = None;
    let pressed = shown.wait_for_action_async(|response: &NotificationResponse| {
        choice = match response {
            NotificationResponse::Default => Some(Choice::Show),
            NotificationResponse::Action(action) if action == JOIN => Some(Choice::Join),
            NotificationResponse::Action(action) if action == DECLINE => Some(Choice::Decline),
            _ => None,
        };
    });
    tokio::select! {
        () = pressed => {}
        _ = ended => shown.close_async().await,
    }
    if let Some(choice) = choice {
        chosen(notice.call, choice);
    }
}

/// Names of people and rooms are text, also for a service that reads markup.
fn escaped(text: &str, capabilities: &[String]) -> String {
    if capabilities.iter().any(|capability| capability == "body-markup") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}
