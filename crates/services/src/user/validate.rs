//! What an account may say of a person.

use ward_domain::account::Profile;
use ward_domain::contact::{self, MAX_NAME, email_key, phone_key, username_key};
use ward_domain::policy::Role;
use ward_domain::refusal::FieldErrors;

/// Someone to be given an account.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// As what.
    pub role: Role,
    /// Who they are; without a user name the e-mail address is it.
    pub profile: Profile,
    /// Their password; empty where they log in otherwise.
    pub password: String,
}

/// Longest free text of a profile, in characters.
const MAX_TEXT: usize = 2_000;

/// Notes what is wrong with a profile.
pub(super) fn check(profile: &Profile, errors: &mut FieldErrors) {
    errors.check(
        profile.email.is_empty() || email_key(&profile.email).is_some(),
        "email",
        "Enter a valid e-mail address.",
    );
    errors.check(
        profile.phone_number.is_empty() || phone_key(&profile.phone_number).is_some(),
        "phone_number",
        "Enter a valid telephone number.",
    );
    errors.check(
        profile.username.is_empty() || username_key(&profile.username).is_some(),
        "username",
        "Use letters, digits and .-_@+ only, at most 150.",
    );
    errors.check(
        !(profile.email.is_empty() && profile.phone_number.is_empty() && profile.username.is_empty()),
        "email",
        "An e-mail address, a user name or a telephone number is needed.",
    );
    for (name, value) in [
        ("first_name", &profile.first_name),
        ("last_name", &profile.last_name),
        ("department", &profile.department),
        ("license_number", &profile.license_number),
        ("specialty", &profile.specialty),
        ("gender", &profile.gender),
        ("blood_type", &profile.blood_type),
        ("emergency_contact_name", &profile.emergency_contact_name),
        ("emergency_contact_phone", &profile.emergency_contact_phone),
    ] {
        errors.check(
            value.is_empty() || contact::line(value, MAX_NAME).is_some(),
            name,
            "Must be one line of at most 150 characters.",
        );
    }
    for (name, value) in
        [("bio", &profile.bio), ("address", &profile.address), ("allergies", &profile.allergies)]
    {
        errors.check(
            contact::paragraph(value, MAX_TEXT).is_some(),
            name,
            "Must be text of at most 2000 characters.",
        );
    }
    let born = &profile.date_of_birth;
    errors.check(
        born.is_empty() || born.len() == 10 && born.parse::<jiff::civil::Date>().is_ok(),
        "date_of_birth",
        "Must be a date such as 1985-03-20.",
    );
    errors.check(
        profile.years_of_experience.is_none_or(|years| years <= 80),
        "years_of_experience",
        "Must be 0 to 80.",
    );
    let open = serde_json::to_vec(&profile.extra).map_or(0, |json| json.len());
    errors.check(open <= 8_192, "profile", "Further fields may take 8 KiB at most.");
}

/// The log-ins of a profile in their comparable forms, in the order e-mail, user name, telephone number.
pub(super) fn log_ins(profile: &Profile) -> Vec<String> {
    let email = email_key(&profile.email).filter(|_| !profile.email.is_empty());
    let username = username_key(&profile.username).filter(|_| !profile.username.is_empty());
    let phone = phone_key(&profile.phone_number).filter(|_| !profile.phone_number.is_empty());
    [email, username, phone].into_iter().flatten().collect()
}
