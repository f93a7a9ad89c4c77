//! The bandwidth estimator where the crate's congestion controller calls it.

use crate::transport::bandwidth::{Estimator, Report};
use crate::transport::shared::Shared;
use rtc::interceptor::{BandwidthEstimator, PacketReport};
use std::sync::Arc;
use std::time::Instant;

/// Feeds [`Estimator`] and publishes what it says.
pub(in crate::transport) struct Reporter {
    estimator: Estimator,
    shared: Arc<Shared>,
    reports: Vec<Report>,
}

impl Reporter {
    /// Publishes `estimator`'s target to `shared`.
    pub fn new(estimator: Estimator, shared: Arc<Shared>) -> Reporter {
        Reporter { estimator, shared, reports: Vec::new() }
    }
}

impl BandwidthEstimator for Reporter {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        self.reports.clear();
        self.reports.extend(reports.iter().filter(|report| report.is_twcc).map(|report| Report {
            departure: report.departure,
            arrival: report.arrival.filter(|_| report.arrived),
            bytes: report.size,
        }));
        self.estimator.on_reports(now, &self.reports);
        self.shared.set_path(
            self.estimator.target_bps(),
            self.estimator.queue(),
            self.estimator.loss(),
        );
    }

    fn target_bitrate(&self) -> f64 {
        f64::from(self.estimator.target_bps())
    }
}
