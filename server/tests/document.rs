//! The document of the REST calls is whole and true, and so is its page.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[expect(dead_code, reason = "these tests need a part of the tools")]
mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::World;

async fn document(world: &World) -> Value {
    let (status, document) = world.get("/api/v1/openapi.json", None).await;
    assert_eq!(status, 200);
    document
}

/// Every `$ref` in a document.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("$ref", Value::String(reference)) => drop(found.insert(reference)),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// Every call: its method, path, and whether it needs a token.
fn calls(document: &Value) -> Vec<(String, String, bool)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let of_method = |(method, call): (&String, &Value)| {
            let open = call["security"]
                .as_array()
                .is_some_and(|ways| ways.is_empty() || ways.contains(&serde_json::json!({})));
            (method.clone(), path.clone(), !open)
        };
        item.as_object().unwrap().iter().map(of_method).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_of_the_document_leads_somewhere() {
    let world = World::start();
    let document = document(&world).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], format!("http://{}", world.hub.http_addr()));
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.contains("#/components/schemas/ApiError"));
    for reference in found {
        let place = reference.strip_prefix('#').expect("references stay in the document");
        assert!(document.pointer(place).is_some(), "{reference} leads nowhere");
    }
}

/// REST calls get into router and document by the same line; other routes are named in the text.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_hub_is_in_the_document() {
    let document = document(&World::start()).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let mut routes = BTreeSet::new();
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        for rest in source.split(".route(").skip(1) {
            let path = rest.split('"').nth(1).unwrap_or_default();
            if path.starts_with("/api/v1/") {
                routes.insert(path.to_owned());
            }
        }
    }
    assert!(routes.remove("/api/v1/openapi.json") && routes.contains("/api/v1/ws"), "{routes:?}");
    let text = document["info"]["description"].as_str().unwrap();
    for route in routes {
        let known = text.contains(&route) || document["paths"].get(&route).is_some();
        assert!(known, "{route} is served, yet the document does not know it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_described_and_refuses_whoever_has_no_token_unless_it_says_otherwise() {
    let world = World::start();
    let document = document(&world).await;
    let calls = calls(&document);
    assert!(calls.len() > 8, "{calls:?}");
    for (method, path, needs_token) in calls {
        let call = &document["paths"][&path][&method];
        assert!(call["summary"].as_str().is_some_and(|text| text.len() > 5), "{method} {path}");
        assert!(call["tags"][0].is_string(), "{method} {path} belongs to no topic");
        for (status, answer) in call["responses"].as_object().unwrap() {
            let described = answer["description"].as_str().is_some_and(|text| text.len() > 5);
            assert!(described, "{method} {path} does not say what {status} means");
        }
        let mut concrete = path.clone();
        while let (Some(start), Some(end)) = (concrete.find('{'), concrete.find('}')) {
            concrete.replace_range(start..=end, "1");
        }
        let url = format!("http://{}{concrete}", world.hub.http_addr());
        let method = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let answer = world.http.request(method.clone(), url).json(&serde_json::json!({}));
        let answer = answer.send().await.unwrap().status().as_u16();
        assert_eq!(answer == 401, needs_token, "{method} {path} answered {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_every_call_and_type_and_needs_neither_scripts_nor_other_hosts() {
    let world = World::start();
    let document = document(&world).await;
    let page = world.page("/api").await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = page.text().await.unwrap();
    for needed in ["<script", "src=", "@import", "url(", "onclick", "<link"] {
        assert!(!page.contains(needed), "the page has {needed}");
    }
    for (method, path, _) in calls(&document) {
        let anchor: String =
            path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        assert!(page.contains(&format!("<article id=\"{method}{anchor}\">")), "{method} {path}");
    }
    let mut targets = BTreeSet::new();
    for link in page.split("href=").skip(1) {
        if let Some(target) = link.trim_start_matches('"').strip_prefix('#') {
            targets.insert(target.split(['"', '>']).next().unwrap());
        }
    }
    assert!(targets.len() > 10);
    for target in targets {
        let quoted = page.contains(&format!("id=\"{target}\""));
        assert!(quoted || page.contains(&format!("id={target}>")), "#{target} leads nowhere");
    }
}
