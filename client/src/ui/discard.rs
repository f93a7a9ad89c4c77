//! The question before what was typed and chosen goes.

use crate::i18n::Texts;
use crate::widgets::{Confirm, confirm};
use egui::Context;

/// Asks whether it may go, while it is `asking`; `true` for yes.
pub fn discarded(ctx: &Context, t: Texts, asking: &mut bool) -> bool {
    if !*asking {
        return false;
    }
    let question = Confirm {
        id: "discard",
        title: &t.get("entry-discard-title"),
        text: &t.get("entry-discard-text"),
        yes: &t.get("entry-discard-yes"),
        no: &t.get("entry-discard-no"),
        danger: true,
    };
    let answer = confirm(ctx, &question);
    *asking = answer.is_none();
    answer == Some(true)
}
