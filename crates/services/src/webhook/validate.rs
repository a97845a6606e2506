//! What a webhook may say: its URL, its events, its secret.

use crate::{Fail, House};
use ward_domain::face::Face;
use ward_domain::refusal::FieldErrors;
use ward_domain::webhook::{EventKind, MAX_SECRET, MIN_SECRET};

impl House {
    /// Notes what is wrong with a URL: its form, and where its name leads now.
    pub(super) async fn check_url(&self, url: &str, errors: &mut FieldErrors) {
        if let Err(why) = self.env.hooks.vet(url).await {
            errors.add("url", why);
        }
    }
}

/// The kinds behind names.
pub(super) fn kinds(face: Face, names: &[String], errors: &mut FieldErrors) -> Vec<EventKind> {
    EventKind::named(face, names).map_err(|why| errors.add("events", why)).unwrap_or_default()
}

/// Notes what is wrong with a secret.
pub(super) fn check_secret(secret: Option<&str>, errors: &mut FieldErrors) {
    let good = |secret: &str| {
        (MIN_SECRET..=MAX_SECRET).contains(&secret.chars().count()) && !secret.chars().any(char::is_control)
    };
    errors.check(
        secret.is_none_or(good),
        "secret",
        "Must have 16 to 256 characters, none of them a control character.",
    );
}

/// A secret of 256 random bits.
pub(super) fn new_secret() -> String {
    ward_domain::webhook::sign::secret_of(ward_tenants::keys::random_key().bytes())
}

/// One endpoint of an answer.
pub(super) fn one(
    answer: ward_domain::webhook::WebhookAnswer,
) -> Result<crate::house::Versioned<ward_domain::webhook::Webhook>, Fail> {
    let endpoint =
        answer.endpoint.ok_or_else(|| Fail::Fault("the webhooks answered something else".to_owned()))?;
    Ok(crate::house::Versioned { document: endpoint.webhook, version: endpoint.version })
}
