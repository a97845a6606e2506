//! What a plan puts an end to, and whether what is in use has room.

use crate::hospital::Plan;
use crate::policy::Role;
use crate::refusal::Refusal;

/// Something that a plan has room for so many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quota {
    /// Active doctors.
    Doctors,
    /// Active patients.
    Patients,
    /// Active administrators and staff.
    Members,
    /// Appointments booked in one month of the hospital.
    Appointments,
}

impl Quota {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Doctors, Self::Patients, Self::Members, Self::Appointments];

    /// The one that an account of a role counts for.
    pub const fn of_account(role: Role) -> Self {
        match role {
            Role::Doctor => Self::Doctors,
            Role::Patient => Self::Patients,
            Role::PlatformAdmin | Role::HospitalAdmin | Role::Staff | Role::ApiClient => Self::Members,
        }
    }

    /// The roles whose active accounts count.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Doctors => &[Role::Doctor],
            Self::Patients => &[Role::Patient],
            Self::Members => &[Role::HospitalAdmin, Role::Staff],
            Self::Appointments => &[],
        }
    }

    /// What there is so much of, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Doctors => "doctors",
            Self::Patients => "patients",
            Self::Members => "administrators and staff",
            Self::Appointments => "appointments a month",
        }
    }

    /// The name of a plan's field for it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Doctors => "max_doctors",
            Self::Patients => "max_patients",
            Self::Members => "max_members",
            Self::Appointments => "max_appointments_per_month",
        }
    }

    /// How much of it a plan has room for; `None` has no end.
    pub const fn limit(self, plan: &Plan) -> Option<u64> {
        match self {
            Self::Doctors => plan.max_doctors,
            Self::Patients => plan.max_patients,
            Self::Members => plan.max_members,
            Self::Appointments => plan.max_appointments_per_month,
        }
    }
}

/// How much of each quota is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage([u64; 4]);

impl Usage {
    /// How much of one.
    pub const fn of(&self, quota: Quota) -> u64 {
        self.0[quota as usize]
    }

    /// So much more of one.
    pub const fn add(&mut self, quota: Quota, more: u64) {
        self.0[quota as usize] += more;
    }

    /// Refuses a plan that has no room for what is in use, and names each quota.
    pub fn check_fits(&self, plan: &Plan) -> Result<(), Refusal> {
        let over = Quota::ALL.into_iter().filter_map(|quota| {
            let (limit, used) = (quota.limit(plan)?, self.of(quota));
            (used > limit).then_some((quota, used, limit))
        });
        let mut refusal = Refusal::conflict("plan_too_small", "More is in use than this plan has room for.");
        for (quota, used, limit) in over {
            let message = format!("{used} {} are in use; the plan has room for {limit}.", quota.words());
            refusal = refusal.and_field(quota.field(), message);
        }
        if refusal.fields.is_empty() { Ok(()) } else { Err(refusal) }
    }
}
