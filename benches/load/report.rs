//! The table.

use std::time::Duration;

/// A line of the table.
pub struct Row {
    what: String,
    told: String,
    /// The target, and whether it is met.
    target: Option<(String, bool)>,
}

impl Row {
    /// A figure without a target.
    pub fn told(what: &str, told: String) -> Self {
        Self { what: what.to_owned(), told, target: None }
    }

    /// A number that is to be this or more.
    pub fn at_least(what: &str, number: f64, target: f64) -> Self {
        Self::judged(what, number, format!("≥ {target}"), number >= target)
    }

    /// A number that is to be this or less.
    pub fn at_most(what: &str, number: f64, target: f64) -> Self {
        Self::judged(what, number, format!("≤ {target}"), number <= target)
    }

    /// A duration in milliseconds that is to be less.
    pub fn under(what: &str, duration: Duration, target: f64) -> Self {
        let number = duration.as_secs_f64() * 1000.0;
        Self::judged(what, number, format!("< {target}"), number < target)
    }

    /// A count that is to be exactly this.
    pub fn exactly(what: &str, count: u64, target: u64) -> Self {
        let target = (format!("= {target}"), count == target);
        Self { what: what.to_owned(), told: count.to_string(), target: Some(target) }
    }

    fn judged(what: &str, number: f64, target: String, met: bool) -> Self {
        Self { what: what.to_owned(), told: format!("{number:.3}"), target: Some((target, met)) }
    }

    /// True where a target is missed.
    pub fn is_missed(&self) -> bool {
        matches!(self.target, Some((_, false)))
    }
}

/// A duration in milliseconds.
pub fn ms(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1000.0)
}

/// How many times the other one.
pub fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// Prints lines as they come in: a run takes minutes.
pub fn print(rows: &[Row]) {
    for row in rows {
        let target = match &row.target {
            None => String::new(),
            Some((target, true)) => format!("   ({target}: met)"),
            Some((target, false)) => format!("   ({target}: MISSED)"),
        };
        say(&format!("{:<72} {}{target}", row.what, row.told));
    }
}

/// A line for the person at the terminal.
#[allow(clippy::print_stdout, reason = "this is what the bench is for")]
pub fn say(line: &str) {
    println!("{line}");
}
