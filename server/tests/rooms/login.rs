//! The session login: a page, a form for other web sites, and the way from there to the guest page.

use crate::support::World;
use crate::{get, set_policy};
use protocol::*;
use reqwest::redirect;
use reqwest::{RequestBuilder, Response};
use std::net::Ipv4Addr;

/// A browser at an address of this machine, which shows where it is sent instead of going there.
fn browser(from: Ipv4Addr) -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .local_address(std::net::IpAddr::V4(from))
        .build()
        .unwrap()
}

/// The form as a browser sends it.
fn form(world: &World, from: Ipv4Addr, entries: &[(&str, &str)]) -> RequestBuilder {
    let body = entries.iter().map(|(name, value)| format!("{name}={}", percent(value)));
    browser(from)
        .post(format!("http://{}/login", world.hub.http_addr()))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept-language", "de")
        .body(body.collect::<Vec<_>>().join("&"))
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn e6_number_and_name_lead_to_the_guest_page() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let spaced = format!("{} {} {}", &room.number[..3], &room.number[3..6], &room.number[6..]);
    let entries = [("number", &*spaced), ("pin", ""), ("name", "Jörg & Söhne")];
    let answer = form(&world, Ipv4Addr::LOCALHOST, &entries).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let place = header(&answer, "location").to_owned();
    let (path, name) = place.split_once("#name=").unwrap();
    assert_eq!(name, "J%C3%B6rg%20%26%20S%C3%B6hne");
    assert_ne!(path, room.link_path, "the room's own link is not given away");
    let page = world.page(path).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Daily"));
    let brief = Room { link_path: path.to_owned(), ..room.clone() };
    assert!(matches!(world.guest(&brief, "Jörg").await.next().await, HubMessage::Waiting { .. }));

    let links = get(&world, &format!("/rooms/{}/links", room.number), &world.token).await.1;
    assert_eq!(links, serde_json::json!([]), "it is in no list");
    sqlx::query("UPDATE room_links SET expires_at_ms = created_at_ms")
        .execute(&mut world.database().await)
        .await
        .unwrap();
    assert_eq!(world.guest(&brief, "Jörg").await.refused().await, Refusal::Link);
}

#[tokio::test(flavor = "multi_thread")]
async fn e6_wrong_numbers_and_pins_look_alike_and_are_limited() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    set_policy(&world, &room, RoomPolicy { pin_required: true, ..room.policy }).await;
    let wrong = if room.pin == "111111" { "222222" } else { "111111" };
    let at = |n: u8| Ipv4Addr::new(127, 2, 0, n);
    let mut pages = Vec::new();
    for (n, number) in [(1, &*room.number), (2, "099999999")] {
        let entries = [("number", number), ("pin", wrong), ("name", "Helene")];
        let answer = form(&world, at(n), &entries).send().await.unwrap();
        assert_eq!(answer.status(), 403);
        let html = answer.text().await.unwrap().replace(number, "…");
        let (before, rest) = html.split_once("<style nonce=\"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        pages.push(format!("{before}{after}"));
    }
    assert!(pages[0].contains("Diese Nummer und PIN führen in keinen Raum"), "{}", pages[0]);
    assert!(pages[0].contains("value=\"Helene\"") && !pages[0].contains(wrong));
    assert_eq!(pages[0], pages[1]);
    for n in 3..12 {
        let entries = [("number", &*room.number), ("pin", wrong), ("name", "Helene")];
        assert_eq!(form(&world, at(n), &entries).send().await.unwrap().status(), 403);
    }
    let entries = [("number", &*room.number), ("pin", &*room.pin), ("name", "Helene")];
    let answer = form(&world, at(13), &entries).send().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert!(answer.text().await.unwrap().contains("zu viele falsche Versuche"));
}

#[tokio::test(flavor = "multi_thread")]
async fn e6_another_site_cannot_send_the_form() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let own = format!("http://{}", world.hub.http_addr());
    let right = [("number", &*room.number), ("name", "Helene")];
    for (name, value, status) in [
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://127.0.0.1.evil.example", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-origin", 303),
        ("origin", &*own, 303),
    ] {
        let request = form(&world, Ipv4Addr::LOCALHOST, &right).header(name, value);
        assert_eq!(request.send().await.unwrap().status(), status, "{name}: {value}");
    }
    // What another site sends costs its visitors no tries.
    for _ in 0..12 {
        let wrong = [("number", "099999999"), ("name", "Helene")];
        let request =
            form(&world, Ipv4Addr::LOCALHOST, &wrong).header("origin", "https://e.example");
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
    let answer = form(&world, Ipv4Addr::LOCALHOST, &right).send().await.unwrap();
    assert_eq!(answer.status(), 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn e6_the_pages_carry_strict_headers_and_only_the_frame_may_be_framed() {
    let world = World::start();
    for (path, framed) in [("/login", false), ("/login/embed", true)] {
        let answer = world.page(&format!("{path}?color=%231f5fa8")).await;
        assert_eq!(answer.status(), 200);
        let policy = header(&answer, "content-security-policy");
        let ancestors = if framed { "frame-ancestors *" } else { "frame-ancestors 'none'" };
        assert!(policy.ends_with(ancestors) && policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("form-action 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&answer, "x-frame-options"), if framed { "" } else { "DENY" });
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "referrer-policy"), "same-origin");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "set-cookie"), "");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let html = answer.text().await.unwrap();
        assert!(html.contains(&format!("<style nonce=\"{nonce}\">:root:root{{--accent:#1f5fa8;")));
        assert!(!html.contains(" style=") && !html.contains("<script>") && !html.contains("{{"));
    }
    let room = world.room("Daily", RoomKind::GroupCall).await;
    for path in ["/healthz", "/guest/guest.css", "/login/login.css", &room.link_path, "/nothing"] {
        assert_eq!(header(&world.page(path).await, "x-frame-options"), "DENY", "{path}");
    }
    let script = world.page("/login/embed.js").await;
    assert_eq!(header(&script, "content-type"), "text/javascript; charset=utf-8");
    for path in ["/login/form.html", "/login/nothing.js", "/login/..%2Fguest%2Fmain.js"] {
        assert_eq!(world.page(path).await.status(), 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e7_a_preset_number_is_not_asked_for() {
    let world = World::start();
    let html = world.page("/login/embed?number=483920175").await.text().await.unwrap();
    assert!(html.contains("<input type=\"hidden\" name=\"number\" value=\"483920175\">"));
    assert!(html.contains("<b>483 920 175</b>") && !html.contains("id=\"number\""));
    assert!(html.contains("target=\"_blank\""), "the guest page gets a window of its own");
    let asked = world.page("/login?number=12").await.text().await.unwrap();
    assert!(asked.contains("id=\"number\"") && !asked.contains("target="));
    // After a mistake it is still preset, and the form still looks the same.
    let entries = [("number", "099999999"), ("fixed", "true"), ("name", "x"), ("color", "#1f5fa8")];
    let again = form(&world, Ipv4Addr::LOCALHOST, &entries).send().await.unwrap();
    let html = again.text().await.unwrap();
    assert!(!html.contains("id=\"number\"") && html.contains("--accent:#1f5fa8;"));
}

#[tokio::test(flavor = "multi_thread")]
async fn e8_colours_title_and_language_are_preset_and_nothing_else_gets_through() {
    let world = World::start();
    let page = async |query: &str| {
        let request = format!("http://{}/login/embed?{query}", world.hub.http_addr());
        let request = world.http.get(request).header("accept-language", "de-AT, en;q=0.5");
        request.send().await.unwrap().text().await.unwrap()
    };
    let html = page("color=1f5fa8&background=%23101010&title=Ihr+Termin&language=en").await;
    assert!(html.contains("--accent:#1f5fa8;") && html.contains("--window:#101010;"));
    assert!(html.contains("color-scheme:dark") && html.contains("<h1>Ihr Termin</h1>"));
    assert!(html.contains("<html lang=\"en\">") && html.contains("Your name"));
    assert!(page("").await.contains("<html lang=\"de\">"));
    let odd = page(
        "color=%23fff%3B%7D*%7Bx&background=red&title=%3Cscript%3Ealert(1)%3C/script%3E&language=fr",
    )
    .await;
    assert!(odd.contains("<style nonce=") && odd.contains("\"></style>"), "no colour got through");
    assert!(odd.contains("&lt;script&gt;alert(1)") && !odd.contains("<script>"));
    assert!(odd.contains("<html lang=\"de\">"));
}

#[tokio::test(flavor = "multi_thread")]
async fn e6_integration_code_is_ready_to_copy() {
    let world = World::start_with(|config| {
        config.public_url = Some("https://meet.example.org".to_owned());
    });
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let path = format!("/rooms/{}/embed?color=%231F5FA8&language=de", room.number);
    let (status, code) = get(&world, &path, &world.token).await;
    assert_eq!(status, 200, "{code}");
    let code: EmbedCode = serde_json::from_value(code).unwrap();
    assert_eq!(
        code.script,
        format!(
            "<script src=\"https://meet.example.org/login/embed.js\" data-number=\"{}\" \
             data-color=\"#1f5fa8\" data-language=\"de\" async></script>",
            room.number
        )
    );
    let query = format!("?number={}&amp;color=%231f5fa8&amp;language=de", room.number);
    assert!(code.frame.contains(&format!("https://meet.example.org/login/embed{query}\"")));
    let address = code.url.strip_prefix("https://meet.example.org").unwrap();
    assert_eq!(world.page(address).await.status(), 200);
    let path = format!("/rooms/{}/embed?color=red", room.number);
    let (status, error) = get(&world, &path, &world.token).await;
    assert_eq!((status, error["field"].as_str()), (400, Some("color")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_none_is_answered_with_the_form() {
    let world = World::start();
    let url = format!("http://{}/login", world.hub.http_addr());
    let client = browser(Ipv4Addr::LOCALHOST);
    let answer = client.post(&url).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 415);
    assert!(answer.text().await.unwrap().contains("id=\"number\""));
    let answer = form(&world, Ipv4Addr::LOCALHOST, &[("number", "1"), ("name", " ")]);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("Bitte geben Sie Ihren Namen ein"));
    let huge = "x".repeat(100_000);
    let answer = form(&world, Ipv4Addr::LOCALHOST, &[("name", &huge)]).send().await.unwrap();
    assert_eq!(answer.status(), 413);
}
