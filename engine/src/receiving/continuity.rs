//! What never came, told from sequence numbers alone.

use crate::jitter_buffer::sequence::Unwrapper;

/// Counts what never came, where nothing is decoded.
#[derive(Default)]
pub(super) struct Continuity {
    sequence: Unwrapper<16>,
    span: Option<(i64, i64)>,
    pub(super) received: u64,
}

impl Continuity {
    pub(super) fn insert(&mut self, sequence: u16) {
        let sequence = self.sequence.unwrap(u32::from(sequence));
        let (first, newest) = self.span.unwrap_or((sequence, sequence));
        self.span = Some((first.min(sequence), newest.max(sequence)));
        self.received += 1;
    }

    pub(super) fn lost(&self) -> u64 {
        let expected = self.span.map_or(0, |(first, newest)| (newest - first + 1) as u64);
        expected.saturating_sub(self.received)
    }
}
