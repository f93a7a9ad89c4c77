//! What a client says about the lines on which it sends.

use protocol::{MediaSource, SendingStream};
use str0m::Rtc;
use str0m::media::{Mid, Rid};
use str0m::rtp::Ssrc;

/// The RID of a layer says its size: full, half, quarter.
const RIDS_BY_SIZE: [&str; 3] = ["h", "m", "l"];

/// What the client said about a line on which it sends.
#[derive(Debug)]
pub struct Announced {
    /// The line.
    pub mid: Mid,
    /// What it carries.
    pub source: MediaSource,
    /// Its layers, the tallest first; none without simulcast.
    pub rids: Vec<Rid>,
}

/// Registers the announced streams; says what is wrong with them.
pub fn announce(rtc: &mut Rtc, streams: &[SendingStream]) -> Result<Vec<Announced>, String> {
    let mut lines: Vec<Announced> = Vec::new();
    let mut seen = Vec::new();
    for stream in streams {
        let (mid, name) = (Mid::from(stream.mid.as_str()), &stream.mid);
        let media = rtc.media(mid).filter(|media| media.direction().is_receiving());
        let media = media.ok_or_else(|| format!("stream on line {name:?}, which sends nothing"))?;
        if media.kind().is_audio() != (stream.source == MediaSource::Microphone) {
            return Err(format!("line {name:?} cannot carry the {:?}", stream.source));
        }
        let rid = stream.rid.as_deref().map(Rid::from);
        if let Some(ssrc) = stream.ssrc {
            let ssrcs = [Some(ssrc), stream.rtx_ssrc].into_iter().flatten();
            for ssrc in ssrcs {
                if ssrc == 0 || seen.contains(&ssrc) {
                    return Err(format!("SSRC {ssrc} on line {name:?} is used twice or zero"));
                }
                seen.push(ssrc);
            }
            let rtx = stream.rtx_ssrc.map(Ssrc::from);
            rtc.direct_api().expect_stream_rx(ssrc.into(), rtx, mid, rid);
        }
        match lines.iter_mut().find(|line| line.mid == mid || line.source == stream.source) {
            Some(line) if line.mid == mid && line.source == stream.source => line.rids.extend(rid),
            Some(line) => {
                return Err(format!(
                    "{:?} on {name:?} and {:?} on {:?}",
                    stream.source, line.source, &*line.mid
                ));
            }
            None => {
                let rids = rid.into_iter().collect();
                lines.push(Announced { mid, source: stream.source, rids });
            }
        }
    }
    for line in &mut lines {
        line.rids = by_size(std::mem::take(&mut line.rids));
    }
    Ok(lines)
}

/// The tallest layer first; unknown names keep their order.
pub fn by_size(mut rids: Vec<Rid>) -> Vec<Rid> {
    rids.sort_by_key(|rid| RIDS_BY_SIZE.iter().position(|name| **name == **rid));
    rids
}
