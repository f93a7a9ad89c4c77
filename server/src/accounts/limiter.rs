//! How often somebody may guess a password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Counts tries until they succeed. A try counts when it starts, so that many at once gain
/// nothing; a success clears its own pair.
#[derive(Default)]
pub(super) struct SignInLimiter {
    pairs: HashMap<(String, IpAddr), Tries>,
    addresses: HashMap<IpAddr, Tries>,
}

#[derive(Clone, Copy)]
struct Tries {
    count: u32,
    since: Instant,
}

impl Tries {
    fn is_fresh(&self, now: Instant) -> bool {
        now - self.since < SignInLimiter::WINDOW
    }

    fn check(&mut self, now: Instant, limit: u32) -> Result<(), Duration> {
        if !self.is_fresh(now) {
            *self = Tries { count: 0, since: now };
        }
        if self.count < limit { Ok(()) } else { Err(SignInLimiter::WINDOW - (now - self.since)) }
    }
}

/// Whom an address stands for: an IPv6 subscriber has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (!0 << 64)).into()),
        v4 => v4,
    }
}

impl SignInLimiter {
    const WINDOW: Duration = Duration::from_secs(300);
    const PER_PAIR: u32 = 5;
    const PER_ADDRESS: u32 = 30;
    /// Beyond this, entries whose window is over are forgotten first.
    const TABLE: usize = 10_000;

    /// Counts a try, or says how long to wait.
    pub(super) fn start(
        &mut self,
        now: Instant,
        account: &str,
        address: IpAddr,
    ) -> Result<(), Duration> {
        let address = network(address);
        if self.pairs.len() >= Self::TABLE || self.addresses.len() >= Self::TABLE {
            self.pairs.retain(|_, tries| tries.is_fresh(now));
            self.addresses.retain(|_, tries| tries.is_fresh(now));
        }
        let new = Tries { count: 0, since: now };
        // The address first: beyond its limit no further account gets an entry.
        let whole = self.addresses.entry(address).or_insert(new);
        whole.check(now, Self::PER_ADDRESS)?;
        let pair = self.pairs.entry((account.to_owned(), address)).or_insert(new);
        pair.check(now, Self::PER_PAIR)?;
        pair.count += 1;
        whole.count += 1;
        Ok(())
    }

    /// The last try was right.
    pub(super) fn succeeded(&mut self, account: &str, address: IpAddr) {
        let address = network(address);
        self.pairs.remove(&(account.to_owned(), address));
        if let Some(tries) = self.addresses.get_mut(&address) {
            tries.count = tries.count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[expect(clippy::disallowed_methods, reason = "an arbitrary origin for virtual time")]
    fn origin() -> Instant {
        Instant::now()
    }

    #[test]
    fn five_tries_per_account_and_address_then_a_pause() {
        let (mut limiter, start) = (SignInLimiter::default(), origin());
        for _ in 0..5 {
            assert!(limiter.start(start, "admin", address(1)).is_ok());
        }
        let later = start + Duration::from_secs(100);
        assert_eq!(limiter.start(later, "admin", address(1)), Err(Duration::from_secs(200)));
        assert!(limiter.start(later, "admin", address(2)).is_ok(), "others are not locked out");
        assert!(limiter.start(start + SignInLimiter::WINDOW, "admin", address(1)).is_ok());
    }

    #[test]
    fn a_success_clears_the_count() {
        let (mut limiter, start) = (SignInLimiter::default(), origin());
        for _ in 0..100 {
            assert!(limiter.start(start, "admin", address(1)).is_ok());
            limiter.succeeded("admin", address(1));
        }
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let (mut limiter, start) = (SignInLimiter::default(), origin());
        let tried = (0..100)
            .filter(|n| limiter.start(start, &format!("user{n}"), address(1)).is_ok())
            .count();
        assert_eq!(tried, SignInLimiter::PER_ADDRESS as usize);
    }
}
