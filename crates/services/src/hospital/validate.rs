//! What a hospital may say of itself.

use ward_domain::contact::{self, MAX_NAME, email_key, phone_key};
use ward_domain::hospital::HospitalProfile;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::zone::Zone;

/// Refuses a profile that is not in order.
pub(super) fn check(profile: &HospitalProfile) -> Result<(), Refusal> {
    let mut errors = FieldErrors::default();
    errors.check(
        contact::line(&profile.name, MAX_NAME).is_some(),
        "name",
        "Must be one line of 1 to 150 characters.",
    );
    for (name, value) in [
        ("city", &profile.city),
        ("state", &profile.state),
        ("country", &profile.country),
        ("hospital_type", &profile.hospital_type),
        ("address", &profile.address),
        ("website", &profile.website),
    ] {
        errors.check(
            value.is_empty() || contact::line(value, 250).is_some(),
            name,
            "Must be one line of at most 250 characters.",
        );
    }
    errors.check(
        email_key(&profile.contact_email).is_some(),
        "contact_email",
        "Enter a valid e-mail address.",
    );
    let phone = &profile.contact_phone;
    errors.check(
        phone.is_empty() || phone_key(phone).is_some(),
        "contact_phone",
        "Enter a valid telephone number.",
    );
    errors.check(
        Zone::named(&profile.time_zone).is_some(),
        "time_zone",
        "Must be an IANA time zone such as Europe/Madrid.",
    );
    errors.finish()
}
