//! What two accounts of one patient have in common: a name with a birth date, the digits of a telephone number, an
//! e-mail address but for what stands behind a `+`.
//!
//! The account keeps keyed hashes of these. Equal ones lie side by side in a list of numbers, so that doubles are found
//! without reading names.

use super::Profile;
use crate::contact::{email_key, phone_key};

/// On what two accounts match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Full name and date of birth.
    NameAndBirthDate,
    /// Telephone number, however it is written.
    Phone,
    /// E-mail address.
    Email,
}

impl Match {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NameAndBirthDate, Self::Phone, Self::Email];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NameAndBirthDate => "name_and_birth_date",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// What a fingerprint begins with. It is on disk: never give a letter a second meaning.
    const fn letter(self) -> char {
        match self {
            Self::NameAndBirthDate => 'n',
            Self::Phone => 'p',
            Self::Email => 'e',
        }
    }
}

/// Digits at the end of a telephone number that tell it: what stands before is a country's or a trunk's prefix, which
/// people write or leave out.
const PHONE_DIGITS: usize = 9;

/// What a profile has of each, in the form in which it is compared. `words` are the words of the full name, folded as
/// the search folds them; their order says nothing.
pub fn subjects(profile: &Profile, mut words: Vec<String>) -> Vec<(Match, String)> {
    let mut found = Vec::new();
    words.sort_unstable();
    if !words.is_empty() && !profile.date_of_birth.is_empty() {
        found.push((Match::NameAndBirthDate, format!("{}\n{}", words.join(" "), profile.date_of_birth)));
    }
    if let Some(phone) = phone_key(&profile.phone_number) {
        let digits = phone.trim_start_matches('+');
        found.push((Match::Phone, digits[digits.len().saturating_sub(PHONE_DIGITS)..].to_owned()));
    }
    if let Some((local, domain)) =
        email_key(&profile.email).as_deref().and_then(|email| email.rsplit_once('@'))
    {
        let local = local.split('+').next().unwrap_or(local);
        if !local.is_empty() {
            found.push((Match::Email, format!("{local}@{domain}")));
        }
    }
    found
}

/// A fingerprint as it is kept: what it is of, and the hex of its keyed hash.
pub fn kept(of: Match, hash: &str) -> String {
    format!("{}{hash}", of.letter())
}

/// What a kept fingerprint is of.
pub fn of(kept: &str) -> Option<Match> {
    let letter = kept.chars().next()?;
    Match::ALL.into_iter().find(|of| of.letter() == letter)
}

/// Where a kept fingerprint lies in the list: 40 bits of its hash. Two that differ meet there once in a million millions;
/// who reads the list compares the fingerprints themselves.
pub fn place(kept: &str) -> Option<u64> {
    u64::from_str_radix(kept.get(1..11)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_profile(name: [&str; 2], born: &str, phone: &str, email: &str) -> Vec<(Match, String)> {
        let profile = Profile {
            date_of_birth: born.into(),
            phone_number: phone.into(),
            email: email.into(),
            ..Profile::default()
        };
        subjects(
            &profile,
            name.iter().filter(|word| !word.is_empty()).map(|word| (*word).to_owned()).collect(),
        )
    }

    #[test]
    fn one_person_written_in_two_ways_matches() {
        let one = of_profile(["ana", "ruiz"], "1985-03-20", "+98 912 345 6789", "ana@x.example");
        let other = of_profile(["ruiz", "ana"], "1985-03-20", "0912-345-6789", "Ana+clinic@X.example");
        assert_eq!(one, other);
        assert_eq!(one.iter().map(|(of, _)| *of).collect::<Vec<_>>(), Match::ALL);
    }

    #[test]
    fn what_is_not_said_matches_nothing() {
        assert_eq!(of_profile(["ana", "ruiz"], "", "", ""), vec![]);
        assert_eq!(of_profile(["", ""], "1985-03-20", "x", "no address"), vec![]);
        assert_eq!(
            of_profile(["", ""], "", "12345", "+tag@x.example"),
            vec![(Match::Phone, "12345".to_owned())]
        );
    }

    #[test]
    fn a_kept_fingerprint_says_what_it_is_of_and_where_it_lies() {
        for of_what in Match::ALL {
            let text = kept(of_what, "0123456789abcdef0123456789abcdef");
            assert_eq!((of(&text), place(&text)), (Some(of_what), Some(0x01_2345_6789)));
        }
        assert_eq!((of("x00"), place("n12"), of(""), place("")), (None, None, None, None));
    }
}
