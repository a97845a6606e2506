//! A hospital's subscription: its beginning, its periods, its end.

use super::{BillingPeriod, Usage};
use crate::decision::Change;
use crate::hospital::{Hospital, Plan};
use crate::id::{HospitalId, Id, PlanId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::refusal::Refusal;
use crate::time::{ParseTimeError, Time};
use crate::zone::Zone;
use serde::{Deserialize, Serialize};

/// What a hospital is subscribed to. What it may use stands beside it ([`Hospital::plan`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Which plan.
    pub plan: PlanId,
    /// How long one period is.
    pub period: BillingPeriod,
    /// When its first period began.
    pub since: Time,
    /// When it ends, once it is cancelled.
    pub ends: Option<Ending>,
}

/// That a subscription ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When: the end of the period in which it was cancelled.
    pub at: Time,
    /// Who cancelled it.
    pub by: UserId,
    /// The plan that follows.
    pub plan: PlanId,
    /// Its period.
    pub period: BillingPeriod,
    /// What the hospital may use then.
    pub quotas: Plan,
}

impl Subscription {
    /// The period that a moment lies in: its first moment and the first of the next. Periods are calendar months or
    /// years from the beginning, in the hospital's time zone.
    pub fn period_at(&self, now: Time, zone: &Zone) -> Result<(Time, Time), ParseTimeError> {
        let step = self.period.months();
        let (from, to) = (zone.date(self.since), zone.date(now));
        let months = (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month())
            - i32::from(from.month());
        // One too many where the day of the month has not come yet; a clock that went back is in the first period.
        let mut number = (months / step).max(0);
        while number > 0 && zone.months_after(self.since, number * step)? > now {
            number -= 1;
        }
        Ok((
            zone.months_after(self.since, number * step)?,
            zone.months_after(self.since, (number + 1) * step)?,
        ))
    }
}

/// What happened to a hospital's subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It changed to another plan, or withdrew its cancellation.
    Subscribed,
    /// It was cancelled for the end of its period.
    Cancelled,
    /// It ended, and another plan followed.
    Ended,
}

impl Step {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Subscribed => "subscribed",
            Self::Cancelled => "cancelled",
            Self::Ended => "ended",
        }
    }
}

/// One entry of the history of a hospital's subscriptions. It lies beside the hospital and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionChange {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub hospital: HospitalId,
    /// What happened.
    pub step: Step,
    /// The code of the plan that the hospital was on.
    pub from: String,
    /// The code of the plan that it is on from `effective` on.
    pub to: String,
    /// From when on.
    pub effective: Time,
    /// Who did it, or had done what led to it.
    pub by: Option<UserId>,
    /// When it was written down.
    pub at: Time,
}

impl Document for SubscriptionChange {
    const KIND: RecordKind = RecordKind::SubscriptionChange;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        let eq = Key::of(self.hospital.get());
        vec![IndexRow { list: List::SubscriptionHistory, eq, sort: self.at.sort_key() }]
    }
}

/// What can be told to a hospital about its subscription. `entry` is the id of the history's entry.
#[derive(Debug, Clone)]
pub enum Subscribe {
    /// Changes to a plan at once; a new first period begins.
    To {
        /// Which.
        plan: PlanId,
        /// Its period.
        period: BillingPeriod,
        /// What it gives.
        quotas: Plan,
        /// What is in use.
        used: Usage,
        /// Who does it.
        by: UserId,
        /// See above.
        entry: Id,
    },
    /// Cancels for the end of the period.
    Cancel {
        /// When that is, who does it, and what follows.
        ending: Ending,
        /// See above.
        entry: Id,
    },
    /// Lets it end, if its time has come.
    End {
        /// See above.
        entry: Id,
    },
}

/// A hospital's plan and subscription after a step, and the history's entry; `None` where nothing is to happen.
pub(crate) type Stepped = Option<(Plan, Subscription, Change)>;

impl Subscribe {
    /// Decides for a hospital.
    pub(crate) fn decide(&self, hospital: &Hospital, now: Time) -> Result<Stepped, Refusal> {
        let entry = |id: Id, step, to: &Plan, effective, by| {
            Change::create(&SubscriptionChange {
                id,
                hospital: hospital.id,
                step,
                from: hospital.plan.code.clone(),
                to: to.code.clone(),
                effective,
                by,
                at: now,
            })
        };
        let old = hospital.subscription.as_ref();
        match self {
            Self::To { plan, period, quotas, used, by, entry: id } => {
                let ends = old.is_some_and(|old| old.ends.is_some());
                if hospital.plan.code == quotas.code && !ends {
                    return Err(Refusal::conflict("already_subscribed", "The hospital is on this plan."));
                }
                used.check_fits(quotas)?;
                // Who only withdraws a cancellation keeps the periods that they are in.
                let since = old.filter(|old| ends && old.plan == *plan).map_or(now, |old| old.since);
                let next = Subscription { plan: *plan, period: *period, since, ends: None };
                let change = entry(*id, Step::Subscribed, quotas, now, Some(*by));
                Ok(Some((quotas.clone(), next, change)))
            }
            Self::Cancel { ending, entry: id } => {
                let nothing = || {
                    Refusal::conflict(
                        "nothing_to_cancel",
                        "The hospital has no subscription to be cancelled.",
                    )
                };
                let old = old.ok_or_else(nothing)?;
                if old.plan == ending.plan {
                    return Err(nothing());
                }
                if old.ends.is_some() {
                    return Ok(None);
                }
                let next = Subscription { ends: Some(ending.clone()), ..old.clone() };
                let change = entry(*id, Step::Cancelled, &ending.quotas, ending.at, Some(ending.by));
                Ok(Some((hospital.plan.clone(), next, change)))
            }
            Self::End { entry: id } => {
                let Some(ending) = old.and_then(|old| old.ends.as_ref()).filter(|ends| ends.at <= now) else {
                    return Ok(None);
                };
                let next =
                    Subscription { plan: ending.plan, period: ending.period, since: ending.at, ends: None };
                let change = entry(*id, Step::Ended, &ending.quotas, ending.at, Some(ending.by));
                Ok(Some((ending.quotas.clone(), next, change)))
            }
        }
    }
}
