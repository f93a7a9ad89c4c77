//! A file's packets.

use crate::capture::pacer::nanos;
use crate::{Error, Result};
use ffmpeg_next as ff;
use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long opening may take. Some formats refer to other places and would wait for them for ever.
const OPENING: Duration = Duration::from_secs(10);

/// Checks what FFmpeg's own messages would leave unclear, then opens.
pub(crate) fn open_input(path: &Path) -> Result<ff::format::context::Input> {
    let bad = |reason: String| Error::Clip { path: path.to_owned(), reason };
    let about = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => bad("there is no such file; check the path".into()),
        _ => bad(format!("it cannot be read ({error}); check its permissions")),
    })?;
    if about.is_dir() {
        return Err(bad("it is a folder; name a file in it".into()));
    }
    if !about.is_file() {
        return Err(bad("it is not a plain file; name a media file".into()));
    }
    if about.len() == 0 {
        return Err(bad("it is empty; name another file".into()));
    }
    let mut head = [0; 7];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head));
    read.map_err(|error| bad(format!("it cannot be read ({error}); check its permissions")))?;
    if head == *b"#EXTM3U" {
        return Err(bad("it is a playlist; name the media file itself".into()));
    }
    // FFmpeg takes text. "file:" keeps a colon in the name from being read as a protocol, and the
    // list keeps a playlist from reaching into the network.
    let name = path.to_str().filter(|name| !name.contains('\0'));
    let name = name.ok_or_else(|| bad("its name is not valid UTF-8; rename it".into()))?;
    let options = [("protocol_whitelist", "file")].into_iter().collect();
    let opened = Arc::new(AtomicBool::new(false));
    let (done, in_time) = (opened.clone(), deadline(OPENING));
    let gives_up = move || !done.load(Ordering::Relaxed) && !in_time();
    let url = format!("file:{name}");
    let input = ff::format::input_with_interrupt_and_dictionary(&url, gives_up, options);
    let input = input.map_err(|error| {
        bad(format!("it is no media file, or damaged or cut off ({error}); name another file"))
    })?;
    // FFmpeg would draw any text as a film of letters.
    if input.format().name() == "tty" {
        return Err(bad("it is text and no media file; name another file".into()));
    }
    opened.store(true, Ordering::Relaxed);
    Ok(input)
}

/// Tells whether `limit` has not passed yet.
#[expect(clippy::disallowed_methods, reason = "opening a file happens in real time")]
fn deadline(limit: Duration) -> impl Fn() -> bool + Send {
    let end = Instant::now() + limit;
    move || Instant::now() < end
}

/// Packets of the chosen streams, each in its own queue: how a file interleaves them must not
/// force decoded pictures to pile up.
pub(super) struct Demuxer {
    pub(super) input: ff::format::context::Input,
    /// Video, audio.
    indices: [Option<usize>; 2],
    queues: [VecDeque<ff::Packet>; 2],
    /// The earliest start of the chosen streams, nanoseconds of the file's time.
    pub(super) origin: i64,
    ended: bool,
}

pub(super) const VIDEO: usize = 0;
pub(super) const AUDIO: usize = 1;

impl Demuxer {
    /// Reads `[video, audio]` of an opened file.
    pub(super) fn new(input: ff::format::context::Input, indices: [Option<usize>; 2]) -> Demuxer {
        let mut demuxer =
            Demuxer { input, indices, queues: Default::default(), origin: 0, ended: false };
        demuxer.origin = demuxer.earliest();
        demuxer
    }

    /// The next packet of one of the two; `None` at the end of the file.
    pub(super) fn packet(&mut self, which: usize) -> Option<ff::Packet> {
        while self.queues[which].is_empty() && !self.ended {
            let mut packet = ff::Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) => {
                    let kind =
                        self.indices.iter().position(|index| *index == Some(packet.stream()));
                    if let Some(kind) = kind {
                        self.queues[kind].push_back(packet);
                    }
                }
                // One bad packet; the demuxer finds its way again.
                Err(ff::Error::InvalidData) => {}
                Err(_) => self.ended = true,
            }
        }
        self.queues[which].pop_front()
    }

    fn earliest(&self) -> i64 {
        let streams =
            self.input.streams().filter(|stream| self.indices.contains(&Some(stream.index())));
        let starts = streams.filter(|stream| stream.start_time() != ff::ffi::AV_NOPTS_VALUE);
        starts.map(|stream| nanos(stream.start_time(), stream.time_base())).min().unwrap_or(0)
    }

    /// Back to the start.
    pub(super) fn rewind(&mut self, path: &Path) -> Result<()> {
        if self.input.seek(0, ..).is_err() {
            // Some formats cannot seek.
            self.input = open_input(path)?;
        }
        self.ended = false;
        Ok(())
    }
}
