//! What someone logs in with, as any API may spell it: one of several names, and the password.

use crate::given::Given;
use ward_domain::contact::MAX_EMAIL;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_services::auth::{Credentials, Second};

/// Longest password that is looked at, in bytes; the rules allow fewer.
pub const MAX_PASSWORD_BYTES: usize = 1_024;

/// Longest code that is looked at, in characters: those that are given out have fewer than twenty.
pub const MAX_CODE: usize = 64;

/// What may be shown beside a password, as the bodies of all APIs have it.
#[derive(Debug)]
pub struct Shown {
    /// The six digits of an authenticator app.
    pub totp_code: Given<String>,
    /// One of the recovery codes.
    pub recovery_code: Given<String>,
}

impl Shown {
    /// The one that says something, the digits first.
    pub fn read(self, errors: &mut FieldErrors) -> Option<Second> {
        let said = |given: Given<String>, name: &'static str, errors: &mut FieldErrors| {
            given.line(MAX_CODE).optional(name, errors).filter(|text| !text.is_empty())
        };
        let code = said(self.totp_code, "totp_code", errors).map(Second::Code);
        let recovery = said(self.recovery_code, "recovery_code", errors).map(Second::Recovery);
        code.or(recovery)
    }
}

/// The credentials of a body. Of `names`, field and value in the order in which they count, the first that says something
/// is the log-in: forms send the other fields blank. Where none does, the first one is missing.
pub fn credentials(
    names: impl IntoIterator<Item = (&'static str, Given<String>)>,
    password: Given<String>,
    hospital: Given<Id>,
    shown: Shown,
) -> Result<Credentials, Refusal> {
    let mut errors = FieldErrors::default();
    let log_in = log_in_of(names, &mut errors);
    let password = password.secret(MAX_PASSWORD_BYTES).required("password", &mut errors);
    let hospital = hospital.optional("hospital", &mut errors);
    let second = shown.read(&mut errors);
    errors.finish()?;
    Ok(Credentials { log_in, password: password.unwrap_or_default(), hospital, second })
}

/// The first of several names that says something; where none does, the first one is missing.
pub fn log_in_of(
    names: impl IntoIterator<Item = (&'static str, Given<String>)>,
    errors: &mut FieldErrors,
) -> String {
    let (mut log_in, mut wrong) = (None, false);
    let mut fields = Vec::new();
    for (name, given) in names {
        let given = given.line(MAX_EMAIL);
        wrong |= matches!(given, Given::Wrong(_));
        let said = given.optional(name, errors).filter(|text| !text.is_empty());
        log_in = log_in.or(said);
        fields.push(name);
    }
    if log_in.is_none() && !wrong {
        let first = fields.first().copied().unwrap_or_default();
        errors.add(first, format!("Give one of {}.", fields.join(", ")));
    }
    log_in.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: &Value) -> Result<(String, Option<Id>), String> {
        let text = |name: &str| body.get(name).cloned().map_or(Given::Missing, Given::from);
        let hospital = body.get("hospital").cloned().map_or(Given::Missing, Given::from);
        let names = ["email", "username", "phone"].map(|name| (name, text(name)));
        let fields = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        let shown = Shown { totp_code: text("totp_code"), recovery_code: text("recovery_code") };
        credentials(names, text("password"), hospital, shown)
            .map(|credentials| (credentials.log_in, credentials.hospital))
            .map_err(fields)
    }

    #[test]
    fn the_first_name_that_says_something_counts() {
        for (body, expected) in [
            (json!({"email": "a@b.example", "username": "b", "password": "p"}), Ok(("a@b.example", None))),
            (json!({"email": " ", "username": "b", "password": "p"}), Ok(("b", None))),
            (
                json!({"email": null, "phone": "+1-212", "password": "p", "hospital": "4"}),
                Ok(("+1-212", Id::new(4))),
            ),
            (json!({"password": "p"}), Err("email")),
            (json!({"email": " "}), Err("email,password")),
            (json!({"username": 7, "password": ""}), Err("username,password")),
            (json!({"email": "x".repeat(255), "password": "p"}), Err("email")),
            (json!({"email": "a", "password": "p".repeat(1_025), "hospital": "x"}), Err("password,hospital")),
            (
                json!({"email": "a", "password": "p", "totp_code": 5, "recovery_code": "x".repeat(65)}),
                Err("totp_code,recovery_code"),
            ),
        ] {
            let expected = expected.map(|(log_in, id)| (log_in.to_owned(), id)).map_err(str::to_owned);
            assert_eq!(read(&body), expected, "{body}");
        }
    }
}
