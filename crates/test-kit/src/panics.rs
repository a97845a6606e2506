//! Panics that a test has asked for need no report.

use std::sync::Once;

/// Keeps planned failures ([`ward_actors::shell::faults`]) out of the test's output; every other panic is reported as
/// ever.
pub fn silence_planned_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic
                .payload()
                .downcast_ref::<String>()
                .is_some_and(|text| text.starts_with("planned failure in"))
            {
                report(panic);
            }
        }));
    });
}
