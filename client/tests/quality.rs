//! From figures and levels to a cause, and from a cause to words.

use client::i18n::{Language, Texts};
use client::state::{Cause, Circumstances, Now, Quality, TestSound, Verdict};
use client::ui::quality::{level, sentence};
use engine::playback::chime::{Chime, ChimeEvent};
use engine::stats::{Receiving, Stats};
use protocol::QualityLevel::{Bad, Good, Weak};
use protocol::{ParticipantId, PersonQuality, QualityLevel, WayQuality};
use std::time::Duration;

const YOU: ParticipantId = ParticipantId(1);
const ANNA: ParticipantId = ParticipantId(2);

const USUAL: Circumstances = Circumstances { you: YOU, hub: true, media: true, camera: true };

fn way(level: QualityLevel, percent: impl Into<Option<u8>>) -> WayQuality {
    WayQuality { level, loss_percent: percent.into() }
}

fn row(participant: ParticipantId, uplink: WayQuality, downlink: WayQuality) -> PersonQuality {
    PersonQuality { participant, uplink, downlink }
}

/// Twelve seconds of figures, each a function of the seconds since the start.
fn measured(quality: &mut Quality, figures: impl Fn(u64, &mut Stats)) {
    for half in 0..24 {
        let mut stats = Stats::default();
        stats.sending.frames_captured = half * 15;
        stats.receiving.push(Receiving { samples: half * 24_000, ..Receiving::default() });
        figures(half, &mut stats);
        quality.measured(&stats, Now { seconds: half as f64 / 2.0, unix_ms: 0 });
    }
}

/// A call in which only `people` and `figures` are unusual.
fn call(people: &[PersonQuality], figures: impl Fn(u64, &mut Stats)) -> Quality {
    let mut quality = Quality::default();
    measured(&mut quality, figures);
    quality.told(people.to_vec());
    quality
}

fn told(people: &[PersonQuality]) -> [Verdict; 2] {
    let quality = call(people, |_, _| {});
    [YOU, ANNA].map(|of| quality.verdict(of, USUAL))
}

fn verdict(level: QualityLevel, cause: Cause) -> Verdict {
    Verdict { level, cause }
}

#[test]
fn in_a_good_call_everybody_is_fine() {
    assert_eq!(told(&[]), [verdict(Good, Cause::Fine); 2]);
    assert_eq!(told(&[row(ParticipantId(9), way(Bad, 50), way(Bad, 50))])[1].cause, Cause::Fine);
}

#[test]
fn k2_the_one_whose_line_loses_is_named_and_the_others_are_in_order() {
    let [own, theirs] = told(&[row(ANNA, way(Weak, 8), way(Good, 0))]);
    assert_eq!(own, verdict(Good, Cause::Fine));
    assert_eq!(theirs, verdict(Weak, Cause::Theirs { loss: Some(8) }));
    let [own, theirs] = told(&[row(YOU, way(Weak, 8), way(Good, 0))]);
    assert_eq!(own, verdict(Weak, Cause::OwnUplink { loss: Some(8) }));
    assert_eq!(theirs, verdict(Good, Cause::Fine), "what comes from Anna is fine");
    let [own, theirs] = told(&[row(YOU, way(Good, 0), way(Bad, 30))]);
    assert_eq!([own, theirs], [verdict(Bad, Cause::OwnDownlink { loss: Some(30) }); 2]);
    let [_, theirs] = told(&[row(ANNA, way(Good, 0), way(Bad, 30))]);
    assert_eq!(theirs, verdict(Weak, Cause::TheirDownlink));
    let both = [row(YOU, way(Good, 0), way(Weak, 6)), row(ANNA, way(Bad, 20), way(Good, 0))];
    assert_eq!(told(&both)[1], verdict(Bad, Cause::Both));
}

#[test]
fn a_narrow_line_has_no_percentage_and_neither_has_what_guests_are_told() {
    assert_eq!(
        told(&[row(ANNA, way(Weak, 0), way(Good, 0))])[1].cause,
        Cause::Theirs { loss: None }
    );
    assert_eq!(
        told(&[row(ANNA, way(Bad, None), way(Good, None))])[1].cause,
        Cause::Theirs { loss: None }
    );
    assert_eq!(
        told(&[row(YOU, way(Weak, 1), way(Good, 0))])[0].cause,
        Cause::OwnUplink { loss: None }
    );
    let silent = told(&[row(ANNA, way(Bad, 100), way(Bad, 100))])[1];
    assert_eq!(silent, verdict(Bad, Cause::TheirSilence));
}

#[test]
fn a_hub_or_media_that_is_gone_is_the_cause_of_everything() {
    let quality = call(&[row(ANNA, way(Bad, 100), way(Bad, 100))], |_, _| {});
    for of in [YOU, ANNA] {
        let no_hub = Circumstances { hub: false, ..USUAL };
        assert_eq!(quality.verdict(of, no_hub), verdict(Bad, Cause::HubGone));
        let no_media = Circumstances { media: false, ..USUAL };
        assert_eq!(quality.verdict(of, no_media), verdict(Bad, Cause::MediaGone));
    }
}

#[test]
fn the_own_machines_troubles_are_found_in_its_own_figures() {
    let own = |figures: fn(u64, &mut Stats)| call(&[], figures).verdict(YOU, USUAL);
    let busy = own(|half, stats| stats.sending.frames_dropped = half * 6);
    assert_eq!(busy, verdict(Weak, Cause::Computer), "two of seven pictures");
    let busier = own(|half, stats| stats.sending.frames_dropped = half * 20);
    assert_eq!(busier, verdict(Bad, Cause::Computer));
    let still = |half: u64, stats: &mut Stats| stats.sending.frames_captured = half.min(4) * 15;
    assert_eq!(own(still), verdict(Bad, Cause::Camera));
    let off = Circumstances { camera: false, ..USUAL };
    assert_eq!(call(&[], still).verdict(YOU, off), verdict(Good, Cause::Fine));
    let lossy = own(|_, stats| stats.sending_loss = 0.2);
    assert_eq!(lossy, verdict(Good, Cause::Fine), "reports are lost, too: the hub knows better");
    let queue = own(|_, stats| stats.sending_queue = Duration::from_millis(400));
    assert_eq!(queue, verdict(Weak, Cause::OwnUplink { loss: None }));
    let gaps = call(&[], |half, stats| stats.receiving[0].samples_concealed = half * 2_400);
    for of in [YOU, ANNA] {
        assert_eq!(gaps.verdict(of, USUAL), verdict(Weak, Cause::OwnDownlink { loss: None }));
    }
    // Whose sound has gaps for everybody explains them.
    let mut explained = Quality::default();
    explained.told(vec![row(ANNA, way(Bad, 30), way(Good, 0))]);
    measured(&mut explained, |half, stats| stats.receiving[0].samples_concealed = half * 2_400);
    assert_eq!(explained.verdict(YOU, USUAL).cause, Cause::Fine);
    assert_eq!(explained.verdict(ANNA, USUAL).cause, Cause::Theirs { loss: Some(30) });
}

#[test]
fn a_failed_encoder_is_the_cause_for_ten_seconds() {
    let mut quality = Quality::default();
    quality.encoder_failed(Now { seconds: 0.0, unix_ms: 0 });
    assert_eq!(quality.verdict(YOU, USUAL), verdict(Bad, Cause::Encoder));
    let mut stats = Stats::default();
    stats.sending.frames_captured = 1;
    quality.measured(&stats, Now { seconds: 10.0, unix_ms: 0 });
    assert_eq!(quality.verdict(YOU, USUAL).cause, Cause::Fine);
}

#[test]
fn counters_that_begin_anew_and_first_moments_are_no_trouble() {
    let mut quality = Quality::default();
    let mut stats = Stats::default();
    stats.sending.frames_captured = 1;
    stats.sending.frames_dropped = 100;
    quality.measured(&stats, Now { seconds: 0.0, unix_ms: 0 });
    assert_eq!(quality.verdict(YOU, USUAL).cause, Cause::Fine);
    measured(&mut quality, |_, _| {});
    assert_eq!(quality.verdict(YOU, USUAL).cause, Cause::Fine);
    quality.told(vec![row(ANNA, way(Bad, 20), way(Good, 0))]);
    quality.forget();
    assert_eq!(quality.verdict(ANNA, USUAL).cause, Cause::Fine, "a fresh snapshot");
}

#[test]
fn every_cause_has_a_sentence_of_its_own_that_names_whom_and_how_much() {
    let causes = [
        Cause::Fine,
        Cause::HubGone,
        Cause::MediaGone,
        Cause::OwnUplink { loss: Some(8) },
        Cause::OwnUplink { loss: None },
        Cause::OwnDownlink { loss: Some(8) },
        Cause::OwnDownlink { loss: None },
        Cause::Computer,
        Cause::Camera,
        Cause::Encoder,
        Cause::Theirs { loss: Some(8) },
        Cause::Theirs { loss: None },
        Cause::TheirSilence,
        Cause::Both,
        Cause::TheirDownlink,
    ];
    for language in [Language::German, Language::English] {
        let t = Texts::new(language);
        let said = causes.map(|cause| sentence(t, verdict(Weak, cause), "Anna"));
        for (n, one) in said.iter().enumerate() {
            assert!(one.ends_with('.') && !one.contains('{'), "{one}");
            assert!(!said[..n].contains(one), "{one} is said of two causes");
            let theirs = matches!(causes[n], Cause::Theirs { .. } | Cause::TheirSilence);
            assert!(!theirs || one.contains("Anna"), "{one}");
            let lossy = matches!(
                causes[n],
                Cause::Theirs { loss: Some(_) }
                    | Cause::OwnUplink { loss: Some(_) }
                    | Cause::OwnDownlink { loss: Some(_) }
            );
            assert_eq!(lossy, one.contains("8 %"), "{one}");
        }
        assert_ne!(level(t, Good), level(t, Bad));
    }
    let t = Texts::new(Language::German);
    let said = sentence(t, verdict(Weak, Cause::Theirs { loss: Some(8) }), "Anna");
    assert_eq!(said, "Die Leitung von Anna verliert 8 %, Ihre Seite ist in Ordnung.");
}

#[test]
fn the_sound_check_tells_whether_the_melody_plays_or_why_it_cannot() {
    let mut test = TestSound::default();
    let mut after = |event| {
        test.apply(&event);
        test.clone()
    };
    assert_eq!(after(ChimeEvent::Began(Chime::Ring)), TestSound::Silent);
    assert_eq!(after(ChimeEvent::Began(Chime::TestMelody)), TestSound::Playing);
    assert_eq!(after(ChimeEvent::Ended(Chime::Ring)), TestSound::Playing);
    assert_eq!(after(ChimeEvent::Ended(Chime::TestMelody)), TestSound::Silent);
    after(ChimeEvent::Began(Chime::TestMelody));
    let broken = engine::Error::Device { device: "the loudspeaker".into(), reason: "gone".into() };
    let failed = after(ChimeEvent::Trouble(broken));
    assert_eq!(failed, TestSound::Failed);
    assert_eq!(after(ChimeEvent::Ended(Chime::TestMelody)), failed, "still to be read");
    assert_eq!(after(ChimeEvent::Began(Chime::TestMelody)), TestSound::Playing);
}
