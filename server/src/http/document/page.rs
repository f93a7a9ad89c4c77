//! The document as a page for people: topics, calls, bodies, answers and types. Plain HTML.

use crate::html::escape;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The page's style sheet.
pub const STYLE: &str = include_str!("../../../../assets/api/api.css");

/// The methods of HTTP, in the order of the page.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// One call.
struct Call<'a> {
    method: &'static str,
    path: &'a str,
    what: &'a Value,
}

impl Call<'_> {
    /// Where it is on the page.
    fn anchor(&self) -> String {
        let path: String =
            self.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("{}{}", self.method, path)
    }
}

/// The whole page.
pub fn render(document: &Value) -> String {
    let topics = topics(document);
    let none = Map::new();
    let schemas = document["components"]["schemas"].as_object().unwrap_or(&none);
    let info = &document["info"];
    let mut main = format!(
        "<header><h1>{}</h1><p class=version>Version {}, <a href=\"/api/v1/openapi.json\">OpenAPI \
         document</a></p>{}</header>",
        escape(text(&info["title"])),
        escape(text(&info["version"])),
        prose(text(&info["description"])),
    );
    for (topic, calls) in &topics {
        main += &format!("<section><h2 id=\"topic-{0}\">{0}</h2>", escape(topic));
        for call in calls {
            main += &call_html(call);
        }
        main += "</section>";
    }
    main += "<section><h2 id=types>Types</h2>";
    for (name, schema) in schemas {
        main += &schema_html(name, schema);
    }
    main += "</section>";
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\"><title>{}</title>\
         <style>{STYLE}</style></head><body>{}<main>{main}</main></body></html>",
        escape(text(&info["title"])),
        navigation(&topics, schemas),
    )
}

/// Every call, by topic.
fn topics(document: &Value) -> BTreeMap<&str, Vec<Call<'_>>> {
    let mut topics: BTreeMap<&str, Vec<Call>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(what) = item.get(method) {
                let topic = what["tags"][0].as_str().unwrap_or("other");
                topics.entry(topic).or_default().push(Call { method, path, what });
            }
        }
    }
    topics
}

fn navigation(topics: &BTreeMap<&str, Vec<Call>>, schemas: &Map<String, Value>) -> String {
    let mut html = "<nav aria-label=Contents>".to_owned();
    for (topic, calls) in topics {
        html += &format!("<h2><a href=\"#topic-{0}\">{0}</a></h2><ul>", escape(topic));
        for call in calls {
            let summary = text(&call.what["summary"]).trim_end_matches('.');
            let short = summary.split([';', ':', ',']).next().unwrap_or(summary);
            html += &format!(
                "<li><a href=\"#{}\">{}<span>{}</span></a>",
                call.anchor(),
                method_html(call.method),
                inline(if short.is_empty() { call.path } else { short }),
            );
        }
        html += "</ul>";
    }
    html += "<h2><a href=#types>Types</a></h2><ul class=types>";
    for name in schemas.keys() {
        html += &format!("<li><a href=\"#type-{0}\">{0}</a>", escape(name));
    }
    html + "</ul></nav>"
}

fn call_html(call: &Call) -> String {
    let what = call.what;
    let open = what["security"].as_array().is_some_and(|ways| {
        ways.is_empty() || ways.iter().any(|way| way.as_object().is_some_and(Map::is_empty))
    });
    let mut html = format!(
        "<article id=\"{}\"><h3>{}<code>{}</code>{}</h3>{}{}",
        call.anchor(),
        method_html(call.method),
        escape(call.path).replace('/', "/<wbr>"),
        if open { "<span class=open>no token needed</span>" } else { "" },
        prose(text(&what["summary"])),
        prose(text(&what["description"])),
    );
    let parameters = what["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        html += "<h4>Parameters</h4><table>";
        for parameter in parameters {
            html += &member_html(
                text(&parameter["name"]),
                &type_html(&parameter["schema"]),
                parameter["required"] == true,
                &format!("in the {}. {}", text(&parameter["in"]), text(&parameter["description"])),
            );
        }
        html += "</table>";
    }
    if let Some(content) = what["requestBody"]["content"].as_object() {
        html += "<h4>Body</h4><p>";
        html += &content_html(content);
        html += "</p>";
    }
    html += "<h4>Answers</h4><table class=answers>";
    for (status, answer) in what["responses"].as_object().into_iter().flatten() {
        let content = answer["content"].as_object().map(content_html).unwrap_or_default();
        html += &format!(
            "<tr><th scope=row><code class=\"status s{}\">{}</code><td>{content}<td>{}",
            escape(&status[..1]),
            escape(status),
            inline(text(&answer["description"])),
        );
    }
    html + "</table></article>"
}

fn content_html(content: &Map<String, Value>) -> String {
    let kinds = content.iter().map(|(kind, what)| {
        let of = type_html(&what["schema"]);
        if kind == "application/json" {
            of
        } else {
            format!("{of} as <code>{}</code>", escape(kind))
        }
    });
    kinds.collect::<Vec<_>>().join(" or ")
}

fn schema_html(name: &str, schema: &Value) -> String {
    let mut html = format!(
        "<article id=\"type-{0}\"><h3 class=type>{0}</h3>{1}",
        escape(name),
        prose(text(&schema["description"])),
    );
    let variants = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema[*key].as_array());
    if let Some(variants) = variants {
        html += "<p>One of:</p>";
        for variant in variants {
            html += &format!("<div class=variant>{}</div>", shape_html(variant));
        }
    } else {
        html += &shape_html(schema);
    }
    html + "</article>"
}

/// An object's members, or what else a type is.
fn shape_html(schema: &Value) -> String {
    let Some(members) = schema["properties"].as_object() else {
        return format!("<p>{} {}</p>", type_html(schema), inline(text(&schema["description"])));
    };
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    let mut html = "<table>".to_owned();
    for (name, member) in members {
        let is_required = required.iter().any(|one| one == name);
        html += &member_html(name, &type_html(member), is_required, text(&member["description"]));
    }
    html + "</table>"
}

fn member_html(name: &str, of: &str, required: bool, description: &str) -> String {
    format!(
        "<tr><th scope=row><code>{}</code>{}<td>{of}<td>{}",
        escape(name),
        if required { "" } else { " <small>optional</small>" },
        inline(description),
    )
}

/// A type in words, with links to the types that it is made of.
fn type_html(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a class=type href=\"#type-{0}\">{0}</a>", escape(name));
    }
    if let Some(values) = schema["enum"].as_array() {
        let values =
            values.iter().map(|value| format!("<code>{}</code>", escape(&value.to_string())));
        return values.collect::<Vec<_>>().join(" or ");
    }
    let alternatives = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema[*key].as_array());
    if let Some(alternatives) = alternatives {
        return alternatives.iter().map(type_html).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::Array(types) => {
            let each = |one: &Value| named_type(one.as_str().unwrap_or_default(), schema);
            types.iter().map(each).collect::<Vec<_>>().join(" or ")
        }
        Value::String(one) => named_type(one, schema),
        _ => "anything".to_owned(),
    }
}

fn named_type(name: &str, schema: &Value) -> String {
    match name {
        "array" => format!("list of {}", type_html(&schema["items"])),
        "null" => "<code>null</code>".to_owned(),
        "object" if schema["additionalProperties"].is_object() => {
            format!("map of {}", type_html(&schema["additionalProperties"]))
        }
        _ => escape(name),
    }
}

fn method_html(method: &str) -> String {
    format!("<b class=\"method {method}\">{}</b>", method.to_uppercase())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Paragraphs.
fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    paragraphs.map(|text| format!("<p>{}</p>", inline(text))).collect()
}

/// The marks of Markdown that descriptions use: `code` and [links](https://…).
fn inline(text: &str) -> String {
    let mut html = String::new();
    for (n, part) in text.split('`').enumerate() {
        match n % 2 {
            1 => html += &format!("<code>{}</code>", escape(part)),
            _ => html += &links(part),
        }
    }
    // Links to items of the program say nothing to readers of the page.
    html.replace("[<code>", "<code>").replace("</code>]", "</code>")
}

fn links(text: &str) -> String {
    let found = text.find("](https://").and_then(|middle| {
        let start = text[..middle].rfind('[')?;
        let end = middle + text[middle..].find(')')?;
        Some((start, middle, end))
    });
    match found {
        Some((start, middle, end)) => format!(
            "{}<a href=\"{}\">{}</a>{}",
            escape(&text[..start]),
            escape(&text[middle + 2..end]),
            escape(&text[start + 1..middle]),
            links(&text[end + 1..]),
        ),
        None => escape(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_become_safe_html() {
        let html = prose("A `<b>` & [a link](https://example.org/?a=\"b\").\n\nSee [`Room`].");
        assert_eq!(
            html,
            "<p>A <code>&lt;b&gt;</code> &amp; <a href=\"https://example.org/?a=&quot;b&quot;\">a \
             link</a>.</p><p>See <code>Room</code>.</p>"
        );
    }
}
