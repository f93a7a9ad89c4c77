//! Refusals of the hub as sentences that say what to do next.

use crate::i18n::Texts;
use crate::state::Failure;

/// A failure as a sentence.
pub fn sentence(t: Texts, failure: &Failure) -> String {
    match failure {
        Failure::WrongPassword => t.get("failure-wrong-password"),
        Failure::TooManyTries => t.get("failure-too-many-tries"),
        Failure::Unreachable(detail) => t.named("failure-unreachable", detail),
        Failure::NotSignedIn => t.get("failure-not-signed-in"),
        Failure::Refused(refusal) => super::words::refusal(t, *refusal),
        Failure::Hub { code, message, .. } => match key(code) {
            Some(key) => t.get(key),
            None => t.named("failure-hub-invalid", message),
        },
        Failure::Other(detail) => t.named("failure-other", detail),
    }
}

/// The key of the sentence for one of the hub's codes; `None` for `invalid` and for codes of a newer
/// hub, whose own words say more.
fn key(code: &str) -> Option<&'static str> {
    Some(match code {
        "not_signed_in" => "failure-hub-not-signed-in",
        "must_change" => "failure-hub-must-change",
        "forbidden" => "failure-hub-forbidden",
        "not_found" => "failure-hub-not-found",
        "too_many_tries" => "failure-hub-too-many-tries",
        "internal" => "failure-hub-internal",
        "wrong_password" => "failure-hub-wrong-password",
        "no_profile" => "failure-hub-no-profile",
        "entry_running" => "failure-hub-entry-running",
        "entry_over" => "failure-hub-entry-over",
        "conference_live" => "failure-hub-conference-live",
        "not_recurring" => "failure-hub-not-recurring",
        "occurrence_begun" => "failure-hub-occurrence-begun",
        "last_occurrence" => "failure-hub-last-occurrence",
        "too_many_exceptions" => "failure-hub-too-many-exceptions",
        "no_mail" => "failure-hub-no-mail",
        "no_date" => "failure-hub-no-date",
        "not_invited" => "failure-hub-not-invited",
        "single_occurrence" => "failure-hub-single-occurrence",
        "nobody" => "failure-hub-nobody",
        "not_there" => "failure-hub-not-there",
        "ringing" => "failure-hub-ringing",
        "owner" => "failure-hub-owner",
        "planned" => "failure-hub-planned",
        "running" => "failure-hub-running",
        "too_big" => "failure-hub-too-big",
        "bad_picture" => "failure-hub-bad-picture",
        "wrong_code" => "failure-hub-wrong-code",
        "unknown_sign_in" => "failure-hub-unknown-sign-in",
        "busy" => "failure-hub-busy",
        "provider" => "failure-hub-provider",
        "too_many" => "failure-hub-too-many",
        "name_taken" => "failure-hub-name-taken",
        "last_administrator" => "failure-hub-last-administrator",
        "own_account" => "failure-hub-own-account",
        _ => return None,
    })
}
