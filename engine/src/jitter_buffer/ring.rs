//! The packets that wait, by sequence number.

use super::packet::Packet;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets, missing ones included, between the oldest and the newest: 4 s of 5 Mb/s. When a packet
/// lies further ahead, everything older is given up.
pub(super) const PACKETS_MAX: usize = 2_048;

/// How far before the first packet a stream's real start may lie.
const START_REORDER_MAX: i64 = 256;

/// So many packets in a row from long ago mean that the sender's numbering began anew.
const RESTART_RUN: u32 = 16;

#[derive(Debug)]
pub(super) enum Slot {
    Missing { since: Instant },
    Here(Packet),
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// Beyond all before, at the stream's start also in front of them.
    New,
    /// Beyond all before, and something between is missing.
    AfterGap,
    /// Filled a gap so long after it was noticed.
    Recovered(Duration),
    /// It is here already, or was.
    Duplicate,
    /// Its place was passed without it.
    TooLate,
    /// It does not fit what is stored: everything was given up, and it is the first of a new run.
    Restarted,
}

/// What stands at the head of the ring; counts are packets, fillers included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadFrame {
    /// A whole frame of so many packets.
    Complete(usize),
    /// So many packets without a marker, and another frame straight behind them.
    Unmarked(usize),
    /// A packet is missing since then.
    Gap(Instant),
    /// Its last packets did not come yet.
    Open,
    /// Nothing.
    Empty,
}

/// A window over the stream that begins at `head`, the first packet not passed yet.
#[derive(Debug, Default)]
pub(super) struct Ring {
    slots: VecDeque<Slot>,
    head: i64,
    /// Packets at the head that were looked at: one run within one frame.
    cursor: usize,
    /// The packet before the head ended a frame.
    boundary: bool,
    /// Nothing was passed yet.
    untouched: bool,
    first: Option<i64>,
    passed: Passed,
    stale_run: u32,
    /// Packets passed that never came.
    pub lost: u64,
}

impl Ring {
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Packets at the head, without a gap, that belong to one unfinished frame.
    pub fn partial(&self) -> usize {
        self.cursor
    }

    pub fn get(&self, index: usize) -> Option<&Packet> {
        match self.slots.get(index)? {
            Slot::Here(packet) => Some(packet),
            Slot::Missing { .. } => None,
        }
    }

    pub fn front(&self) -> Option<&Slot> {
        self.slots.front()
    }

    /// Puts a packet where it belongs. `prepend` allows it before the first one of the stream.
    pub fn place(&mut self, sequence: i64, packet: Packet, prepend: bool) -> Placed {
        if self.first.is_none() {
            self.begin(sequence);
        }
        let since = packet.inserted;
        if sequence < self.head {
            let before = self.head - sequence;
            if prepend && self.untouched && before <= START_REORDER_MAX {
                (1..before).for_each(|_| self.slots.push_front(Slot::Missing { since }));
                self.slots.push_front(Slot::Here(packet));
                (self.head, self.first, self.cursor) = (sequence, Some(sequence), 0);
                return Placed::New;
            }
            return self.place_old(sequence, packet);
        }
        self.stale_run = 0;
        let index = (sequence - self.head) as usize;
        if index >= PACKETS_MAX {
            return self.restart(sequence, packet);
        }
        if let Some(slot) = self.slots.get_mut(index) {
            return match slot {
                Slot::Here(_) => Placed::Duplicate,
                Slot::Missing { since: noticed } => {
                    let after = since.saturating_duration_since(*noticed);
                    *slot = Slot::Here(packet);
                    Placed::Recovered(after)
                }
            };
        }
        let placed = if self.slots.len() == index { Placed::New } else { Placed::AfterGap };
        self.slots.resize_with(index, || Slot::Missing { since });
        self.slots.push_back(Slot::Here(packet));
        placed
    }

    fn place_old(&mut self, sequence: i64, packet: Packet) -> Placed {
        if self.head - sequence > PACKETS_MAX as i64 {
            self.stale_run += 1;
            if self.stale_run < RESTART_RUN {
                return Placed::TooLate;
            }
            return self.restart(sequence, packet);
        }
        self.stale_run = 0;
        if self.passed.contains(sequence) {
            return Placed::Duplicate;
        }
        self.passed.set(sequence, true);
        if self.first.is_some_and(|first| sequence >= first) {
            self.lost = self.lost.saturating_sub(1);
        }
        Placed::TooLate
    }

    fn restart(&mut self, sequence: i64, packet: Packet) -> Placed {
        let skipped = sequence - (self.head + self.slots.len() as i64);
        while self.pop().is_some() {}
        self.lost += skipped.max(0) as u64;
        self.begin(sequence);
        self.slots.push_back(Slot::Here(packet));
        Placed::Restarted
    }

    fn begin(&mut self, sequence: i64) {
        *self = Ring {
            head: sequence,
            first: Some(sequence),
            untouched: true,
            lost: self.lost,
            ..Ring::default()
        };
    }

    /// Passes the packet at the head.
    pub fn pop(&mut self) -> Option<Slot> {
        let slot = self.slots.pop_front()?;
        match &slot {
            Slot::Here(packet) if packet.is_filler() => {}
            Slot::Here(packet) => self.boundary = packet.marker,
            Slot::Missing { .. } => {
                self.boundary = false;
                self.lost += 1;
            }
        }
        self.passed.set(self.head, matches!(slot, Slot::Here(_)));
        self.head += 1;
        self.cursor = self.cursor.saturating_sub(1);
        self.untouched = false;
        Some(slot)
    }

    /// Takes a whole frame of `count` packets off the head, without its fillers.
    pub fn take(&mut self, count: usize) -> Vec<Packet> {
        let mut packets = Vec::with_capacity(count);
        for _ in 0..count {
            match self.pop() {
                Some(Slot::Here(packet)) if !packet.is_filler() => packets.push(packet),
                _ => {}
            }
        }
        self.boundary = true;
        packets
    }

    /// What stands at the head; passes fillers in front of it.
    pub fn head_frame(&mut self) -> HeadFrame {
        while self.get(0).is_some_and(Packet::is_filler) {
            self.pop();
        }
        while let Some(slot) = self.slots.get(self.cursor) {
            let packet = match slot {
                Slot::Missing { since } => return HeadFrame::Gap(*since),
                Slot::Here(packet) => packet,
            };
            if !packet.is_filler() {
                if self.get(0).is_some_and(|first| first.timestamp != packet.timestamp) {
                    return HeadFrame::Unmarked(self.cursor);
                }
                if packet.marker {
                    return HeadFrame::Complete(self.cursor + 1);
                }
            }
            self.cursor += 1;
        }
        if self.cursor == 0 { HeadFrame::Empty } else { HeadFrame::Open }
    }

    /// The first whole frame at or after index `from` that is `wanted`, as its first index.
    ///
    /// A frame is whole when its first packet surely is the first, its last has the marker, and
    /// nothing is missing between.
    pub fn find(&self, from: usize, wanted: impl Fn(&Ring, usize, usize) -> bool) -> Option<usize> {
        let mut start: Option<(usize, u32)> = None;
        for index in from..self.slots.len() {
            let Some(packet) = self.get(index) else {
                start = None;
                continue;
            };
            if packet.is_filler() {
                continue;
            }
            if start.is_none_or(|(_, timestamp)| timestamp != packet.timestamp) {
                start = self.begins_frame(index).then_some((index, packet.timestamp));
            }
            if packet.marker
                && let Some((begin, _)) = start.take()
                && wanted(self, begin, index + 1)
            {
                return Some(begin);
            }
        }
        None
    }

    fn begins_frame(&self, index: usize) -> bool {
        let Some(packet) = self.get(index) else { return false };
        if packet.begins_frame() {
            return true;
        }
        match index.checked_sub(1) {
            None => self.boundary,
            Some(before) => self.get(before).is_some_and(|before| {
                !before.is_filler() && (before.marker || before.timestamp != packet.timestamp)
            }),
        }
    }
}

/// Which of the newest 2,048 passed packets came.
#[derive(Debug)]
struct Passed([u64; PACKETS_MAX / 64]);

impl Default for Passed {
    fn default() -> Self {
        Passed([0; PACKETS_MAX / 64])
    }
}

impl Passed {
    fn place(sequence: i64) -> (usize, u64) {
        let bit = sequence.rem_euclid(PACKETS_MAX as i64) as usize;
        (bit / 64, 1 << (bit % 64))
    }

    fn set(&mut self, sequence: i64, came: bool) {
        let (word, bit) = Passed::place(sequence);
        if came {
            self.0[word] |= bit;
        } else {
            self.0[word] &= !bit;
        }
    }

    fn contains(&self, sequence: i64) -> bool {
        let (word, bit) = Passed::place(sequence);
        self.0[word] & bit != 0
    }
}
