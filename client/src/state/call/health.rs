//! How everybody fares, in the order of the health panel.

use super::Call;
use crate::state::names::fold;
use crate::state::{Cause, Verdict};
use protocol::{ParticipantId, QualityLevel};
use std::cmp::Reverse;

/// So many people who fare well are listed one by one; more are summed up.
const FEW: usize = 6;

/// Who has a row of their own, and how many have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fares {
    /// Oneself first, then the worst first; at the same level by name.
    pub rows: Vec<(ParticipantId, Verdict)>,
    /// So many others fare well and have no row.
    pub well: usize,
    /// So many others suffer from the own side alone, which the first row says.
    pub through_us: usize,
}

impl Call {
    /// How everybody fares.
    pub fn fares(&self) -> Fares {
        let others = self.participants.iter().filter(|person| person.id != self.you);
        let mut rows: Vec<_> =
            others.map(|person| (self.verdict(person.id), fold(&person.name), person.id)).collect();
        let of_ours = |verdict: &Verdict| {
            matches!(verdict.cause, Cause::HubGone | Cause::MediaGone | Cause::OwnDownlink { .. })
        };
        let through_us = rows.iter().filter(|(verdict, ..)| of_ours(verdict)).count();
        rows.retain(|(verdict, ..)| !of_ours(verdict));
        let fine = |verdict: &Verdict| verdict.level == QualityLevel::Good;
        let mut well = rows.iter().filter(|(verdict, ..)| fine(verdict)).count();
        if well > FEW {
            rows.retain(|(verdict, ..)| !fine(verdict));
        } else {
            well = 0;
        }
        rows.sort_by(|a, b| (Reverse(a.0.level), &a.1, a.2).cmp(&(Reverse(b.0.level), &b.1, b.2)));
        let own = self.me().map(|me| (me.id, self.verdict(me.id)));
        let rows = own.into_iter().chain(rows.into_iter().map(|(verdict, _, id)| (id, verdict)));
        Fares { rows: rows.collect(), well, through_us }
    }
}
