//! The rehearsal's figures, as a table and as JSON.

use super::blur::BlurReport;
use serde::Serialize;
use std::fmt::Write;

/// An attendee with fewer of the sent frames lacked picture.
const LEAST_FRAMES: f64 = 0.5;
/// An attendee with more invented sound lacked sound.
const MOST_CONCEALED: f64 = 0.5;

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The one who sends.
    pub presenter: PresenterReport,
    /// Those who receive, in order.
    pub attendees: Vec<AttendeeReport>,
}

/// The presenter's figures.
#[derive(Debug, Clone, Serialize)]
pub struct PresenterReport {
    /// Frames encoded a second.
    pub fps: f64,
    /// Video sent, bits a second.
    pub bitrate_bps: f64,
    /// The encoder, as FFmpeg calls it.
    pub encoder: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// CPU time of the presenter's threads in the measured time, seconds.
    pub cpu_s: f64,
    /// CPU time of the whole process, hub and attendees included, seconds.
    pub process_cpu_s: f64,
    /// The measured time, seconds.
    pub wall_s: f64,
    /// Where the background was blurred at the end: `off`, `cpu`, `gpu: NAME`, or `whole` where only
    /// whole pictures could be.
    pub blur_device: String,
    /// What blur did; `None` where it was off.
    pub blur: Option<BlurReport>,
}

/// One attendee's figures.
#[derive(Debug, Clone, Serialize)]
pub struct AttendeeReport {
    /// Decoded everything; otherwise only checked that every packet came.
    pub decoded: bool,
    /// Frames that the presenter sent in the measured time.
    pub frames_sent: u64,
    /// Whole frames that arrived.
    pub frames_received: u64,
    /// Freezes as the W3C's webrtc-stats counts them; only where decoded.
    pub freezes: Option<u64>,
    /// Opus packets that arrived.
    pub audio_packets: u64,
    /// Sound invented (where decoded) or packets lost (elsewhere), as a share of all.
    pub audio_concealed_ratio: f64,
    /// From the camera to the display, median; only where decoded.
    pub glass_to_glass_p50_ms: Option<f64>,
    /// Its 95th percentile.
    pub glass_to_glass_p95_ms: Option<f64>,
    /// How much later than the sound the picture is shown; only where decoded.
    pub lip_sync_ms: Option<f64>,
}

impl AttendeeReport {
    fn received_ratio(&self) -> f64 {
        self.frames_received as f64 / self.frames_sent.max(1) as f64
    }

    /// What was missing, if anything.
    fn failure(&self) -> Option<String> {
        if self.frames_received == 0 || self.received_ratio() < LEAST_FRAMES {
            return Some(format!(
                "lacked picture: {} of {} frames",
                self.frames_received, self.frames_sent
            ));
        }
        if self.audio_packets == 0 {
            return Some("lacked sound: no packet came".to_owned());
        }
        if self.audio_concealed_ratio > MOST_CONCEALED {
            return Some(format!(
                "lacked sound: {:.0} % was concealed",
                self.audio_concealed_ratio * 100.0
            ));
        }
        None
    }
}

impl Report {
    /// Why the rehearsal failed, if an attendee lacked picture or sound, or blur never found the
    /// presenter.
    pub fn failure(&self) -> Option<String> {
        let blur = self.presenter.blur.as_ref().filter(|blur| blur.frames == 0);
        let blind = blur.map(|blur| format!("the presenter was blurred too: {}", blur.reason));
        let attendees = self.attendees.iter().enumerate().filter_map(|(index, attendee)| {
            Some(format!("attendee {} {}", index + 1, attendee.failure()?))
        });
        let reasons: Vec<String> = blind.into_iter().chain(attendees).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    /// The table for people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let p = &self.presenter;
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "Presenter   {}x{} {:.1} fps  {:.2} Mbit/s  {}  {:.0} % of a core (everything: {:.0} %)  blur {}",
            p.width,
            p.height,
            p.fps,
            p.bitrate_bps / 1e6,
            p.encoder,
            100.0 * p.cpu_s / p.wall_s,
            100.0 * p.process_cpu_s / p.wall_s,
            p.blur_device,
        );
        if let Some(blur) = &p.blur {
            let _ = writeln!(out, "Blur        {}", blur.line());
        }
        let _ = writeln!(
            out,
            "\n{:<10}{:>16}{:>9}{:>9}{:>11}{:>9}{:>9}{:>10}",
            "Attendee", "frames", "", "freezes", "concealed", "p50", "p95", "lip sync"
        );
        for (index, a) in self.attendees.iter().enumerate() {
            let ms = |value: Option<f64>| value.map_or("–".into(), |ms| format!("{ms:.0} ms"));
            let _ = writeln!(
                out,
                "{:<10}{:>16}{:>9}{:>9}{:>11}{:>9}{:>9}{:>10}",
                index + 1,
                format!("{}/{}", a.frames_received, a.frames_sent),
                format!("{:.1} %", 100.0 * a.received_ratio()),
                a.freezes.map_or("–".into(), |n| n.to_string()),
                format!("{:.2} %", 100.0 * a.audio_concealed_ratio),
                ms(a.glass_to_glass_p50_ms),
                ms(a.glass_to_glass_p95_ms),
                a.lip_sync_ms.map_or("–".into(), |ms| format!("{ms:+.0} ms")),
            );
        }
        let _ = writeln!(
            out,
            "\np50 and p95: from the camera to the display, at attendees that decode; the others check that every packet came."
        );
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attendee(frames_received: u64, audio_packets: u64, concealed: f64) -> AttendeeReport {
        AttendeeReport {
            decoded: true,
            frames_sent: 600,
            frames_received,
            freezes: Some(0),
            audio_packets,
            audio_concealed_ratio: concealed,
            glass_to_glass_p50_ms: Some(40.0),
            glass_to_glass_p95_ms: Some(60.0),
            lip_sync_ms: Some(-3.0),
        }
    }

    fn report(attendees: Vec<AttendeeReport>) -> Report {
        Report {
            presenter: PresenterReport {
                fps: 30.0,
                bitrate_bps: 1.5e6,
                encoder: "libx264".into(),
                width: 1280,
                height: 720,
                cpu_s: 4.0,
                process_cpu_s: 12.0,
                wall_s: 20.0,
                blur_device: "off".into(),
                blur: None,
            },
            attendees,
        }
    }

    #[test]
    fn an_attendee_without_picture_or_sound_fails_the_rehearsal_by_name() {
        assert_eq!(report(vec![attendee(598, 1000, 0.0)]).failure(), None);
        let blind = report(vec![attendee(600, 1000, 0.0), attendee(0, 1000, 0.0)]).failure();
        assert!(
            blind.as_deref().is_some_and(|r| r.contains("attendee 2 lacked picture")),
            "{blind:?}"
        );
        let deaf = report(vec![attendee(600, 0, 0.0)]).failure();
        assert!(deaf.as_deref().is_some_and(|r| r.contains("attendee 1 lacked sound")), "{deaf:?}");
        assert!(report(vec![attendee(600, 1000, 0.9)]).failure().is_some());
    }

    #[test]
    fn a_presenter_who_was_never_told_from_the_room_fails_the_rehearsal() {
        let mut report = report(vec![attendee(598, 1000, 0.0)]);
        let seen = engine::stats::Blur { frames: 500, ..Default::default() };
        report.presenter.blur = Some(seen.into());
        assert_eq!(report.failure(), None);
        report.presenter.blur = Some(engine::stats::Blur::default().into());
        assert!(report.failure().is_some_and(|reason| reason.contains("presenter")));
        assert!(report.table().contains("quality full"), "{}", report.table());
    }

    #[test]
    fn the_json_has_the_promised_names() {
        let json =
            serde_json::to_value(report(vec![attendee(598, 1000, 0.0)])).expect("plain data");
        for key in ["fps", "bitrate_bps", "encoder", "cpu_s", "wall_s", "blur_device"] {
            assert!(json["presenter"].get(key).is_some(), "presenter.{key}");
        }
        for key in [
            "frames_sent",
            "frames_received",
            "freezes",
            "audio_concealed_ratio",
            "glass_to_glass_p50_ms",
            "glass_to_glass_p95_ms",
            "lip_sync_ms",
        ] {
            assert!(json["attendees"][0].get(key).is_some(), "attendees[0].{key}");
        }
    }
}
