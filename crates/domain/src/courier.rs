//! Messages on their way out.

use crate::id::UserId;
use serde::{Deserialize, Serialize};

/// What is to be sent, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRequest {
    /// Whom it is for.
    pub recipient: UserId,
}
