//! Sign-in through an OpenID provider, with a small provider of the test's own behind real HTTP: it
//! checks what providers check, and can be told to misbehave.
#![cfg(feature = "oidc")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[expect(dead_code, reason = "the tools of all tests of the hub; these need some of them")]
mod support;

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use protocol::SignedIn;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use server::config::Oidc;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use support::World;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What the provider knows and does.
#[derive(Default)]
struct Knowledge {
    issuer: String,
    /// Claims that are put into, or over, those of a right token.
    claims: Value,
    /// Another token endpoint than its own.
    token_endpoint: Option<String>,
    /// The parameters of the last authorization request.
    asked: HashMap<String, String>,
}

type Shared = Arc<Mutex<Knowledge>>;

/// Starts a provider; its issuer.
async fn provider(claims: Value) -> (String, Shared) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let knowledge = Knowledge { issuer: issuer.clone(), claims, ..Knowledge::default() };
    let shared = Arc::new(Mutex::new(knowledge));
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .with_state(shared.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (issuer, shared)
}

async fn configuration(State(shared): State<Shared>) -> Json<Value> {
    let knowledge = shared.lock().unwrap();
    let issuer = &knowledge.issuer;
    let token_endpoint = knowledge.token_endpoint.clone().unwrap_or(format!("{issuer}/token"));
    Json(
        json!({ "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
                 "token_endpoint": token_endpoint }),
    )
}

async fn authorize(
    State(shared): State<Shared>,
    Query(asked): Query<HashMap<String, String>>,
) -> Redirect {
    for (key, value) in [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", "hub & co"),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[key], value);
    }
    let back = format!("{}?code=the-code&state={}", asked["redirect_uri"], asked["state"]);
    shared.lock().unwrap().asked = asked;
    Redirect::to(&back)
}

async fn token(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let knowledge = shared.lock().unwrap();
    let credentials = STANDARD.encode("hub%20%26%20co:s%3Acret");
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    let right = headers["authorization"] == format!("Basic {credentials}")
        && form["grant_type"] == "authorization_code"
        && form["code"] == "the-code"
        && form["redirect_uri"] == knowledge.asked["redirect_uri"]
        && challenge == knowledge.asked["code_challenge"];
    if !right {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })))
            .into_response();
    }
    let mut claims = json!({
        "iss": knowledge.issuer, "sub": "7", "aud": "hub & co", "exp": 4_000_000_000_i64,
        "nonce": knowledge.asked["nonce"], "name": "Anna Muster",
        "preferred_username": "anna", "email": "anna@example.org", "email_verified": true,
    });
    for (key, value) in knowledge.claims.as_object().unwrap() {
        claims[key] = value.clone();
    }
    let id_token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let tokens = json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token });
    Json(tokens).into_response()
}

/// A hub that trusts the provider.
fn hub(issuer: &str, change: impl FnOnce(&mut Oidc)) -> World {
    World::start_with(|config| {
        let mut oidc = Oidc {
            issuer: issuer.to_owned(),
            client_id: "hub & co".to_owned(),
            client_secret: Some("s:cret".to_owned()),
            make_accounts: false,
            match_email: false,
        };
        change(&mut oidc);
        config.oidc = Some(oidc);
    })
}

/// A browser, that follows no redirect by itself and keeps one cookie.
struct Browser {
    http: reqwest::Client,
    cookie: String,
}

impl Browser {
    fn new() -> Browser {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Browser { http, cookie: String::new() }
    }

    async fn open(&mut self, url: &str) -> reqwest::Response {
        let answer = self.http.get(url).header(COOKIE, &self.cookie).send().await.unwrap();
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }

    /// Where a page sends the browser.
    async fn sent(&mut self, url: &str) -> String {
        let answer = self.open(url).await;
        let status = answer.status();
        match answer.headers().get(LOCATION) {
            Some(location) => location.to_str().unwrap().to_owned(),
            None => panic!("{url}: {status} {}", answer.text().await.unwrap()),
        }
    }
}

fn start_url(world: &World) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    format!("http://{}/auth/oidc/start?port=5555&challenge={challenge}", world.hub.http_addr())
}

/// From the client's page to the hub's callback address, with the provider's code.
async fn at_the_door(world: &World, browser: &mut Browser) -> String {
    let provider = browser.sent(&start_url(world)).await;
    browser.sent(&provider).await
}

/// The whole way; the one-time code on the client's port, or why not.
async fn way(world: &World) -> Result<String, (u16, Value)> {
    let mut browser = Browser::new();
    let callback = at_the_door(world, &mut browser).await;
    let answer = browser.open(&callback).await;
    let status = answer.status().as_u16();
    match answer.headers().get(LOCATION) {
        Some(location) => {
            let location = location.to_str().unwrap();
            Ok(location.strip_prefix("http://127.0.0.1:5555/?code=").unwrap().to_owned())
        }
        None => Err((status, answer.json().await.unwrap())),
    }
}

async fn exchange(world: &World, code: &str, verifier: &str) -> (u16, Value) {
    world.post("/api/v1/session/oidc", json!({ "code": code, "verifier": verifier })).await
}

async fn signed_in(world: &World) -> SignedIn {
    let code = way(world).await.unwrap();
    let (status, answer) = exchange(world, &code, VERIFIER).await;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_value(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_signs_in_and_an_account_is_made_once() {
    let (issuer, _) = provider(json!({})).await;
    let world = hub(&issuer, |oidc| oidc.make_accounts = true);
    let first = signed_in(&world).await;
    assert_eq!((first.user.as_str(), first.display_name.as_str()), ("anna", "Anna Muster"));
    assert!(!first.must_change, "there is no password to change");
    let (status, me) = world.get("/api/v1/me", Some(&first.token)).await;
    assert_eq!(
        (status, &me["email"], &me["role"]),
        (200, &json!("anna@example.org"), &json!("member"))
    );
    assert_eq!(signed_in(&world).await.user, "anna", "the same one again");

    let (_, page) = world.get("/api/v1/admin/users?query=anna", Some(&world.token)).await;
    assert_eq!(page["users"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn namesakes_get_accounts_of_their_own() {
    let (issuer, shared) = provider(json!({ "preferred_username": "admin" })).await;
    let world = hub(&issuer, |oidc| oidc.make_accounts = true);
    assert_eq!(signed_in(&world).await.user, "admin2", "never the administrator's");
    shared.lock().unwrap().claims["sub"] = json!("8");
    assert_eq!(signed_in(&world).await.user, "admin3");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_account_there_is_no_way_in_unless_the_address_is_known() {
    let (issuer, shared) = provider(json!({})).await;
    let strict = hub(&issuer, |_| {});
    let account = json!({ "name": "amuster", "email": "anna@example.org" });
    assert_eq!(strict.post("/api/v1/admin/users", account.clone()).await.0, 201);
    let (status, why) = way(&strict).await.unwrap_err();
    assert_eq!((status, &why["code"]), (403, &json!("forbidden")), "addresses do not count");

    let world = hub(&issuer, |oidc| oidc.match_email = true);
    assert_eq!(world.post("/api/v1/admin/users", account).await.0, 201);
    shared.lock().unwrap().claims["email_verified"] = json!(false);
    assert_eq!(way(&world).await.unwrap_err().0, 403, "nobody verified it");
    shared.lock().unwrap().claims = json!({});
    let anna = signed_in(&world).await;
    assert_eq!(anna.user, "amuster");
    // From then on by the subject, whatever the address; and nobody else by the address.
    shared.lock().unwrap().claims = json!({ "email": "other@example.org" });
    assert_eq!(signed_in(&world).await.user, "amuster");
    shared.lock().unwrap().claims = json!({ "sub": "8" });
    assert_eq!(way(&world).await.unwrap_err().0, 403, "that account is bound");

    let url = format!("http://{}/api/v1/me", world.hub.http_addr());
    let body = json!({ "email": "boss@example.org" });
    let change = world.http.patch(url).bearer_auth(&anna.token).json(&body).send().await.unwrap();
    assert_eq!(change.status(), 403, "nobody takes another's address");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_stays_out() {
    let (issuer, _) = provider(json!({})).await;
    let world = hub(&issuer, |oidc| oidc.make_accounts = true);
    signed_in(&world).await;
    let code = way(&world).await.unwrap();
    let url = format!("http://{}/api/v1/admin/users/anna", world.hub.http_addr());
    let body = json!({ "disabled": true });
    world.http.patch(url).bearer_auth(&world.token).json(&body).send().await.unwrap();
    assert_eq!(exchange(&world, &code, VERIFIER).await.0, 401);
    assert_eq!(way(&world).await.unwrap_err().0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_for_this_sign_in_is_refused() {
    let (issuer, shared) = provider(json!({})).await;
    let world = hub(&issuer, |oidc| oidc.make_accounts = true);
    for wrong in [
        json!({ "iss": "https://evil.example.org" }),
        json!({ "aud": "another" }),
        json!({ "exp": 1 }),
        json!({ "nonce": "another" }),
        json!({ "sub": null }),
    ] {
        shared.lock().unwrap().claims = wrong.clone();
        let (status, why) = way(&world).await.unwrap_err();
        assert_eq!((status, &why["code"]), (502, &json!("provider")), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_browser_that_left_comes_back_and_only_once() {
    let (issuer, _) = provider(json!({})).await;
    let world = hub(&issuer, |oidc| oidc.make_accounts = true);
    let mut browser = Browser::new();
    let callback = at_the_door(&world, &mut browser).await;
    // Whoever is lured to the address has not the cookie, and spoils it for everybody.
    let lured = Browser::new().open(&callback).await;
    assert_eq!(lured.status(), 400);
    assert_eq!(browser.open(&callback).await.status(), 400);

    let callback = at_the_door(&world, &mut browser).await;
    assert_eq!(browser.open(&callback).await.status(), 303);
    let again = browser.open(&callback).await;
    assert_eq!(again.status(), 400);
    assert_eq!(again.json::<Value>().await.unwrap()["code"], "unknown_sign_in");

    let callback = at_the_door(&world, &mut browser).await;
    let refused = callback.replace("code=the-code", "error=access_denied");
    let refused = browser.open(&refused).await;
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("access_denied"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_exchanged_once_and_by_the_client_that_asked() {
    let (issuer, _) = provider(json!({})).await;
    let world = hub(&issuer, |oidc| oidc.make_accounts = true);
    let code = way(&world).await.unwrap();
    let (status, why) = exchange(&world, &code, "another client's verifier").await;
    assert_eq!((status, &why["code"]), (401, &json!("wrong_code")));
    assert_eq!(exchange(&world, &code, VERIFIER).await.0, 401, "and it is spent");
    let code = way(&world).await.unwrap();
    assert_eq!(exchange(&world, &code, VERIFIER).await.0, 200);
    assert_eq!(exchange(&world, &code, VERIFIER).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_start_an_unsafe_provider_and_none_at_all_are_told_apart() {
    let mut browser = Browser::new();
    let plain = World::start();
    assert_eq!(browser.open(&start_url(&plain)).await.status(), 404);
    assert_eq!(exchange(&plain, "x", VERIFIER).await.0, 404);

    let (issuer, shared) = provider(json!({})).await;
    let world = hub(&issuer, |_| {});
    // Without TLS nobody vouches for the ID token.
    shared.lock().unwrap().token_endpoint = Some("http://id.example.org/token".to_owned());
    assert_eq!(browser.open(&start_url(&world)).await.status(), 502);
    shared.lock().unwrap().token_endpoint = None;
    shared.lock().unwrap().issuer.push_str("/other");
    assert_eq!(browser.open(&start_url(&world)).await.status(), 502, "it calls itself otherwise");
    let short = start_url(&world).replace("challenge=", "challenge=x");
    assert_eq!(browser.open(&short).await.status(), 400);
    let portless = start_url(&world).replace("5555", "0");
    assert_eq!(browser.open(&portless).await.status(), 400);
}
