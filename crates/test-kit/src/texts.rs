//! SMS that stay in the test's hand.

use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use ward_domain::tenancy::TenantScope;
use ward_gateways::{Sms, SmsError, SmsSender};

/// Keeps texts in memory, and fails as planned.
#[derive(Debug, Default)]
pub struct HeldTexts(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    plan: VecDeque<SmsError>,
    attempts: usize,
    taken: Vec<Sms>,
}

impl HeldTexts {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next attempt that no earlier plan is for ends so.
    pub fn fail_next(&self, error: SmsError) {
        self.kept().plan.push_back(error);
    }

    /// The texts that were taken, oldest first.
    pub fn texts(&self) -> Vec<Sms> {
        self.kept().taken.clone()
    }

    /// How many attempts there were, failed ones too.
    pub fn attempts(&self) -> usize {
        self.kept().attempts
    }
}

#[async_trait]
impl SmsSender for HeldTexts {
    async fn send(&self, _scope: &TenantScope, sms: &Sms) -> Result<(), SmsError> {
        sms.check()?;
        let mut kept = self.kept();
        kept.attempts += 1;
        if let Some(error) = kept.plan.pop_front() {
            return Err(error);
        }
        kept.taken.push(sms.clone());
        Ok(())
    }

    async fn credit(&self) -> Result<Option<f64>, SmsError> {
        Ok(None)
    }

    fn is_real(&self) -> bool {
        false
    }

    fn describe(&self) -> String {
        "a test's hand".to_owned()
    }
}
