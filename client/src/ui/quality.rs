//! A person's quality in words.

use crate::i18n::Texts;
use crate::state::{Cause, Verdict};
use protocol::QualityLevel as Level;

/// The level alone, as a badge is named.
pub fn level(t: Texts, level: Level) -> String {
    t.get(match level {
        Level::Good => "quality-good",
        Level::Weak => "quality-weak",
        Level::Bad => "quality-bad",
    })
}

/// One sentence that names the cause; `name` is whose quality it is.
pub fn sentence(t: Texts, verdict: Verdict, name: &str) -> String {
    let lost = |key: &str, percent: u8| {
        t.filled(key, &[("name", name), ("percent", &percent.to_string())])
    };
    match verdict.cause {
        Cause::Fine => t.get("quality-fine"),
        Cause::HubGone => t.get("quality-hub-gone"),
        Cause::MediaGone => t.get("quality-media-gone"),
        Cause::OwnUplink { loss: Some(percent) } => lost("quality-own-uplink-loss", percent),
        Cause::OwnUplink { loss: None } => t.get("quality-own-uplink"),
        Cause::OwnDownlink { loss: Some(percent) } => lost("quality-own-downlink-loss", percent),
        Cause::OwnDownlink { loss: None } => t.get("quality-own-downlink"),
        Cause::Computer => t.get("quality-computer"),
        Cause::Camera => t.get("quality-camera"),
        Cause::Encoder => t.get("quality-encoder"),
        Cause::Theirs { loss: Some(percent) } => lost("quality-theirs-loss", percent),
        Cause::Theirs { loss: None } => t.named("quality-theirs", name),
        Cause::TheirSilence => t.named("quality-their-silence", name),
        Cause::Both => t.named("quality-both", name),
        Cause::TheirDownlink => t.named("quality-their-downlink", name),
    }
}
