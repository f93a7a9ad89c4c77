//! What all connections share: keys, codecs, addresses.

use super::SfuError;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::bwe::Bitrate;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::rtp::Extension;
use str0m::{Rtc, RtcConfig};

/// The first guess at what a line carries: two 720p pictures. Probing finds the rest.
const INITIAL_BITRATE: Bitrate = Bitrate::mbps(4);

/// Loss is looked at once a second.
const STATS_INTERVAL: Duration = Duration::from_secs(1);

/// What all connections have in common.
pub struct Identity {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    /// The addresses that clients are told.
    pub candidates: Vec<SocketAddr>,
}

impl std::fmt::Debug for Identity {
    /// Never prints a key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("candidates", &self.candidates).finish_non_exhaustive()
    }
}

/// Constrained baseline, level 3.1 (RFC 6184 section 8.1): 720p at 30 frames a second.
const H264_PROFILE_LEVEL: u32 = 0x42_e01f;

/// H.264 and its retransmissions; the other side's offer renumbers them.
const H264_PAYLOAD_TYPES: [u8; 2] = [108, 109];

impl Identity {
    /// Makes the hub's DTLS certificate: one for all, so that joining makes no keys.
    pub fn new(candidates: Vec<SocketAddr>) -> Result<Identity, SfuError> {
        let crypto = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = crypto.dtls_provider.generate_certificate();
        let missing = || SfuError::Start("no DTLS certificate can be made".to_owned());
        Ok(Identity { crypto, certificate: certificate.ok_or_else(missing)?, candidates })
    }

    /// A connection that waits for an offer.
    pub fn connection(&self, now: Instant) -> Rtc {
        let mut config = RtcConfig::new()
            .set_crypto_provider(self.crypto.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_extension(9, Extension::AbsoluteCaptureTime)
            .set_stats_interval(Some(STATS_INTERVAL))
            .enable_bwe(Some(INITIAL_BITRATE));
        // One profile that everybody has, so that what one sends every other can receive.
        let (type_, resend) = (H264_PAYLOAD_TYPES[0].into(), H264_PAYLOAD_TYPES[1].into());
        config.codec_config().add_h264(type_, Some(resend), true, H264_PROFILE_LEVEL);
        config.build(now)
    }
}
