//! What is said by SMS. It travels in the open and lights up on locked screens: no clinical word stands in it.

use super::access::{ACCESS_HOURS, AccessKind};
use super::code::CODE_SECONDS;
use super::invitation::INVITATION_DAYS;
use crate::policy::Role;

/// Longest name of a hospital or a person in an SMS, in characters.
const MAX_SAID: usize = 40;

fn short(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(MAX_SAID).collect()
}

/// The text that a log-in code goes out in.
pub fn log_in(hospital: &str, code: &str) -> String {
    let minutes = CODE_SECONDS / 60;
    format!(
        "{code} is your code for {}. It is good for {minutes} minutes and works once. Give it to nobody.",
        short(hospital)
    )
}

/// The text that asks a patient for access: who asks, and for what. The doctor's own words stay with the request, since
/// they may be clinical.
pub fn access(hospital: &str, doctor: &str, kind: AccessKind, code: &str) -> String {
    let wanted = match kind {
        AccessKind::ViewHistory => "to read your health record",
        AccessKind::FullAccess => "to read your health record and files, and to add to them,",
    };
    let minutes = CODE_SECONDS / 60;
    format!(
        "{}: {} asks {wanted} for {ACCESS_HOURS} hours. If you agree, tell them this code: {code}. It is good for \
         {minutes} minutes. If you do not, say nothing.",
        short(hospital),
        short(doctor),
    )
}

/// The text that tells a number of its invitation.
pub fn invitation(hospital: &str, role: Role) -> String {
    let role = match role {
        Role::Doctor => "a doctor",
        Role::Staff => "staff",
        Role::HospitalAdmin => "an administrator",
        Role::Patient | Role::PlatformAdmin | Role::ApiClient => "a patient",
    };
    format!(
        "{} invites you as {role}. Log in with this number within {INVITATION_DAYS} days; a code will come by SMS.",
        short(hospital)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_what_it_must_and_stays_short() {
        let long = "x".repeat(150);
        let asked = access(&long, &long, AccessKind::FullAccess, "012345");
        assert!(asked.contains("012345") && asked.chars().count() < 330, "{asked}");
        assert!(log_in("Riverside", "012345").starts_with("012345 is your code for Riverside."));
        assert!(invitation("Riverside", Role::Doctor).contains("as a doctor"));
    }
}
