//! Webhooks that stay in the test's hand.

use async_trait::async_trait;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use ward_domain::tenancy::TenantScope;
use ward_gateways::WebhookSender;
use ward_gateways::webhook::{Call, Reply};

/// Keeps calls in memory, and answers as planned: 200 where there is no plan.
#[derive(Debug, Default)]
pub struct HeldHooks(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    plan: VecDeque<u16>,
    down: bool,
    calls: Vec<(Call, u16)>,
}

impl HeldHooks {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next attempt that no earlier plan is for is answered so.
    pub fn answer_next(&self, status: u16) {
        self.kept().plan.push_back(status);
    }

    /// Every attempt without a plan fails from now on, or not any more.
    pub fn down(&self, down: bool) {
        self.kept().down = down;
    }

    /// Every attempt so far with what it was answered, oldest first.
    pub fn calls(&self) -> Vec<(Call, u16)> {
        self.kept().calls.clone()
    }

    /// The bodies that were taken, oldest first.
    pub fn taken(&self) -> Vec<Value> {
        let kept = self.kept();
        let taken = kept.calls.iter().filter(|(_, status)| *status < 300);
        taken.map(|(call, _)| serde_json::from_slice(&call.body).unwrap()).collect()
    }
}

#[async_trait]
impl WebhookSender for HeldHooks {
    async fn vet(&self, _url: &str) -> Result<(), &'static str> {
        Ok(())
    }

    async fn send(&self, _scope: &TenantScope, call: &Call) -> Reply {
        let mut kept = self.kept();
        let otherwise = if kept.down { 503 } else { 200 };
        let status = kept.plan.pop_front().unwrap_or(otherwise);
        kept.calls.push((call.clone(), status));
        Reply::answered(status)
    }

    fn describe(&self) -> String {
        "a test's hand".to_owned()
    }
}
