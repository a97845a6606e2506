//! How often one may ask (document 002, Rate Limiting).

use http::Method;
use ward_http::{Limit, Per, Rules, Standing, Window};

const KNOWN: Limit = Limit { name: "authenticated", max: 100, window: Window::Minute, per: Per::User };
const ANONYMOUS: Limit = Limit { name: "anonymous", max: 20, window: Window::Minute, per: Per::Address };
/// What touches many records at once.
const BULK: Limit = Limit { name: "bulk", max: 10, window: Window::Minute, per: Per::User };

/// Calendar programs: many people's may ask from one address.
const FEEDS: Limit = Limit { name: "calendar", max: 120, window: Window::Minute, per: Per::Address };

/// What calendar programs ask for.
const FEED: &str = "/api/appointments/calendar/{link}";
/// Codes by mail, asked for or guessed, and from one address: each costs a letter or a hash.
const CODES: Limit = Limit { name: "codes", max: 5, window: Window::Minute, per: Per::Address };

/// Where codes for a new password are asked for and shown.
const RESET: &str = "/api/auth/password-reset/";

/// The path whose POST opens up to 200 slots.
const SLOTS: &str = "/api/appointments/availability-slots/";
/// The path whose POST sends up to 10,000 deliveries again.
const REPLAY: &str = "/api/webhooks/{id}/replay/";

/// The path whose POST takes a file.
const ATTACHMENTS: &str = "/api/medical-records/{id}/attachments/";

/// What holds for an operation.
pub(crate) fn rules(method: &Method, template: &str, standing: Standing) -> Rules {
    let rules = limits(method, template, standing);
    if method == Method::POST && template == ATTACHMENTS { rules.upload() } else { rules }
}

fn limits(method: &Method, template: &str, standing: Standing) -> Rules {
    match standing {
        _ if template == FEED => Rules::limited(&[FEEDS]),
        Standing::Anonymous if template.starts_with(RESET) => Rules::limited(&[ANONYMOUS, CODES]),
        Standing::Known if template.starts_with(RESET) => Rules::limited(&[KNOWN, CODES]),
        Standing::Anonymous => Rules::limited(&[ANONYMOUS]),
        Standing::Known if method == Method::POST && matches!(template, SLOTS | REPLAY) => {
            Rules::limited(&[KNOWN, BULK])
        }
        Standing::Known => Rules::limited(&[KNOWN]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_document() {
        for (method, template, standing, expected) in [
            (Method::GET, "/api/appointments/", Standing::Known, &[100][..]),
            (Method::POST, "/api/auth/login/", Standing::Anonymous, &[20]),
            (Method::POST, SLOTS, Standing::Known, &[100, 10]),
            (Method::POST, REPLAY, Standing::Known, &[100, 10]),
            (Method::GET, SLOTS, Standing::Known, &[100]),
            (Method::POST, SLOTS, Standing::Anonymous, &[20]),
            (Method::GET, "", Standing::Anonymous, &[20]),
            (Method::GET, FEED, Standing::Anonymous, &[120]),
            (Method::GET, FEED, Standing::Known, &[120]),
            (Method::POST, RESET, Standing::Anonymous, &[20, 5]),
            (Method::POST, "/api/auth/password-reset/confirm/", Standing::Anonymous, &[20, 5]),
            (Method::POST, RESET, Standing::Known, &[100, 5]),
        ] {
            let limits: Vec<u32> =
                rules(&method, template, standing).limits.iter().map(|limit| limit.max).collect();
            assert_eq!(limits, expected, "{method} {template}");
        }
    }
}
