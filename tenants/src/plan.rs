//! The plans that a hospital can be on. (Plans that a platform admin makes come with the subscription endpoints.)

use ward_domain::hospital::Plan;

type Quota = Option<u64>;
type Row = (&'static str, Quota, Quota, Quota, Quota);

/// The plans of the house: name, doctors, patients, other members, appointments a month.
const PLANS: &[Row] = &[
    ("trial", Some(3), Some(200), Some(5), Some(300)),
    ("clinic", Some(25), Some(20_000), Some(50), Some(20_000)),
    ("hospital", Some(500), Some(1_000_000), Some(2_000), Some(1_000_000)),
    ("unlimited", None, None, None, None),
];

/// A plan by its name.
pub fn named(code: &str) -> Option<Plan> {
    PLANS.iter().find(|plan| plan.0 == code).map(
        |&(code, max_doctors, max_patients, max_members, max_appointments_per_month)| Plan {
            code: code.to_owned(),
            max_doctors,
            max_patients,
            max_members,
            max_appointments_per_month,
        },
    )
}

/// The names, for messages.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLANS.iter().map(|plan| plan.0)
}
