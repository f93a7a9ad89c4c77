//! Passwords: how they are kept, made and judged.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use rand::Rng;

/// A password that somebody chooses has so many characters.
pub(super) const MIN_CHARS: usize = 10;

/// Nobody types more.
pub(super) const MAX_BYTES: usize = 1024;

/// Why a password cannot be chosen, for people.
pub(super) fn refusal(new: &str, old: &str, account: &str) -> Option<&'static str> {
    if new.chars().count() < MIN_CHARS {
        Some("a password has at least 10 characters")
    } else if new.len() > MAX_BYTES {
        Some("a password has at most 1024 bytes")
    } else if new.trim().to_lowercase() == account.to_lowercase() {
        Some("the account's name is no password")
    } else if new == old {
        Some("the new password is the old one")
    } else {
        None
    }
}

/// A PHC string of Argon2id with 19 MiB and two passes (OWASP Password Storage Cheat Sheet).
pub(super) fn hash(password: &str) -> String {
    phc(&Argon2::default(), password)
}

/// Like [`hash`], with the least memory and one pass. Only for [`one_time`] passwords: nobody
/// guesses 97 random bits however fast a guess is, and an import makes thousands of them at once.
pub(super) fn hash_one_time(password: &str) -> String {
    phc(&Argon2::new(Algorithm::Argon2id, Version::V0x13, least()), password)
}

fn least() -> Params {
    Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None)
        .expect("the least that Argon2 takes is taken")
}

fn phc(argon2: &Argon2<'_>, password: &str) -> String {
    let hash: PasswordHash = argon2
        .hash_password(password.as_bytes())
        .expect("Argon2 with these parameters takes any password");
    hash.to_string()
}

/// Whether the password is the right one. Takes as long as [`hash`] whatever `hash` is: for one with
/// less cost the `decoy`, which has the full cost, is computed as well.
pub(super) fn verify(password: &str, hash: &str, decoy: &str) -> bool {
    let matches = |hash: &str| {
        PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    if !has_full_cost(hash) {
        let _ = matches(decoy);
    }
    matches(hash)
}

fn has_full_cost(hash: &str) -> bool {
    let params = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok());
    params.is_some_and(|params| params.m_cost() >= Params::DEFAULT_M_COST)
}

/// 20 characters that are hard to confuse, in groups: 97 bits.
pub(super) fn one_time() -> String {
    const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut group = || -> String {
        (0..5).map(|_| ALPHABET[rng.random_range(0..ALPHABET.len())] as char).collect()
    };
    [group(), group(), group(), group()].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_argon2id_and_verify() {
        let decoy = hash("decoy");
        for hash in [hash("correct horse"), hash_one_time("correct horse")] {
            assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
            assert!(verify("correct horse", &hash, &decoy));
            assert!(!verify("wrong horse", &hash, &decoy));
            assert!(!verify("decoy", &hash, &decoy));
        }
        assert!(!verify("", "no hash at all", &decoy));
    }

    #[test]
    fn only_a_hash_of_less_cost_is_topped_up() {
        assert!(has_full_cost(&hash("x")));
        assert!(!has_full_cost(&hash_one_time("x")));
        assert!(!has_full_cost("no hash at all"));
    }

    #[test]
    fn a_chosen_password_is_long_new_and_not_the_name() {
        assert_eq!(refusal("long enough", "old one", "anna"), None);
        assert!(refusal("too short", "old one", "anna").is_some());
        assert_eq!(refusal("äöüßäöüßäö", "old one", "anna"), None, "characters, not bytes");
        assert!(refusal(&"x".repeat(MAX_BYTES + 1), "old one", "anna").is_some());
        assert!(refusal("Anna.Muster ", "old one", "anna.muster").is_some());
        assert!(refusal("the same one", "the same one", "anna").is_some());
    }
}
