//! Names, e-mail addresses and telephone numbers: accepted as people write them, compared as machines must.

use crate::refusal::FieldErrors;

/// Longest name, in characters.
pub const MAX_NAME: usize = 150;
/// Longest e-mail address, in characters (RFC 5321 section 4.5.3.1.3).
pub const MAX_EMAIL: usize = 254;
/// Longest telephone number as written, in characters.
pub const MAX_PHONE: usize = 32;

/// Text for one line: trimmed; `None` where it is empty, over `max` characters, or holds control characters.
pub fn line(text: &str, max: usize) -> Option<String> {
    let text = text.trim();
    let good = !text.is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control);
    good.then(|| text.to_owned())
}

/// Text of several lines: as [`line`], but line breaks and tabs are kept, and it may be empty.
pub fn paragraph(text: &str, max: usize) -> Option<String> {
    let text = text.trim();
    let good = text.chars().count() <= max
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    good.then(|| text.to_owned())
}

/// An e-mail address as it is compared: lower case. `None` where it cannot be one (RFC 5321 without quoted local
/// parts and address literals, which no person has).
pub fn email_key(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_EMAIL || !text.is_ascii() && text.chars().any(char::is_control) {
        return None;
    }
    let (local, domain) = text.rsplit_once('@')?;
    let local_good = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let labels: Vec<&str> = domain.split('.').collect();
    let domain_good = labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    (local_good && domain_good).then(|| text.to_lowercase())
}

/// A telephone number as it is compared: digits with a leading `+` if it was written with one (or with `00`).
/// Spaces, dashes, dots and brackets are how people write; Persian and Arabic digits count. `None` where there are
/// fewer than 5 or more than 15 digits (ITU-T E.164) or anything else stands in it.
pub fn phone_key(text: &str) -> Option<String> {
    let text = text.trim();
    if text.chars().count() > MAX_PHONE {
        return None;
    }
    let mut digits = String::new();
    let mut plus = false;
    for (index, c) in text.chars().enumerate() {
        match c {
            '+' if index == 0 => plus = true,
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' => {}
            _ => digits.push(char::from(b'0' + digit(c)?)),
        }
    }
    if !plus && digits.starts_with("00") {
        digits.drain(..2);
        plus = true;
    }
    (5..=15).contains(&digits.len()).then(|| if plus { format!("+{digits}") } else { digits })
}

/// A telephone number that says whose it is to who knows it, and to nobody else: `+98912****789`. At least four digits
/// are hidden.
pub fn masked_phone(text: &str) -> String {
    let key: Vec<char> = phone_key(text).unwrap_or_default().chars().collect();
    let tail = if key.len() >= 8 { 3 } else { key.len().min(2) };
    let head = key.len().saturating_sub(tail + 4).min(6);
    if key.is_empty() {
        return String::new();
    }
    let (head, tail) = (&key[..head], &key[key.len() - tail..]);
    head.iter().chain("****".chars().collect::<Vec<_>>().iter()).chain(tail).collect()
}

/// An ASCII, Persian or Arabic digit's value.
pub(crate) fn digit(c: char) -> Option<u8> {
    let value = match c {
        '0'..='9' => c as u32 - '0' as u32,
        '۰'..='۹' => c as u32 - '۰' as u32,
        '٠'..='٩' => c as u32 - '٠' as u32,
        _ => return None,
    };
    u8::try_from(value).ok()
}

/// A user name as it is compared: lower case; letters, digits and `.-_@+`, 1 to 150 characters.
pub fn username_key(text: &str) -> Option<String> {
    let text = text.trim();
    let good = (1..=MAX_NAME).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || ".-_@+".contains(c));
    good.then(|| text.to_lowercase())
}

/// The shortest password, in characters. The documents' own examples set it: nothing they print may be refused.
pub const MIN_PASSWORD: usize = 8;
/// The longest password, in characters: hashing cost is bounded.
pub const MAX_PASSWORD: usize = 128;

/// Notes what is wrong with a password. Composition rules are left out on purpose (NIST SP 800-63B section 5.1.1.2):
/// length, no single repeated character, and not the user's own log-in.
pub fn check_password(password: &str, log_ins: &[&str], field: &'static str, errors: &mut FieldErrors) {
    let length = password.chars().count();
    if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&length) {
        errors.add(field, format!("Must have {MIN_PASSWORD} to {MAX_PASSWORD} characters."));
        return;
    }
    let mut characters = password.chars();
    let first = characters.next();
    errors.check(!characters.all(|c| Some(c) == first), field, "Must not be one character repeated.");
    let lower = password.to_lowercase();
    errors.check(
        !log_ins.iter().any(|log_in| log_in.to_lowercase() == lower),
        field,
        "Must not be your log-in name.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for (text, key) in [
            ("Admin@Hospital.com", "admin@hospital.com"),
            (" a.b+c@x-y.co.uk ", "a.b+c@x-y.co.uk"),
            ("jörg@müller.de", "jörg@müller.de"),
        ] {
            assert_eq!(email_key(text).as_deref(), Some(key));
        }
        for text in [
            "",
            "a",
            "a@b",
            "@b.com",
            "a@.com",
            "a@b..com",
            "a b@c.com",
            ".a@b.com",
            "a..b@c.com",
            "a@-b.com",
            "a@b.com\n.x",
            "a@@b.com",
        ] {
            assert_eq!(email_key(text), None, "{text}");
        }
    }

    #[test]
    fn phones() {
        for (text, key) in [
            ("+1-212-555-0100", "+12125550100"),
            ("00 98 (912) 345.6789", "+989123456789"),
            ("۰۹۱۲۳۴۵۶۷۸۹", "09123456789"),
            ("+989123456789", "+989123456789"),
        ] {
            assert_eq!(phone_key(text).as_deref(), Some(key), "{text}");
        }
        for text in ["", "12", "call me", "+1+2345678", "1234567890123456", "12345x"] {
            assert_eq!(phone_key(text), None, "{text}");
        }
    }

    #[test]
    fn of_a_masked_phone_at_least_four_digits_are_hidden() {
        for (text, masked) in [
            ("+989123456789", "+98912****789"),
            ("+98-912-345-6789", "+98912****789"),
            ("09123456789", "0912****789"),
            ("12345678", "1****678"),
            ("12345", "****45"),
            ("", ""),
            ("nobody", ""),
        ] {
            assert_eq!(masked_phone(text), masked, "{text}");
        }
    }

    #[test]
    fn the_documents_passwords_are_taken_and_poor_ones_are_not() {
        let check = |password: &str| {
            let mut errors = FieldErrors::default();
            check_password(password, &["someone@example.org"], "password", &mut errors);
            errors.finish().is_ok()
        };
        for good in ["securepassword", "SecurePassword123!", "DoctorPass123!", "PatientPass123!"] {
            assert!(check(good), "{good}");
        }
        for poor in ["", "short", "aaaaaaaaaa", "Someone@example.org", &"x1".repeat(65)] {
            assert!(!check(poor), "{poor}");
        }
    }
}
