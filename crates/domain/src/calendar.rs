//! A doctor's calendar.

use serde::{Deserialize, Serialize};

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum AppointmentStatus {
    /// Booked, not yet confirmed.
    Scheduled = 1,
}
