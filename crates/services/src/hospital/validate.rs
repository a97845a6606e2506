//! What a hospital may say of itself.

use ward_domain::contact::{self, MAX_NAME, email_key, phone_key};
use ward_domain::hospital::HospitalProfile;
use ward_domain::hospital::domains::{MAX_DOMAINS, host_name};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::zone::Zone;

/// Refuses a profile that is not in order, and spells its domains as they are compared. `platform` are the host names
/// that are the platform's own: no hospital may have one, or it would have everyone's requests.
pub(super) fn check(profile: &mut HospitalProfile, platform: &[String]) -> Result<(), Refusal> {
    let mut errors = FieldErrors::default();
    match in_order(&profile.domains, platform) {
        Ok(domains) => profile.domains = domains,
        Err(message) => errors.add("domains", message),
    }
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

/// Host names in lower case, each once; the error says what is wrong with the first that is not in order.
fn in_order(domains: &[String], platform: &[String]) -> Result<Vec<String>, String> {
    if domains.len() > MAX_DOMAINS {
        return Err(format!("Must be at most {MAX_DOMAINS} host names."));
    }
    let mut names = Vec::with_capacity(domains.len());
    for (at, domain) in domains.iter().enumerate() {
        let item = at + 1;
        let name = host_name(domain)
            .ok_or_else(|| format!("Item {item}: Must be a host name such as care.hospital.example."))?;
        if platform.contains(&name) {
            return Err(format!("Item {item}: This host name is the platform's own."));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}
