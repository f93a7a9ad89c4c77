//! A real browser joins by link, sees and hears, is seen, and is switched between sources without
//! another offer.

use anyhow::Context;
use engine::config::{CameraSource, Config, MicrophoneSource, SpeakerSink};
use engine::frame::VideoFrame;
use katheder_suite::chromium::Chromium;
use katheder_suite::conference::{LIMIT, Venue};
use protocol::{ParticipantId, RoomKind};
use serde_json::Value;

/// Frames decoded, keyframes decoded and height of the newest picture in one of the page's slots.
const SLOT_STATS: &str = "(async (mid) => { const stats = await window.katheder.pc.getStats(); \
    for (const s of stats.values()) if (s.type === 'inbound-rtp' && s.kind === 'video' && s.mid === mid) \
    return { decoded: s.framesDecoded, height: s.frameHeight ?? 0 }; return { decoded: 0, height: 0 }; })";

/// Leaves the page one video slot, so that another source must come through the same one.
const ONE_SLOT: &str = "(() => { const add = RTCPeerConnection.prototype.addTransceiver; let slots = 0; \
    RTCPeerConnection.prototype.addTransceiver = function (kind, init) { \
    const spare = kind === 'video' && init?.direction === 'recvonly' && slots++ > 0; \
    return add.call(this, kind, spare ? { ...init, direction: 'inactive' } : init); }; return true; })()";

const TOTALS: &str = "(async () => { let frames = 0, samples = 0; \
    for (const s of (await window.katheder.pc.getStats()).values()) if (s.type === 'inbound-rtp') { \
    frames += s.framesDecoded ?? 0; samples += s.totalSamplesReceived ?? 0; } return { frames, samples }; })()";

fn native(name: &str, max_lines: u32) -> Config {
    Config {
        name: name.to_owned(),
        camera: CameraSource::Demo,
        microphone: MicrophoneSource::Demo,
        speaker: SpeakerSink::Null,
        max_lines,
        audio_slots: 3,
        video_slots: 1,
        ..Config::default()
    }
}

/// Chromium's fake camera paints green with a moving pie and a clock.
fn is_fake_camera(frame: &VideoFrame) -> bool {
    let mean = |plane: &[u8]| plane.iter().map(|&v| u64::from(v)).sum::<u64>() / plane.len() as u64;
    mean(&frame.planes.u) < 118 && mean(&frame.planes.v) < 118
}

fn is_presenter(frame: &VideoFrame) -> bool {
    !is_fake_camera(frame)
}

#[test]
fn a_browser_joins_by_link_sees_hears_is_seen_and_is_switched_without_renegotiation() {
    let venue = Venue::open(RoomKind::GroupCall).expect("a hub");
    let mut host = venue.host(native("host", 720)).expect("a host");
    let mut second = venue.guest("Zweite", native("second", 360)).expect("a second publisher");
    let link = venue.link();

    let (mut browser, totals) = venue
        .runtime
        .block_on(async {
            let mut browser = Chromium::start().await?;
            browser.open(&link).await?;
            browser.eval(ONE_SLOT).await?;
            browser.fill("#name", "Browsergast").await?;
            browser.click("#join").await?;
            browser
                .wait_for("document.body.dataset.screen === 'call' && window.katheder.pc?.connectionState === 'connected'", LIMIT)
                .await?;
            browser
                .wait_for(&format!("{TOTALS}.then(t => t.frames > 10 && t.samples > 48000)"), LIMIT)
                .await?;
            let totals = browser.eval(TOTALS).await?;
            anyhow::Ok((browser, totals))
        })
        .expect("the browser sees and hears");

    // The guest's fake camera at the host, then the other publisher, then the guest again: one slot.
    let guest = host.sees("Browsergast").expect("the guest is there");
    let other = host.sees("Zweite").expect("the other is there");
    let offers = |native: &katheder_suite::conference::Native| {
        native.log.iter().filter(|line| line.contains("Connecting")).count()
    };
    let offers_before = offers(&host);
    let mut mids = Vec::new();
    for (who, right) in [
        (guest, is_fake_camera as fn(&VideoFrame) -> bool),
        (other, is_presenter),
        (guest, is_fake_camera),
    ] {
        host.watch(who, 720);
        let frame = host.picture_of(who, right).expect("the slot shows who was asked for");
        assert!(frame.width >= 160 && frame.height >= 90, "{}x{}", frame.width, frame.height);
        mids.push(host.slot_of(who).expect("bound"));
    }
    assert_eq!(mids.iter().collect::<std::collections::BTreeSet<_>>().len(), 1, "{mids:?}");
    assert_eq!(offers(&host), offers_before, "the host made another offer");

    // The same in the browser: one slot carries the host, the second, and the host again.
    let me = host.snapshot.as_ref().expect("joined").you;
    let second_id =
        second.until("joining", |n| n.snapshot.as_ref().map(|s| s.you)).expect("joined");
    venue
        .runtime
        .block_on(switch_in_browser(&mut browser, [(me, 720), (second_id, 360), (me, 720)]))
        .expect("the browser is switched twice");

    let later = venue
        .runtime
        .block_on(async {
            browser.screenshot(std::path::Path::new("target/screens/guest_call.png")).await?;
            browser.eval(TOTALS).await
        })
        .expect("still there");
    let number = |value: &Value, key: &str| value[key].as_u64().unwrap_or(0);
    assert!(number(&later, "frames") > number(&totals, "frames"), "{totals} then {later}");
    assert!(number(&later, "samples") > number(&totals, "samples"), "{totals} then {later}");

    // Leaving is seen by everybody.
    venue.runtime.block_on(browser.click("#leave")).expect("a leave button");
    host.until("the guest to leave", |native| {
        (!native.people.iter().any(|person| person.id == guest)).then_some(())
    })
    .expect("gone");
}

/// Binds each source in turn to the page's first video slot, and waits until its pictures, told by
/// their height, are decoded.
async fn switch_in_browser(
    browser: &mut Chromium,
    sources: [(ParticipantId, u64); 3],
) -> anyhow::Result<()> {
    let offer = "window.katheder.pc.currentLocalDescription.sdp";
    let before = browser.eval(offer).await?;
    let mut mids = std::collections::BTreeSet::new();
    for (participant, lines) in sources {
        let wish = format!(
            "window.katheder.signal.send({{ type: 'watch', videos: [{{ participant: {}, source: 'camera', max_lines: 720 }}] }})",
            participant.0
        );
        browser.eval(&wish).await?;
        let slot = format!(
            "window.katheder.state.slots?.find(s => s.participant === {} && s.source === 'camera')?.mid",
            participant.0
        );
        browser.wait_for(&slot, LIMIT).await?;
        let mid = browser.eval(&slot).await?;
        let stats = format!("{SLOT_STATS}({mid})");
        let begin = browser.eval(&stats).await?["decoded"].as_u64().context("a count")?;
        browser
            .wait_for(
                &format!("{stats}.then(s => s.height === {lines} && s.decoded > {begin} + 10)"),
                LIMIT,
            )
            .await?;
        mids.insert(mid.to_string());
    }
    anyhow::ensure!(mids.len() == 1, "the source moved between slots: {mids:?}");
    anyhow::ensure!(browser.eval(offer).await? == before, "the page made another offer");
    Ok(())
}
