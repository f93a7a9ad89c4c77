//! What is offered: codecs, header extensions, SSRCs; and what is read from SDP.

use crate::config::VideoCodec;
use crate::transport::PayloadKind;
use rtc::peer_connection::configuration::media_engine::MediaEngine;

use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters,
    RTCRtpEncodingParameters, RTCRtpHeaderExtensionCapability, RTCRtpRtxParameters, RtpCodecKind,
};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

const OPUS: u8 = 111;
/// Each video codec with its payload type; its retransmissions have the next one.
const VIDEO: [(VideoCodec, u8); 2] = [(VideoCodec::H264, 102), (VideoCodec::Vp8, 96)];

const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
const TRANSPORT_WIDE: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const CAPTURE_TIME: &str = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// Negotiated header extension identifiers (RFC 8285); 0 where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extensions {
    pub mid: u8,
    pub rid: u8,
    pub capture_time: u8,
    pub audio_level: u8,
}

impl Extensions {
    /// Looks each up by its URI.
    pub fn find(of: impl Fn(&str) -> u8) -> Extensions {
        Extensions {
            mid: of(MID),
            rid: of(RID),
            capture_time: of(CAPTURE_TIME),
            audio_level: of(AUDIO_LEVEL),
        }
    }
}

/// The payload type of a video codec.
pub(super) fn video_payload_type(codec: VideoCodec) -> u8 {
    VIDEO.iter().find(|entry| entry.0 == codec).map_or(0, |entry| entry.1)
}

/// The payload type of Opus.
pub(super) fn audio_payload_type() -> u8 {
    OPUS
}

/// What a payload type carries; `None` for retransmissions and unknown ones.
pub(super) fn payload_kind(payload_type: u8) -> Option<PayloadKind> {
    if payload_type == OPUS {
        return Some(PayloadKind::Opus);
    }
    let found = VIDEO.iter().find(|entry| entry.1 == payload_type)?;
    Some(PayloadKind::Video(found.0))
}

/// The payload type whose packets `retransmission` repairs.
pub(super) fn repaired_payload_type(retransmission: u8) -> Option<u8> {
    VIDEO.iter().map(|entry| entry.1).find(|payload_type| payload_type + 1 == retransmission)
}

/// The video codecs with their retransmissions, `first` before the other.
pub(super) fn video_codecs(first: VideoCodec) -> Vec<RTCRtpCodecParameters> {
    let mut video = VIDEO;
    video.sort_by_key(|entry| entry.0 != first);
    let each = video.into_iter().flat_map(|(codec, payload_type)| {
        let retransmission = RTCRtpCodec {
            mime_type: "video/rtx".into(),
            clock_rate: 90_000,
            channels: 0,
            sdp_fmtp_line: format!("apt={payload_type}"),
            rtcp_feedback: Vec::new(),
        };
        [(video_codec(codec), payload_type), (retransmission, payload_type + 1)]
    });
    each.map(|(rtp_codec, payload_type)| RTCRtpCodecParameters { rtp_codec, payload_type })
        .collect()
}

/// Codecs and header extensions, `first` before the other video codec.
pub(super) fn media_engine(first: VideoCodec) -> rtc::shared::error::Result<MediaEngine> {
    let mut engine = MediaEngine::default();
    for codec in video_codecs(first) {
        engine.register_codec(codec, RtpCodecKind::Video)?;
    }
    let opus = RTCRtpCodecParameters { rtp_codec: audio_codec(), payload_type: OPUS };
    engine.register_codec(opus, RtpCodecKind::Audio)?;
    let (audio, video) = (RtpCodecKind::Audio, RtpCodecKind::Video);
    for (uri, kinds) in [
        (MID, &[audio, video][..]),
        (RID, &[video]),
        (REPAIRED_RID, &[video]),
        (TRANSPORT_WIDE, &[audio, video]),
        (CAPTURE_TIME, &[audio, video]),
        (AUDIO_LEVEL, &[audio]),
    ] {
        for kind in kinds {
            let extension = RTCRtpHeaderExtensionCapability { uri: uri.into() };
            engine.register_header_extension(extension, *kind, None)?;
        }
    }
    Ok(engine)
}

fn feedback(kinds: &[(&str, &str)]) -> Vec<RTCPFeedback> {
    kinds
        .iter()
        .map(|(typ, parameter)| RTCPFeedback { typ: (*typ).into(), parameter: (*parameter).into() })
        .collect()
}

/// A video codec as the SDP describes it.
pub(super) fn video_codec(codec: VideoCodec) -> RTCRtpCodec {
    let (mime_type, sdp_fmtp_line) = match codec {
        VideoCodec::H264 => {
            ("video/H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f")
        }
        VideoCodec::Vp8 => ("video/VP8", ""),
    };
    RTCRtpCodec {
        mime_type: mime_type.into(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: sdp_fmtp_line.into(),
        rtcp_feedback: feedback(&[
            ("nack", ""),
            ("nack", "pli"),
            ("ccm", "fir"),
            ("transport-cc", ""),
        ]),
    }
}

/// Opus as the SDP describes it.
pub(super) fn audio_codec() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".into(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1;usedtx=1".into(),
        rtcp_feedback: feedback(&[("transport-cc", "")]),
    }
}

/// One encoding of a sent track.
pub(super) fn encoding(
    codec: RTCRtpCodec,
    rid: &str,
    ssrc: u32,
    rtx_ssrc: Option<u32>,
) -> RTCRtpEncodingParameters {
    RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            rid: rid.into(),
            ssrc: Some(ssrc),
            rtx: rtx_ssrc.map(|ssrc| RTCRtpRtxParameters { ssrc }),
            ..Default::default()
        },
        codec,
        ..Default::default()
    }
}

/// A random SSRC, RFC 3550 section 8.1.
pub(super) fn random_ssrc() -> u32 {
    RandomState::new().build_hasher().finish() as u32 | 1
}

/// The `a=mid` of every media line, in order.
pub(super) fn mids(sdp: &str) -> Vec<String> {
    sdp.lines().filter_map(|line| line.strip_prefix("a=mid:")).map(str::to_owned).collect()
}

/// Every media line's mid by the SSRCs that it declares (RFC 5576), retransmissions aside.
pub(super) fn declared_ssrcs(sdp: &str) -> HashMap<u32, Arc<str>> {
    let mut slots = HashMap::new();
    for media in sdp.split("\nm=").skip(1) {
        let Some(mid) = media.lines().find_map(|line| line.strip_prefix("a=mid:")) else {
            continue;
        };
        let mid: Arc<str> = mid.into();
        let groups: Vec<u32> = media
            .lines()
            .filter_map(|line| line.strip_prefix("a=ssrc-group:FID "))
            .filter_map(|group| group.split_whitespace().nth(1)?.parse().ok())
            .collect();
        let declared = media.lines().filter_map(|line| line.strip_prefix("a=ssrc:"));
        for ssrc in declared.filter_map(|rest| rest.split_whitespace().next()?.parse().ok()) {
            if !groups.contains(&ssrc) {
                slots.insert(ssrc, mid.clone());
            }
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_read_from_the_answer_without_their_retransmissions() {
        let sdp = "v=0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:4\r\n\
                   a=ssrc-group:FID 11 12\r\na=ssrc:11 cname:x\r\na=ssrc:12 cname:x\r\n\
                   m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:5\r\na=ssrc:13 cname:x\r\n";
        let slots = declared_ssrcs(sdp);
        assert_eq!(slots.len(), 2);
        assert_eq!((&*slots[&11], &*slots[&13]), ("4", "5"));
        assert_eq!(mids(sdp), ["4", "5"]);
    }

    #[test]
    fn each_payload_type_means_one_thing() {
        assert_eq!(payload_kind(111), Some(PayloadKind::Opus));
        assert_eq!(payload_kind(102), Some(PayloadKind::Video(VideoCodec::H264)));
        assert_eq!(payload_kind(103), None);
        assert_eq!(repaired_payload_type(103), Some(102));
        assert_eq!(repaired_payload_type(97), Some(96));
        assert_eq!(repaired_payload_type(102), None);
    }
}
