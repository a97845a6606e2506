//! How this API writes a moment: in whole seconds, as its document prints them (*Response Format*).

use serde::{Serialize, Serializer};
use std::fmt;
use ward_domain::time::Time;

/// A moment, without its fraction of a second: Foundation's `.iso8601`, with which the document's iOS clients read dates,
/// takes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(Time);

impl From<Time> for Moment {
    fn from(time: Time) -> Self {
        Self(Time::from_millis(time.millis().div_euclid(1_000).saturating_mul(1_000)))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_no_fraction() {
        for (text, written) in [
            ("2024-01-20T10:30:00Z", "\"2024-01-20T10:30:00Z\""),
            ("2024-01-20T10:30:00.999Z", "\"2024-01-20T10:30:00Z\""),
            ("1969-12-31T23:59:59.001Z", "\"1969-12-31T23:59:59Z\""),
        ] {
            let moment = Moment::from(Time::parse(text).unwrap());
            assert_eq!(serde_json::to_string(&moment).unwrap(), written, "{text}");
        }
    }
}
