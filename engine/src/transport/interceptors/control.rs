//! All RTCP, coming and going.

use crate::transport::shared::Shared;
use crate::transport::{Event, Source};
use rtc::interceptor::{AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::extended_report::{
    DLRRReport, DLRRReportBlock, ExtendedReport, ReceiverReferenceTimeReportBlock,
};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sender reports whose echo is still awaited: one a second and stream, for some seconds.
const REMEMBERED_REPORTS: usize = 64;

/// Turns keyframe requests (PLI, RFC 4585; FIR, RFC 5104) into events, and measures the round trip
/// by the echo of sender reports (RFC 3550 section 6.4.1). Echoes the hub's receiver reference times
/// (RFC 3611 sections 4.4 and 4.5): the hub, which sends no reports of its own towards a sender,
/// paces its requests for lost packets by what it learns from them. Passes everything on.
pub(in crate::transport) struct Control {
    shared: Arc<Shared>,
    streams: HashMap<u32, (Source, usize)>,
    /// Middle 32 bits of a sent report's NTP time, and when it left.
    reports: VecDeque<(u32, Instant)>,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Control {
    /// `streams` tells what each sent SSRC carries.
    pub fn new(shared: Arc<Shared>, streams: HashMap<u32, (Source, usize)>) -> Control {
        let (read, write) = (VecDeque::new(), VecDeque::new());
        Control { shared, streams, reports: VecDeque::new(), read, write }
    }

    fn keyframe_requested(&self, ssrc: u32) {
        if let Some(&(source, layer)) = self.streams.get(&ssrc) {
            self.shared.emit(Event::KeyframeRequested { source, layer });
        }
    }

    fn echo(&self, now: Instant, report: &ReceptionReport) {
        let sent = self.reports.iter().rev().find(|sent| sent.0 == report.last_sender_report);
        if let Some(&(_, sent)) = sent
            && report.last_sender_report != 0
        {
            let held = Duration::from_secs_f64(f64::from(report.delay) / 65_536.0);
            let round_trip = now.saturating_duration_since(sent).saturating_sub(held);
            self.shared.set_round_trip(round_trip);
        }
    }

    /// The answer to a receiver reference time.
    fn echo_of(&self, report: &ExtendedReport) -> Option<ExtendedReport> {
        let mut times = report.reports.iter().filter_map(|block| block.as_any().downcast_ref());
        let time: &ReceiverReferenceTimeReportBlock = times.next()?;
        let echo = DLRRReport {
            ssrc: report.sender_ssrc,
            last_rr: (time.ntp_timestamp >> 16) as u32,
            // Answered at once; but 0 would say that there was nothing to answer.
            dlrr: 1,
        };
        Some(ExtendedReport {
            sender_ssrc: self.streams.keys().copied().min()?,
            reports: vec![Box::new(DLRRReportBlock { reports: vec![echo] })],
        })
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Control {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(parts) = &packet.message.packet {
            // Reports on several streams come together, each with the same time.
            let times = parts.iter().rev().filter_map(|part| part.as_any().downcast_ref());
            if let Some(answer) = times.filter_map(|times| self.echo_of(times)).next() {
                self.write.push_back(TaggedPacket {
                    now: packet.now,
                    transport: Default::default(),
                    message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(answer)])),
                });
            }
            for part in parts.iter().map(|part| part.as_any()) {
                if let Some(pli) = part.downcast_ref::<PictureLossIndication>() {
                    self.keyframe_requested(pli.media_ssrc);
                } else if let Some(fir) = part.downcast_ref::<FullIntraRequest>() {
                    fir.fir.iter().for_each(|entry| self.keyframe_requested(entry.ssrc));
                } else if let Some(report) = part.downcast_ref::<ReceiverReport>() {
                    report.reports.iter().for_each(|block| self.echo(packet.now, block));
                } else if let Some(report) = part.downcast_ref::<SenderReport>() {
                    report.reports.iter().for_each(|block| self.echo(packet.now, block));
                }
            }
        }
        self.read.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(parts) = &packet.message.packet {
            for report in parts.iter().filter_map(|part| part.as_any().downcast_ref()) {
                let SenderReport { ntp_time, .. } = report;
                if self.reports.len() == REMEMBERED_REPORTS {
                    self.reports.pop_front();
                }
                self.reports.push_back(((ntp_time >> 16) as u32, packet.now));
            }
        }
        self.write.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.write.pop_front()
    }
}

impl Interceptor for Control {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn the_hubs_time_is_echoed_so_that_it_learns_the_round_trip() {
        let shared = Arc::new(Shared::new(Box::new(|_| {}), 800_000));
        let mut control = Control::new(shared, HashMap::from([(7, (Source::Microphone, 0))]));
        let time = ReceiverReferenceTimeReportBlock { ntp_timestamp: 0x1111_2222_3333_4444 };
        let report = ExtendedReport { sender_ssrc: 9, reports: vec![Box::new(time)] };
        let packet = TaggedPacket {
            now: Instant::now(),
            transport: Default::default(),
            message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(report)])),
        };
        control.handle_read(packet).expect("taken");
        assert!(control.poll_read().is_some(), "passed on");
        let answer = control.poll_write().expect("an answer");
        let Packet::Rtcp(parts) = answer.message.packet else { panic!("RTCP") };
        let report: &ExtendedReport = parts[0].as_any().downcast_ref().expect("an XR");
        let block: &DLRRReportBlock = report.reports[0].as_any().downcast_ref().expect("DLRR");
        assert_eq!((report.sender_ssrc, block.reports.len()), (7, 1));
        let echo = &block.reports[0];
        assert_eq!((echo.ssrc, echo.last_rr, echo.dlrr), (9, 0x2222_3333, 1));
        assert!(control.poll_write().is_none());
    }
}
