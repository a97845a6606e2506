//! What prescriptions are warned of, from what the records say now.

use super::access::Door;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::account::Account;
use ward_domain::chart::access::Opening;
use ward_domain::chart::medicine::{Other, Warning, warnings};
use ward_domain::chart::{Prescription, PrescriptionStatus};
use ward_domain::id::{Id, UserId};
use ward_domain::record::{Key, List};
use ward_store::ListQuery;

/// Active prescriptions of one chart that others are compared with, the newest ones.
const MOST: usize = 200;

/// A prescription with its warnings.
#[derive(Debug, Clone)]
pub struct Warned {
    /// The prescription.
    pub prescription: Versioned<Prescription>,
    /// Advice; empty for one that was stopped.
    pub warnings: Vec<Warning>,
}

impl House {
    /// One prescription with its warnings.
    pub(crate) async fn warned_one(
        &self,
        ctx: &Ctx,
        prescription: Versioned<Prescription>,
        opening: Opening,
    ) -> Result<Warned, Fail> {
        let patient = prescription.document.patient;
        let mut all = self.warned(ctx, patient, vec![prescription], opening).await?;
        all.pop().ok_or_else(|| Fail::Fault("one prescription became none".to_owned()))
    }

    /// Prescriptions of one chart with their warnings. `opening` is what showed them to the caller.
    pub(crate) async fn warned(
        &self,
        ctx: &Ctx,
        patient: UserId,
        prescriptions: Vec<Versioned<Prescription>>,
        opening: Opening,
    ) -> Result<Vec<Warned>, Fail> {
        let account = self.find::<Account>(&ctx.scope, patient.id()).await?;
        let allergies = account.map(|found| found.document.profile.allergies).unwrap_or_default();
        // Who sees a prescription because they wrote it need not see the others.
        let open = match opening {
            Opening::Author => self.opening(ctx, &Door::whole::<Prescription>(patient)).await?.is_ok(),
            _ => true,
        };
        let active = ListQuery {
            descending: true,
            limit: MOST,
            ..ListQuery::all(List::ActivePrescriptions, Key::of(patient.get()))
        };
        let rows = self.env.store.list(&ctx.scope, &active).await?.rows;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let active = self.find_many::<Prescription>(&ctx.scope, &ids).await?;
        let warned = |prescription: Versioned<Prescription>| {
            let own = &prescription.document;
            let others: Vec<Other> = active
                .iter()
                .map(|other| &other.document)
                .filter(|other| other.id != own.id)
                .map(|other| Other {
                    medication_name: other.medication_name.clone(),
                    open: open || other.author == ctx.user,
                })
                .collect();
            let warnings = match own.status {
                PrescriptionStatus::Active => warnings(&own.medication_name, &allergies, &others),
                PrescriptionStatus::Stopped => Vec::new(),
            };
            Warned { prescription, warnings }
        };
        Ok(prescriptions.into_iter().map(warned).collect())
    }
}
