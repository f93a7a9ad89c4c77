//! What the jitter buffer answers and counts.

use bytes::Bytes;

/// What to append to the decoded sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing: 10 ms are there, play them.
    Play,
    /// Decode this packet.
    Decode(Bytes),
    /// Rebuild the samples before this packet from its FEC.
    Recover {
        /// The packet after the gap; it is decoded by a later pull.
        next: Bytes,
        /// The gap's length.
        samples: usize,
    },
    /// Conceal this many samples.
    Conceal {
        /// How many.
        samples: usize,
    },
    /// 10 ms of the decoder's comfort noise: the sender pauses (DTX).
    ComfortNoise,
    /// 10 ms of silence: nobody sends.
    Silence,
}

/// What to do to the decoded sound after appending, to correct the delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// Nothing.
    Keep,
    /// Remove a pitch period where it is inaudible.
    Accelerate,
    /// Remove a pitch period even where it is audible.
    AccelerateFast,
    /// Repeat a pitch period.
    Expand,
}

/// The answer to one pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// What to append.
    pub action: Action,
    /// What to do to it.
    pub stretch: Stretch,
}

/// Counters since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets inserted, without duplicates and damaged ones.
    pub packets: u64,
    /// Samples played since the first packet, silence included.
    pub samples: u64,
    /// Samples invented because a packet was late or lost; neither FEC nor pauses count. A silence
    /// of more than a second is added when the next packet shows that others were lost in it.
    pub samples_concealed: u64,
    /// Packets that were not there at their time; some of them come later and are `late` too.
    pub lost: u64,
    /// Packets that came after their time, too late to be played.
    pub late: u64,
    /// Gaps rebuilt from FEC.
    pub recovered: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Packets thrown away unplayed: damaged, or left over when the stream started anew.
    pub discarded: u64,
    /// Samples the decoded packets waited, all together (W3C `jitterBufferDelay`, in samples).
    pub waited: u64,
    /// Packets decoded.
    pub decoded: u64,
}
