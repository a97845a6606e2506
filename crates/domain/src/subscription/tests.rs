use super::*;
use crate::hospital::{
    Hospital, HospitalCommand, HospitalProfile, HospitalState, HospitalStatus, KeyRing, Plan, Setup,
};
use crate::id::Id;
use crate::record::{Document as _, List};
use crate::refusal::Refusal;
use crate::time::Time;
use crate::zone::Zone;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

fn plan(code: &str, doctors: Option<u64>) -> Plan {
    Plan {
        code: code.into(),
        max_doctors: doctors,
        max_patients: Some(100),
        max_members: Some(5),
        max_appointments_per_month: None,
    }
}

fn hospital() -> HospitalState {
    let now = at("2025-01-31T10:00:00Z");
    let hospital = Hospital {
        id: id(1000).into(),
        profile: HospitalProfile { time_zone: "Europe/Madrid".into(), ..HospitalProfile::default() },
        status: HospitalStatus::Active,
        plan: plan("trial", Some(3)),
        subscription: Some(Subscription {
            plan: id(1).into(),
            period: BillingPeriod::Monthly,
            since: now,
            ends: None,
        }),
        setup: Setup { code_digest: String::new(), until: now },
        created_at: now,
        updated_at: now,
    };
    let keys = KeyRing { hospital: hospital.id, keys: Vec::new() };
    HospitalState { hospital: Some(hospital), keys: Some(keys) }
}

fn tell(state: &HospitalState, now: &str, step: Subscribe) -> Result<(usize, HospitalState), Refusal> {
    let command = HospitalCommand::Subscribe { step: Box::new(step), claims: Vec::new() };
    let (decision, next) = state.decide(at(now), 1, &command)?;
    Ok((decision.changes.len(), next))
}

fn to(number: u64, quotas: Plan, doctors: u64) -> Subscribe {
    let mut used = Usage::default();
    used.add(Quota::Doctors, doctors);
    used.add(Quota::Members, 2);
    Subscribe::To {
        plan: id(number).into(),
        period: BillingPeriod::Monthly,
        quotas,
        used,
        by: id(7).into(),
        entry: id(500),
    }
}

fn cancel(ends: &str) -> Subscribe {
    let ending = Ending {
        at: at(ends),
        by: id(7).into(),
        plan: id(1).into(),
        period: BillingPeriod::Monthly,
        quotas: plan("trial", Some(3)),
    };
    Subscribe::Cancel { ending, entry: id(501) }
}

#[test]
fn a_plan_that_has_no_room_for_what_is_in_use_is_refused_by_quota() {
    let state = hospital();
    let refusal = tell(&state, "2025-02-01T10:00:00Z", to(2, plan("small", Some(1)), 2)).unwrap_err();
    let named: Vec<_> =
        refusal.fields.iter().map(|error| (error.field.as_ref(), error.message.as_ref())).collect();
    assert_eq!(refusal.reason, "plan_too_small");
    assert_eq!(named, [("max_doctors", "2 doctors are in use; the plan has room for 1.")]);
    for room in [Some(2), None] {
        let (changes, next) = tell(&state, "2025-02-01T10:00:00Z", to(2, plan("fits", room), 2)).unwrap();
        assert_eq!((changes, next.hospital.unwrap().plan.code.as_str()), (2, "fits"));
    }
    let same = tell(&state, "2025-02-01T10:00:00Z", to(1, plan("trial", Some(3)), 2)).unwrap_err();
    assert_eq!(same.reason, "already_subscribed");
}

#[test]
fn a_cancelled_subscription_ends_at_its_time_once_and_may_be_taken_back_before() {
    let state = tell(&hospital(), "2025-02-10T10:00:00Z", to(2, plan("clinic", Some(25)), 9)).unwrap().1;
    let cancelled = tell(&state, "2025-02-15T10:00:00Z", cancel("2025-03-10T10:00:00Z")).unwrap().1;
    let document = cancelled.hospital.clone().unwrap();
    assert_eq!(document.plan.code, "clinic");
    assert!(document.index().iter().any(|row| row.list == List::SubscriptionsDue));
    assert_eq!(tell(&cancelled, "2025-02-16T10:00:00Z", cancel("2025-03-10T10:00:00Z")).unwrap().0, 0);

    let back = tell(&cancelled, "2025-02-20T10:00:00Z", to(2, plan("clinic", Some(25)), 9)).unwrap().1;
    let subscription = back.hospital.unwrap().subscription.unwrap();
    assert_eq!((subscription.ends, subscription.since), (None, at("2025-02-10T10:00:00Z")));

    let end = || Subscribe::End { entry: id(502) };
    assert_eq!(tell(&cancelled, "2025-03-10T09:59:59Z", end()).unwrap().0, 0, "not yet");
    let (changes, ended) = tell(&cancelled, "2025-03-10T10:00:00Z", end()).unwrap();
    let document = ended.hospital.clone().unwrap();
    assert_eq!((changes, document.plan.code.as_str(), document.index().len()), (2, "trial", 1));
    assert_eq!(tell(&ended, "2025-03-11T10:00:00Z", end()).unwrap().0, 0, "once");
    let refusal = tell(&ended, "2025-03-11T10:00:00Z", cancel("2025-04-10T10:00:00Z")).unwrap_err();
    assert_eq!(refusal.reason, "nothing_to_cancel");
}

#[test]
fn periods_are_calendar_months_of_the_hospital() {
    let zone = Zone::named("Europe/Madrid").unwrap();
    let since = at("2025-01-31T10:00:00Z");
    let of = |period, now: &str| {
        let subscription = Subscription { plan: id(1).into(), period, since, ends: None };
        let (from, until) = subscription.period_at(at(now), &zone).unwrap();
        (from.to_string(), until.to_string())
    };
    let pair = |from: &str, until: &str| (from.to_owned(), until.to_owned());
    let monthly = BillingPeriod::Monthly;
    assert_eq!(of(monthly, "2025-01-31T10:00:00Z"), pair("2025-01-31T10:00:00Z", "2025-02-28T10:00:00Z"));
    assert_eq!(of(monthly, "2025-02-28T09:59:00Z"), pair("2025-01-31T10:00:00Z", "2025-02-28T10:00:00Z"));
    // Summer time begins on 30 March: the same time of day is an hour sooner.
    assert_eq!(of(monthly, "2025-03-15T00:00:00Z"), pair("2025-02-28T10:00:00Z", "2025-03-31T09:00:00Z"));
    assert_eq!(of(monthly, "2024-12-01T00:00:00Z").0, "2025-01-31T10:00:00Z", "a clock that went back");
    assert_eq!(
        of(BillingPeriod::Yearly, "2027-01-30T00:00:00Z"),
        pair("2026-01-31T10:00:00Z", "2027-01-31T10:00:00Z")
    );
}

#[test]
fn prices_are_whole_numbers_of_the_smallest_unit() {
    for (amount, currency, expected) in [
        ("49", "USD", Some((4900, "49.00"))),
        ("49.9", "EUR", Some((4990, "49.90"))),
        ("0.05", "EUR", Some((5, "0.05"))),
        ("1200", "JPY", Some((1200, "1200"))),
        ("1.234", "KWD", Some((1234, "1.234"))),
        ("1.2", "JPY", None),
        ("1.234", "USD", None),
        ("-1", "USD", None),
        ("1e3", "USD", None),
        ("1.", "USD", None),
        ("", "USD", None),
        ("1", "usd", None),
        ("9999999999999", "USD", None),
    ] {
        let read = Price::read(amount, currency);
        let got = read.as_ref().map(|price| (price.minor, price.written()));
        assert_eq!(got, expected.map(|(minor, text)| (minor, text.to_owned())), "{amount} {currency}");
    }
}

#[test]
fn a_plan_is_edited_in_parts_and_a_deleted_one_is_gone() {
    let now = at("2025-01-31T10:00:00Z");
    let plan = SubscriptionPlan {
        id: id(9).into(),
        code: "care".into(),
        name: "Care".into(),
        description: String::new(),
        price: Price::free("USD"),
        period: BillingPeriod::Monthly,
        max_doctors: Some(3),
        max_patients: None,
        max_members: None,
        max_appointments_per_month: None,
        features: Vec::new(),
        active: true,
        deleted: false,
        created_at: now,
        updated_at: now,
    };
    let create = PlanCommand::Create { plan: Box::new(plan.clone()), claims: Vec::new() };
    let (decision, made) = create.decide(None, 0, now).unwrap();
    assert_eq!((decision.claims.len(), &made), (1, &plan));
    let text = PlanText { max_doctors: Some(None), max_patients: Some(Some(7)), ..PlanText::default() };
    let edit = PlanCommand::Edit { text: Box::new(text.clone()), if_version: Some(1) };
    let (_, edited) = edit.decide(Some(&plan), 1, now).unwrap();
    assert_eq!((edited.max_doctors, edited.max_patients, edited.name.as_str()), (None, Some(7), "Care"));
    let stale = PlanCommand::Edit { text: Box::new(text), if_version: Some(1) };
    assert_eq!(stale.decide(Some(&plan), 2, now).unwrap_err().reason, "stale_version");
    let (decision, gone) = PlanCommand::Delete.decide(Some(&plan), 1, now).unwrap();
    assert_eq!((decision.claims.len(), decision.changes[0].drop_rows.len()), (0, 1));
    assert_eq!(
        PlanCommand::Delete.decide(Some(&gone), 2, now).unwrap_err().kind,
        crate::refusal::Kind::NotFound
    );
}
