//! What an ID token says, and whether it is meant for us.

use crate::accounts::details;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::MAX_NAME_CHARS;
use serde::Deserialize;

/// How far the provider's clock may be behind ours, in seconds.
const LEEWAY_S: i64 = 60;

/// The longest subject (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// Somebody whom the provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Theirs for good: the issuer and what it calls them.
    pub subject: String,
    /// An address that the provider has verified.
    pub email: Option<String>,
    /// What an account of theirs could be named.
    pub account_name: String,
    /// What others could read.
    pub display_name: String,
}

/// Whom a token has to be for.
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Us.
    pub client_id: &'a str,
    /// This very sign-in.
    pub nonce: &'a str,
    /// Unix seconds.
    pub now_s: i64,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    nonce: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    name: Option<String>,
    preferred_username: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Reads an ID token and checks it as OpenID Connect Core 1.0, section 3.1.3.7, asks; the signature
/// is left to TLS (item 6).
pub fn identity(token: &str, expected: &Expected<'_>) -> Result<Identity, &'static str> {
    let payload = token.split('.').nth(1).ok_or("the ID token has no payload")?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| "the ID token is not base64url")?;
    let claims: Claims =
        serde_json::from_slice(&payload).map_err(|_| "the ID token lacks required claims")?;
    if claims.iss != expected.issuer {
        return Err("the ID token is another issuer's");
    }
    let audience = match &claims.aud {
        Audience::One(one) => std::slice::from_ref(one),
        Audience::Many(many) => many,
    };
    let ours = |id: &String| id == expected.client_id;
    let authorized = claims.azp.as_ref().map_or(audience.len() == 1, ours);
    if !audience.iter().any(ours) || !authorized {
        return Err("the ID token is for somebody else");
    }
    if claims.exp + LEEWAY_S as f64 <= expected.now_s as f64 {
        return Err("the ID token has expired");
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err("the ID token belongs to another sign-in");
    }
    let subject = &claims.sub;
    if !(1..=MAX_SUBJECT_BYTES).contains(&subject.len()) || subject.contains(char::is_control) {
        return Err("the ID token's subject is unusable");
    }
    Ok(person(claims))
}

fn person(claims: Claims) -> Identity {
    let email = claims.email.filter(|_| claims.email_verified);
    let email = email.and_then(|email| details::email(&email).ok().flatten());
    let names = [claims.preferred_username.as_deref(), email.as_deref()];
    let account_name = names.into_iter().flatten().map(account_name).find(|name| !name.is_empty());
    let account_name = account_name.unwrap_or_else(|| "user".to_owned());
    let display_name: String =
        claims.name.unwrap_or_default().chars().take(MAX_NAME_CHARS).collect();
    Identity {
        subject: format!("{} {}", claims.iss, claims.sub),
        email,
        display_name: details::display_name(&display_name).unwrap_or_else(|_| account_name.clone()),
        account_name,
    }
}

/// What of a name an account's name may have, without what follows an `@`.
fn account_name(name: &str) -> String {
    let before = name.split('@').next().unwrap_or_default();
    let fits = |c: &char| c.is_ascii_alphanumeric() || ".-_".contains(*c);
    before.chars().filter(fits).take(48).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const EXPECTED: Expected<'_> =
        Expected { issuer: "https://id", client_id: "hub", nonce: "n", now_s: 1000 };

    fn good() -> Value {
        json!({ "iss": "https://id", "sub": "7", "aud": "hub", "exp": 1300, "nonce": "n",
                "email": "anna@example.org", "email_verified": true, "name": "Anna Muster" })
    }

    fn read(claims: &Value) -> Result<Identity, &'static str> {
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        identity(&format!("e30.{payload}.x"), &EXPECTED)
    }

    #[test]
    fn a_token_for_us_tells_who_it_is() {
        let anna = read(&good()).unwrap();
        assert_eq!(anna.subject, "https://id 7");
        assert_eq!(
            (anna.account_name.as_str(), anna.display_name.as_str()),
            ("anna", "Anna Muster")
        );
        assert_eq!(anna.email.as_deref(), Some("anna@example.org"));
    }

    #[test]
    fn every_check_of_core_3_1_3_7_refuses() {
        for (claim, wrong) in [
            ("iss", json!("https://evil")),
            ("aud", json!("other")),
            ("aud", json!(["other"])),
            ("aud", json!(["hub", "other"])),
            ("azp", json!("other")),
            ("exp", json!(940)),
            ("nonce", json!("other")),
            ("nonce", Value::Null),
            ("sub", json!("")),
            ("sub", json!("x".repeat(256))),
        ] {
            let mut claims = good();
            claims[claim] = wrong.clone();
            assert!(read(&claims).is_err(), "{claim} = {wrong}");
        }
        let mut shared = good();
        shared["aud"] = json!(["other", "hub"]);
        shared["azp"] = json!("hub");
        assert!(read(&shared).is_ok());
        for broken in ["", "a", "a.%%%.c", "a.e30.c"] {
            assert!(identity(broken, &EXPECTED).is_err(), "{broken}");
        }
    }

    #[test]
    fn an_address_that_nobody_verified_is_none() {
        let mut claims = good();
        claims["email_verified"] = json!(false);
        claims["preferred_username"] = json!("Änna Müster@corp");
        let anna = read(&claims).unwrap();
        assert_eq!((anna.email, anna.account_name.as_str()), (None, "nnaMster"));
    }
}
