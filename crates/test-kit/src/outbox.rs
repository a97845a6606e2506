//! Mail that stays in the test's hand.

use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use ward_domain::id::MessageId;
use ward_domain::tenancy::TenantScope;
use ward_gateways::{Mail, MailError, Mailer};

/// Keeps letters in memory, and fails as planned.
#[derive(Debug, Default)]
pub struct HeldOutbox(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    plan: VecDeque<MailError>,
    attempts: Vec<MessageId>,
    taken: Vec<Mail>,
}

impl HeldOutbox {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next attempt that no earlier plan is for ends so.
    pub fn fail_next(&self, error: MailError) {
        self.kept().plan.push_back(error);
    }

    /// The letters that were taken, oldest first; one that was sent again is here twice.
    pub fn letters(&self) -> Vec<Mail> {
        self.kept().taken.clone()
    }

    /// The message of every attempt, failed ones too, oldest first.
    pub fn attempts(&self) -> Vec<MessageId> {
        self.kept().attempts.clone()
    }
}

#[async_trait]
impl Mailer for HeldOutbox {
    async fn send(&self, _scope: &TenantScope, mail: &Mail) -> Result<(), MailError> {
        mail.check()?;
        let mut kept = self.kept();
        kept.attempts.push(mail.message_id);
        if let Some(error) = kept.plan.pop_front() {
            return Err(error);
        }
        kept.taken.push(mail.clone());
        Ok(())
    }

    fn describe(&self) -> String {
        "a test's hand".to_owned()
    }
}
