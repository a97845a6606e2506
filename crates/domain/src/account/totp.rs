//! Time-based one-time passwords (RFC 6238): HMAC-SHA1, six digits, thirty seconds, as every authenticator app has them.

use crate::secret;
use crate::time::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha1::Sha1;

/// Bytes of a secret: as long as the hash (RFC 4226 section 4).
pub const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP_SECONDS: i64 = 30;
/// Steps that a clock may be off, each way (RFC 6238 section 5.2).
const SKEW: i64 = 1;
/// Recovery codes given out at a time.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: 60 bits.
pub const RECOVERY_BYTES: usize = 12;

/// RFC 4648 base32, which authenticator apps read.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The second factor of an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    /// The shared secret, hex.
    secret: String,
    /// Whether log-ins ask for it: from the first right code on.
    pub active: bool,
    /// The last step that a code was taken of: it and those before are taken no more.
    last_step: i64,
    /// Keyed hashes of the recovery codes that are left, hex.
    recovery: Vec<String>,
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Totp").field("active", &self.active).finish_non_exhaustive()
    }
}

/// What someone shows beside their password.
#[derive(Clone, PartialEq, Eq)]
pub enum SecondFactor {
    /// The six digits of now.
    Code(String),
    /// The keyed hash of a recovery code, hex.
    Recovery(String),
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code(…)",
            Self::Recovery(_) => "Recovery(…)",
        })
    }
}

impl Totp {
    /// With a secret that nobody has shown yet to know.
    pub fn new(secret: &[u8; SECRET_BYTES]) -> Self {
        Self { secret: secret::hex(secret), active: false, last_step: 0, recovery: Vec::new() }
    }

    /// Whether this proves that its owner is there; what is used up is used up then.
    pub fn take(&mut self, now: Time, shown: &SecondFactor) -> bool {
        match shown {
            SecondFactor::Code(code) => self.take_code(now, code),
            SecondFactor::Recovery(hash) => {
                let found =
                    self.recovery.iter().position(|kept| secret::same(kept.as_bytes(), hash.as_bytes()));
                found.map(|index| self.recovery.remove(index)).is_some()
            }
        }
    }

    /// Takes new recovery codes in the place of all others, as keyed hashes.
    pub fn set_recovery(&mut self, hashes: &[String]) {
        self.recovery = hashes.to_vec();
    }

    /// The keyed hashes of the recovery codes that are left.
    pub fn recovery(&self) -> &[String] {
        &self.recovery
    }

    fn take_code(&mut self, now: Time, code: &str) -> bool {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = now.seconds().div_euclid(STEP_SECONDS);
        let key = self.key();
        // Each step is looked at, so that the time says nothing of which one it was.
        let matching = (step - SKEW..=step + SKEW).fold(None, |found, step| {
            if secret::same(digits(&key, step).as_bytes(), code.as_bytes()) { Some(step) } else { found }
        });
        match matching {
            Some(step) if step > self.last_step => {
                self.last_step = step;
                true
            }
            _ => false,
        }
    }

    fn key(&self) -> Vec<u8> {
        let digit =
            |at: usize| self.secret.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        (0..self.secret.len() / 2).filter_map(|index| digit(index * 2)).collect()
    }

    /// The secret as an authenticator app takes it when typed.
    pub fn base32(&self) -> String {
        base32(&self.key())
    }

    /// The address that an authenticator app reads from a picture. `issuer` and `account` are what it shows.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account, secret) = (encoded(issuer), encoded(account), self.base32());
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_SECONDS}"
        )
    }
}

/// The six digits of a step (RFC 4226 section 5.3).
fn digits(key: &[u8], step: i64) -> String {
    // HMAC takes a key of any length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0x0f);
    let number = hash[offset..offset + 4].iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
        held &= 0xff;
    }
    if bits > 0 {
        text.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// Percent-encoded (RFC 3986 section 2.3).
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    fn at(seconds: i64) -> Time {
        Time::from_millis(seconds * 1000)
    }

    #[test]
    fn the_vectors_of_rfc_6238() {
        // Appendix B, SHA1; it prints eight digits, of which an app shows the last six.
        for (seconds, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let code = SecondFactor::Code(eight[2..].to_owned());
            assert!(Totp::new(SECRET).take(at(seconds), &code), "{seconds}");
            assert!(!Totp::new(SECRET).take(at(seconds + 3 * STEP_SECONDS), &code), "{seconds}");
        }
    }

    #[test]
    fn the_vectors_of_rfc_4226() {
        // Appendix D.
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, code) in expected.into_iter().enumerate() {
            assert_eq!(digits(SECRET, i64::try_from(counter).unwrap()), code);
        }
    }

    #[test]
    fn a_step_either_way_passes_and_none_passes_twice() {
        let now = at(1_000_000_020);
        let step = now.seconds() / STEP_SECONDS;
        let code = |step| SecondFactor::Code(digits(SECRET, step));
        for (off, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            assert_eq!(Totp::new(SECRET).take(now, &code(step + off)), good, "{off}");
        }
        let mut totp = Totp::new(SECRET);
        assert!(totp.take(now, &code(step)));
        assert!(!totp.take(now, &code(step)), "a step that was used");
        assert!(!totp.take(now, &code(step - 1)), "a step before it");
        assert!(totp.take(now, &code(step + 1)));
        for odd in ["", "12345", "1234567", "abcdef", "０００００１"] {
            assert!(!Totp::new(SECRET).take(now, &SecondFactor::Code(odd.to_owned())), "{odd}");
        }
        let spaced = format!(" {} {} ", &digits(SECRET, step)[..3], &digits(SECRET, step)[3..]);
        assert!(Totp::new(SECRET).take(now, &SecondFactor::Code(spaced)));
    }

    #[test]
    fn a_recovery_code_works_once() {
        let mut totp = Totp::new(SECRET);
        totp.set_recovery(&["aa".into(), "bb".into()]);
        let shown = SecondFactor::Recovery("bb".into());
        assert!(totp.take(at(5), &shown));
        assert!(!totp.take(at(5), &shown));
        assert_eq!(totp.recovery(), ["aa"]);
        assert!(!totp.take(at(5), &SecondFactor::Recovery(String::new())));
    }

    #[test]
    fn an_app_reads_the_secret() {
        // RFC 4648 section 10.
        for (plain, coded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
        ] {
            assert_eq!(base32(plain.as_bytes()), coded);
        }
        let uri = Totp::new(SECRET).uri("City Hospital", "dr@example.org");
        assert_eq!(
            uri,
            "otpauth://totp/City%20Hospital:dr%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=City%20Hospital&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn no_secret_is_printed() {
        assert_eq!(format!("{:?}", Totp::new(SECRET)), "Totp { active: false, .. }");
        assert_eq!(format!("{:?}", SecondFactor::Code("123456".into())), "Code(…)");
    }
}
