//! The form, filled in and dressed.

use super::look::Look;
use super::words::{Language, Words};
use super::{Assets, Framable};
use crate::html::escape;
use crate::http::rooms::in_groups;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A form to be shown.
pub struct View<'a> {
    /// How.
    pub look: &'a Look,
    /// In which language.
    pub language: Language,
    /// As a part of another web site.
    pub framed: bool,
    /// What was typed before.
    pub number: &'a str,
    /// What was typed before.
    pub name: &'a str,
    /// What was wrong with it.
    pub error: Option<&'static str>,
}

impl View<'_> {
    /// The page. Styles from the address stand in one element that the policy names by its nonce.
    pub fn answer(&self, status: StatusCode) -> Response {
        let Some(file) = Assets::get("form.html") else {
            return (StatusCode::INTERNAL_SERVER_ERROR, "the page is missing\n").into_response();
        };
        let nonce = STANDARD.encode(rand::random::<[u8; 16]>());
        let html = fill(&String::from_utf8_lossy(&file.data), |name| self.value(name, &nonce));
        let ancestors = if self.framed { "*" } else { "'none'" };
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; \
             img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
             frame-ancestors {ancestors}"
        );
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CACHE_CONTROL, "no-store".to_owned()),
            (header::VARY, "accept-language".to_owned()),
            // With `no-referrer` browsers would send the form without its origin (Fetch, "append a
            // request `Origin` header"), and the hub could not tell whose form it is.
            (header::REFERRER_POLICY, "same-origin".to_owned()),
        ];
        let mut response = (status, headers, Html(html)).into_response();
        if self.framed {
            response.extensions_mut().insert(Framable);
        }
        response
    }

    /// What stands for a name in the template, as HTML.
    fn value(&self, name: &str, nonce: &str) -> String {
        let words: &Words = self.language.words();
        match name {
            "language" => self.language.code().to_owned(),
            "nonce" => nonce.to_owned(),
            "style" => self.look.style(),
            "body" => if self.framed { "framed" } else { "" }.to_owned(),
            "target" => if self.framed { " target=\"_blank\"" } else { "" }.to_owned(),
            "title" => escape(self.look.title.as_deref().unwrap_or(words.title)),
            "lead" => match &self.look.number {
                Some(number) => format!("{} <b>{}</b>", words.lead_room, in_groups(number)),
                None => words.lead.to_owned(),
            },
            "error" => self.error.map(error_note).unwrap_or_default(),
            "number" => self.number_field(words),
            "pin" => words.pin.to_owned(),
            "pin_hint" => words.pin_hint.to_owned(),
            "name" => words.name.to_owned(),
            "name_hint" => words.name_hint.to_owned(),
            "name_value" => escape(self.name),
            "enter" => words.enter.to_owned(),
            "dress" => self
                .look
                .dress()
                .iter()
                .fold(String::new(), |html, (name, value)| html + &hidden(name, value)),
            _ => String::new(),
        }
    }

    fn number_field(&self, words: &Words) -> String {
        if let Some(number) = &self.look.number {
            return hidden("number", number) + &hidden("fixed", "true");
        }
        format!(
            "<label for=\"number\">{}</label><input id=\"number\" name=\"number\" value=\"{}\" \
             inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"20\" required \
             aria-describedby=\"number-hint\"><p class=\"hint\" id=\"number-hint\">{}</p>",
            words.number,
            escape(self.number),
            words.number_hint
        )
    }
}

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}

fn error_note(text: &str) -> String {
    format!("<p class=\"note bad\" role=\"alert\">{text}</p>")
}

/// Puts values in the place of `{{names}}`, in one go: a value is never taken for a template.
fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut html = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        html += before;
        html += &value(name);
        rest = after;
    }
    html + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_no_template() {
        let html =
            fill("<{{a}}|{{b}}>{{", |name| if name == "a" { "{{b}}".into() } else { "2".into() });
        assert_eq!(html, "<{{b}}|2>{{");
    }
}
