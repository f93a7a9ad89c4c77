//! The peer connection: how it is built, offered and answered.

use super::bandwidth::Estimator;
use super::interceptors::{
    Arrivals, Control, QuietWhenIdle, Repair, Reporter, WithRetransmissions,
};
use super::negotiation::{self, Extensions};
use super::shared::Shared;
use super::sockets::WideSockets;
use super::stream::Stream;
use super::{Config, Offer, ReceivingSlot, SendingStream, Source};
use crate::config::VideoCodec;
use crate::{Error, Result};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{
    CongestionControlBuilder, NackResponderBuilder, ReceiverReportBuilder, Registry,
    SenderReportBuilder, Slot, TwccReceiverBuilder, TwccSenderBuilder,
};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::setting_engine::{SettingEngine, SettingEngineBuilder};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RtpCodecKind};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription,
};
use webrtc::rtp_transceiver::RtpSender;

/// Application-most but for the crate's own end of the chain.
const ARRIVALS: usize = 14_000;
/// Wire-most: before the congestion controller.
const CONTROL: usize = 500;

/// Feedback for the hub's own estimate of the way here.
const FEEDBACK_INTERVAL: Duration = Duration::from_millis(50);

/// Packets of a stream kept for retransmission: 2 s of 500 packets a second.
const RESENDABLE: u16 = 1_024;

/// Nothing heard for so long: interrupted.
const INTERRUPTED_AFTER: Duration = Duration::from_secs(3);
/// So much longer, and it has failed: a 10 s blackout is survived with a margin.
const FAILED_AFTER: Duration = Duration::from_secs(20);
const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// Connectivity checks until the hub answers: its answer and its readiness may come apart.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);
const CHECKS: u16 = 60;

/// Gathering takes milliseconds, since no server is asked.
const GATHERING: Duration = Duration::from_secs(3);

/// The state changes that the transport thread waits for.
pub(super) type States = tokio::sync::mpsc::UnboundedSender<RTCPeerConnectionState>;

struct Handler {
    states: States,
    gathered: Arc<Notify>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        // The transport thread is gone when nobody listens.
        let _ = self.states.send(state);
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.notify_one();
        }
    }
}

/// One sending media line.
struct Line {
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<dyn RtpSender>,
}

/// The connection and its lines: camera (if any), screen (if any), microphone.
pub(super) struct Peer {
    connection: Arc<dyn PeerConnection>,
    lines: Vec<Line>,
    /// What is sent, in the order of the offer, and on which line.
    streams: Vec<(SendingStream, usize)>,
    codec: RTCRtpCodec,
}

/// What is sent, before mids are known.
fn planned_streams(config: &Config) -> Vec<SendingStream> {
    let stream = |source, rid: Option<&str>| SendingStream {
        mid: String::new(),
        source,
        rid: rid.map(str::to_owned),
        ssrc: negotiation::random_ssrc(),
        rtx_ssrc: (source != Source::Microphone).then(negotiation::random_ssrc),
    };
    let simulcast = config.camera_layers.len() > 1;
    let camera = config.camera_layers.iter();
    camera
        .map(|layer| stream(Source::Camera, simulcast.then_some(&*layer.rid)))
        .chain(config.screen.then(|| stream(Source::Screen, None)))
        .chain([stream(Source::Microphone, None)])
        .collect()
}

fn settings() -> SettingEngine {
    SettingEngineBuilder::new()
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(CHECKS))
        .with_ice_timeouts(Some(INTERRUPTED_AFTER), Some(FAILED_AFTER), Some(KEEP_ALIVE))
        .build()
}

fn interceptors(config: &Config, shared: &Arc<Shared>, streams: &[SendingStream]) -> Registry {
    let estimator = Estimator::new(shared.target_bps(), config.max_video_bps.saturating_mul(5) / 4);
    let reporter = Reporter::new(estimator, shared.clone());
    let mut layer = 0;
    let carried = streams.iter().map(|stream| {
        let at = if stream.source == Source::Camera { layer } else { 0 };
        layer += 1;
        (stream.ssrc, (stream.source, at))
    });
    let control = Control::new(shared.clone(), carried.collect());
    let sender_ssrc = streams.last().map_or(1, |stream| stream.ssrc);
    let congestion = CongestionControlBuilder::new(reporter).build();
    let feedback = TwccReceiverBuilder::new().with_interval(FEEDBACK_INTERVAL).build();
    Registry::new()
        .with(Slot::Custom(CONTROL), control)
        .with(Slot::CongestionControl, WithRetransmissions(congestion))
        .with(Slot::TwccSender, WithRetransmissions(TwccSenderBuilder::new().build()))
        .with(Slot::NackResponder, NackResponderBuilder::new().with_size(RESENDABLE).build())
        .with(Slot::NackGenerator, Repair::new(shared.clone(), sender_ssrc))
        .with(Slot::TwccReceiver, QuietWhenIdle::new(feedback))
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
        .with(Slot::Custom(ARRIVALS), Arrivals::new(shared.clone()))
}

impl Peer {
    /// Builds the connection and its offer with all candidates in it.
    pub async fn offer(
        config: &Config,
        shared: &Arc<Shared>,
        states: States,
    ) -> Result<(Peer, Offer)> {
        let mut planned = planned_streams(config);
        let gathered = Arc::new(Notify::new());
        let handler = Arc::new(Handler { states, gathered: gathered.clone() });
        let connection = PeerConnectionBuilder::new()
            .with_runtime(Arc::new(WideSockets))
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_setting_engine(settings())
            .with_media_engine(negotiation::media_engine(config.codec).map_err(refused)?)
            .with_interceptor_registry(interceptors(config, shared, &planned))
            .with_handler(handler as Arc<dyn PeerConnectionEventHandler>)
            .with_udp_addrs(bind_addresses(&config.local_addresses))
            .build()
            .await
            .map_err(refused)?;
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        let codec = negotiation::video_codec(config.codec);
        let mut lines = Vec::new();
        for source in [Source::Camera, Source::Screen, Source::Microphone] {
            let streams: Vec<_> = planned.iter().filter(|s| s.source == source).collect();
            if !streams.is_empty() {
                lines.push(add_line(&*connection, config.codec, source, &streams).await?);
            }
        }
        for (kind, slots) in
            [(RtpCodecKind::Audio, config.audio_slots), (RtpCodecKind::Video, config.video_slots)]
        {
            for _ in 0..slots {
                let init = RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Recvonly,
                    ..Default::default()
                };
                connection.add_transceiver_from_kind(kind, Some(init)).await.map_err(refused)?;
            }
        }
        let sdp = gather(&*connection, &gathered).await?;

        let mids = negotiation::mids(&sdp);
        let expected = lines.len() + config.audio_slots + config.video_slots;
        if mids.len() != expected {
            return Err(Error::Transport(format!(
                "the offer has {} media lines where {expected} were asked for",
                mids.len()
            )));
        }
        let mut line = 0;
        let mut streams: Vec<(SendingStream, usize)> = Vec::new();
        for mut stream in planned.drain(..) {
            if streams.last().is_some_and(|last| last.0.source != stream.source) {
                line += 1;
            }
            stream.mid.clone_from(&mids[line]);
            streams.push((stream, line));
        }
        let slots = mids[lines.len()..].iter().enumerate().map(|(index, mid)| ReceivingSlot {
            mid: mid.clone(),
            video: index >= config.audio_slots,
        });
        let offer = Offer {
            sdp,
            streams: streams.iter().map(|stream| stream.0.clone()).collect(),
            slots: slots.collect(),
        };
        Ok((Peer { connection, lines, streams, codec }, offer))
    }

    /// Applies the hub's answer. Gives the sent streams in the order of the offer, each with its
    /// media line's index.
    pub async fn answer(&self, sdp: String, shared: &Shared) -> Result<Vec<(Stream, usize)>> {
        shared.set_slots(negotiation::declared_ssrcs(&sdp));
        let answer = RTCSessionDescription::answer(sdp).map_err(unusable_answer)?;
        self.connection.set_remote_description(answer).await.map_err(unusable_answer)?;
        let mut streams = Vec::new();
        for (stream, line) in &self.streams {
            let parameters = self.lines[*line].sender.get_parameters().await.map_err(refused)?;
            let negotiated = &parameters.rtp_parameters;
            if stream.source != Source::Microphone
                && !negotiated.codecs.iter().any(|c| c.rtp_codec.mime_type == self.codec.mime_type)
            {
                return Err(Error::Transport(format!(
                    "the hub does not take {}: connect again with the other codec",
                    self.codec.mime_type
                )));
            }
            let of = |uri: &str| {
                let found = negotiated.header_extensions.iter().find(|e| e.uri == uri);
                found.map_or(0, |extension| extension.id as u8)
            };
            let mut sent = Stream::new(stream.ssrc, &stream.mid, stream.rid.as_deref());
            sent.set_extensions(Extensions::find(of));
            streams.push((sent, *line));
        }
        Ok(streams)
    }

    /// Sends a packet on a line.
    pub async fn send(&self, line: usize, packet: rtp::Packet) {
        if let Err(error) = self.lines[line].track.write_rtp(packet).await {
            tracing::debug!(%error, "packet not sent");
        }
    }

    /// Sends a PLI (RFC 4585 section 6.3.1) for a received stream.
    pub async fn request_keyframe(&self, media_ssrc: u32) {
        let (Some(line), Some(own)) = (self.lines.last(), self.streams.last()) else { return };
        let pli = PictureLossIndication { sender_ssrc: own.0.ssrc, media_ssrc };
        if let Err(error) = line.track.write_rtcp(vec![Box::new(pli)]).await {
            tracing::debug!(%error, "keyframe request not sent");
        }
    }

    /// Says goodbye and stops.
    pub async fn close(&self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "closing the peer connection");
        }
    }
}

async fn add_line(
    connection: &dyn PeerConnection,
    first: VideoCodec,
    source: Source,
    streams: &[&SendingStream],
) -> Result<Line> {
    let (kind, codec, id) = match source {
        Source::Microphone => (RtpCodecKind::Audio, negotiation::audio_codec(), "microphone"),
        Source::Camera => (RtpCodecKind::Video, negotiation::video_codec(first), "camera"),
        Source::Screen => (RtpCodecKind::Video, negotiation::video_codec(first), "screen"),
    };
    let encodings: Vec<_> = streams
        .iter()
        .map(|stream| {
            let rid = stream.rid.as_deref().unwrap_or_default();
            negotiation::encoding(codec.clone(), rid, stream.ssrc, stream.rtx_ssrc)
        })
        .collect();
    let track =
        MediaStreamTrack::new("katheder".into(), id.into(), id.into(), kind, encodings.clone());
    let track = Arc::new(TrackLocalStaticRTP::new(track));
    let init = RTCRtpTransceiverInit {
        direction: RTCRtpTransceiverDirection::Sendonly,
        streams: Vec::new(),
        send_encodings: encodings,
    };
    let transceiver = connection
        .add_transceiver_from_track(track.clone() as Arc<dyn TrackLocal>, Some(init))
        .await
        .map_err(refused)?;
    if kind == RtpCodecKind::Video {
        // The crate takes the first video line's codecs for all of them: every line offers both.
        let codecs = negotiation::video_codecs(first);
        transceiver.set_codec_preferences(codecs).await.map_err(refused)?;
    }
    let sender = transceiver.sender().await.map_err(refused)?;
    let sender = sender.ok_or_else(|| Error::Transport(format!("no sender for the {id} line")))?;
    Ok(Line { track, sender })
}

/// Sets the offer and waits until every candidate is in it.
async fn gather(connection: &dyn PeerConnection, gathered: &Notify) -> Result<String> {
    let offer = connection.create_offer(None).await.map_err(refused)?;
    connection.set_local_description(offer).await.map_err(refused)?;
    if tokio::time::timeout(GATHERING, gathered.notified()).await.is_err() {
        tracing::warn!("candidate gathering goes on; the offer holds those found so far");
    }
    let description = connection.local_description().await;
    let sdp = description.map(|description| description.sdp).unwrap_or_default();
    if !sdp.contains("a=candidate:") {
        return Err(Error::Transport(
            "no local address to reach the hub from: check the network".into(),
        ));
    }
    Ok(sdp)
}

/// Any port on the given addresses; on every interface when there are none.
fn bind_addresses(addresses: &[IpAddr]) -> Vec<SocketAddr> {
    let every = [IpAddr::V4(Ipv4Addr::UNSPECIFIED)];
    let addresses = if addresses.is_empty() { &every[..] } else { addresses };
    addresses.iter().map(|&address| SocketAddr::new(address, 0)).collect()
}

fn refused(error: rtc::shared::error::Error) -> Error {
    Error::Transport(format!("the peer connection could not be set up: {error}"))
}

fn unusable_answer(error: rtc::shared::error::Error) -> Error {
    Error::Transport(format!("the hub's answer is unusable: {error}"))
}
