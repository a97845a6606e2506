//! The rules as tables: order, retries, disabling, replay. Names, bodies and signatures: `words`.

mod words;

use super::rules::{MIN_FAILURES, View};
use super::*;
use crate::calendar::{AppointmentChange, AppointmentFacts, AppointmentStatus};
use crate::decision::Decision;
use crate::face::Face;
use crate::id::{DeliveryId, Id, WebhookId};
use crate::record::Document as _;
use crate::refusal::Kind;
use crate::time::{MINUTE, Time};
use std::collections::BTreeMap;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn at(ms: i64) -> Time {
    Time::from_millis(1_700_000_000_000 + ms)
}

fn facts(change: AppointmentChange, status: AppointmentStatus) -> AppointmentFacts {
    AppointmentFacts {
        change,
        doctor: id(21).into(),
        patient: id(22).into(),
        start: Time::parse("2025-01-20T09:00:00Z").unwrap(),
        end: Time::parse("2025-01-20T09:30:00Z").unwrap(),
        status,
    }
}

fn booked(event: u64, subject: u64) -> HookEvent {
    let then = facts(AppointmentChange::Booked, AppointmentStatus::Scheduled);
    HookEvent {
        id: id(event).into(),
        at: at(0),
        subject: id(subject),
        kind: EventKind::AppointmentCreated,
        facts: Facts::Appointment { id: id(31).into(), then },
    }
}

fn webhook(number: u64) -> Webhook {
    Webhook {
        id: id(number).into(),
        face: Face::Medcor,
        url: "https://hooks.example/".into(),
        events: vec![EventKind::AppointmentCreated],
        secrets: vec![Secret { value: "your-webhook-secret".into(), until: None }],
        status: WebhookStatus::Active,
        disabled_at: None,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// The aggregate with a store of its own: what is decided stands.
#[derive(Default)]
struct World {
    state: WebhookState,
    kept: BTreeMap<DeliveryId, Delivery>,
    next: u64,
    claims: usize,
}

impl World {
    fn with(webhooks: &[u64]) -> Self {
        let mut world = Self { next: 1_000, ..Self::default() };
        for number in webhooks {
            world
                .tell(at(0), &WebhookCommand::Create { webhook: Box::new(webhook(*number)), claims: vec![] })
                .unwrap();
        }
        world
    }

    fn view(&mut self) -> View {
        let mut view = View { deliveries: self.kept.clone(), ..View::default() };
        let mut open: Vec<_> = self.kept.values().filter(|one| one.status.is_open()).collect();
        open.sort_by_key(|one| one.place);
        for one in open {
            view.lines.entry((one.webhook, one.subject)).or_default().push(one.id);
        }
        view.ids = (0..64).map(|step| id(self.next + step)).collect();
        self.next += 64;
        view
    }

    fn tell(
        &mut self,
        now: Time,
        command: &WebhookCommand,
    ) -> Result<WebhookAnswer, crate::refusal::Refusal> {
        let view = self.view();
        let (decision, answer, next) = self.state.decide(now, &Terms::default(), 1, &view, command)?;
        self.keep(&decision);
        self.state = next;
        Ok(answer)
    }

    fn keep(&mut self, decision: &Decision) {
        self.claims += decision.claims.len();
        for change in decision.changes.iter().filter(|change| change.kind == Delivery::KIND) {
            match &change.body {
                Some(body) => self.kept.insert(change.id.into(), serde_json::from_slice(body).unwrap()),
                None => self.kept.remove(&change.id.into()),
            };
        }
    }

    fn end(&mut self, now: Time, delivery: DeliveryId, outcome: Outcome) -> WebhookAnswer {
        let status_code = Some(if outcome == Outcome::Delivered { 200 } else { 503 });
        let attempt = Attempt { at: now, took_ms: 3, status_code, error: String::new() };
        self.tell(now, &WebhookCommand::Ended(vec![Ended { delivery, outcome, attempt, not_before: None }]))
            .unwrap()
    }

    fn status(&self, delivery: DeliveryId) -> DeliveryStatus {
        self.kept[&delivery].status
    }
}

fn begun(answer: &WebhookAnswer) -> Vec<DeliveryId> {
    answer.begun.iter().map(|delivery| delivery.id).collect()
}

#[test]
fn what_happens_to_one_aggregate_goes_one_after_another_and_others_go_beside() {
    let mut world = World::with(&[7]);
    let events = vec![booked(101, 21), booked(102, 21), booked(103, 99)];
    let first = begun(&world.tell(at(1), &WebhookCommand::Enqueue(events)).unwrap());
    assert_eq!(first.len(), 2, "the first of each line");
    let third = begun(&world.tell(at(2), &WebhookCommand::Enqueue(vec![booked(104, 21)])).unwrap());
    assert!(third.is_empty(), "it waits behind two");
    // A failure lets nobody pass.
    assert!(world.end(at(3), first[0], Outcome::Failed).begun.is_empty());
    assert_eq!(world.status(first[0]), DeliveryStatus::Failed);
    let answer = world.end(at(10_000), first[0], Outcome::Delivered);
    assert_eq!(answer.begun[0].event, id(102).into());
    let answer = world.end(at(10_001), answer.begun[0].id, Outcome::Delivered);
    assert_eq!(answer.begun[0].event, id(104).into());
    assert!(world.end(at(10_002), answer.begun[0].id, Outcome::Delivered).begun.is_empty());
}

#[test]
fn an_event_is_taken_on_once_and_only_by_those_who_want_it() {
    let mut world = World::with(&[7, 8]);
    let deaf = WebhookEdit { events: Some(vec![EventKind::PatientCreated]), ..WebhookEdit::default() };
    world.tell(at(0), &WebhookCommand::Edit { webhook: id(8).into(), edit: deaf, if_version: None }).unwrap();
    let twice = vec![booked(101, 21), booked(101, 21)];
    assert_eq!(world.tell(at(1), &WebhookCommand::Enqueue(twice)).unwrap().touched.len(), 1);
    assert_eq!(world.claims, 1);
    let mut view = world.view();
    view.had.insert(id(102).into());
    let again = WebhookCommand::Enqueue(vec![booked(102, 21)]);
    let (decision, ..) = world.state.decide(at(2), &Terms::default(), 1, &view, &again).unwrap();
    assert!(decision.is_empty());
    // What happened before it was registered is not told.
    let before = HookEvent { at: at(-1), ..booked(103, 21) };
    assert!(world.tell(at(3), &WebhookCommand::Enqueue(vec![before])).unwrap().touched.is_empty());
}

#[test]
fn an_endpoint_that_takes_nothing_for_72_hours_is_disabled_and_its_hospital_is_written_to() {
    let mut world = World::with(&[7]);
    let delivery = begun(&world.tell(at(0), &WebhookCommand::Enqueue(vec![booked(101, 21)])).unwrap())[0];
    let (mut now, mut attempts) = (at(0), 0);
    let disabled = loop {
        attempts += 1;
        let answer = world.end(now, delivery, Outcome::Failed);
        if !answer.disabled.is_empty() {
            break answer;
        }
        let due = world.kept[&delivery].due;
        let room = BTreeMap::from([(WebhookId::from(id(7)), 2)]);
        let begin = WebhookCommand::Begin { deliveries: vec![delivery], room };
        assert!(world.tell(now, &begin).unwrap().begun.is_empty(), "not before its time");
        now = due;
        assert_eq!(begun(&world.tell(now, &begin).unwrap()), [delivery]);
    };
    assert_eq!(now, at(Terms::default().give_up));
    assert!(attempts > MIN_FAILURES, "{attempts}");
    assert_eq!((disabled.dead, world.status(delivery)), (1, DeliveryStatus::Dead));
    assert_eq!(world.state.endpoints[0].webhook.status, WebhookStatus::Disabled);
    // What happens meanwhile is written down and not sent.
    let answer = world.tell(now, &WebhookCommand::Enqueue(vec![booked(102, 21)])).unwrap();
    assert!(answer.begun.is_empty());
    assert_eq!(world.status(answer.touched[0]), DeliveryStatus::Dead);
    let replay = WebhookCommand::Replay {
        webhook: id(7).into(),
        deliveries: vec![delivery, answer.touched[0]],
        claims: vec![],
    };
    let refused = world.tell(now, &replay).unwrap_err();
    assert_eq!((refused.kind, refused.reason), (Kind::Conflict, "webhook_disabled"));
    // Enabled and replayed, both go again, in order.
    let enabled = world.tell(now, &WebhookCommand::Enable(id(7).into())).unwrap().endpoint.unwrap();
    assert_eq!((enabled.webhook.status, enabled.webhook.disabled_at), (WebhookStatus::Active, None));
    let again = world.tell(now, &replay).unwrap();
    assert_eq!(begun(&again), [delivery]);
    assert_eq!(world.end(now, delivery, Outcome::Delivered).begun[0].event, id(102).into());
    assert_eq!(world.state.endpoints[0].health.as_ref().unwrap().failures, 0);
}

#[test]
fn one_success_begins_the_count_anew_and_a_notice_leaves_once() {
    let mut world = World::with(&[7]);
    let many: Vec<_> = (0..20).map(|number| booked(101 + number, 200 + number)).collect();
    let ids = begun(&world.tell(at(0), &WebhookCommand::Enqueue(many)).unwrap());
    for delivery in &ids[..10] {
        world.end(at(1), *delivery, Outcome::Failed);
    }
    world.end(at(2), ids[10], Outcome::Delivered);
    // One that has waited for long fails again: what was taken meanwhile counts.
    for delivery in &ids[..6] {
        assert!(
            world.end(at(Terms::default().disable_after), *delivery, Outcome::Failed).disabled.is_empty()
        );
    }
    world.end(at(Terms::default().disable_after), ids[19], Outcome::Delivered);
    let late = at(2 * Terms::default().disable_after + MINUTE);
    for delivery in &ids[11..15] {
        assert!(world.end(late, *delivery, Outcome::Failed).disabled.is_empty());
    }
    // The fifth failure in a row: the oldest has waited long enough.
    let view = world.view();
    let end = |number: usize| Ended {
        delivery: ids[number],
        outcome: Outcome::Failed,
        attempt: Attempt { at: late, took_ms: 1, status_code: None, error: "no answer in time".into() },
        not_before: None,
    };
    let command = WebhookCommand::Ended(vec![end(15), end(16)]);
    let (decision, answer, _) = world.state.decide(late, &Terms::default(), 1, &view, &command).unwrap();
    assert_eq!(answer.disabled.len(), 1);
    assert_eq!(decision.happenings.len(), 1);
}

#[test]
fn with_two_secrets_both_are_good_for_a_while_and_never_three() {
    let mut world = World::with(&[7]);
    let rotate = |secret: &str, until| WebhookCommand::Rotate {
        webhook: id(7).into(),
        secret: secret.into(),
        until,
        claims: vec![],
    };
    world.tell(at(0), &rotate("second-secret-16", at(1_000))).unwrap();
    let secrets = |world: &World, now| {
        world.state.endpoints[0].webhook.secrets_at(now).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(secrets(&world, at(999)), ["second-secret-16", "your-webhook-secret"]);
    assert_eq!(secrets(&world, at(1_000)), ["second-secret-16"]);
    world.tell(at(10), &rotate("third-secret-of-16", at(5_000))).unwrap();
    assert_eq!(secrets(&world, at(20)), ["third-secret-of-16", "second-secret-16"]);
}

#[test]
fn limits_versions_and_what_is_gone() {
    let mut world = World::with(&(1..=20).collect::<Vec<_>>());
    let create = WebhookCommand::Create { webhook: Box::new(webhook(21)), claims: vec![] };
    assert_eq!(world.tell(at(0), &create).unwrap_err().reason, "too_many_webhooks");
    let edit = |if_version| WebhookCommand::Edit {
        webhook: id(3).into(),
        edit: WebhookEdit { url: Some("https://other.example/".into()), ..WebhookEdit::default() },
        if_version,
    };
    assert_eq!(world.tell(at(0), &edit(Some(9))).unwrap_err().kind, Kind::Stale);
    world.tell(at(0), &edit(Some(2))).unwrap();
    let delivery = begun(&world.tell(at(1), &WebhookCommand::Enqueue(vec![booked(101, 21)])).unwrap())[2];
    world.tell(at(2), &WebhookCommand::Delete(id(3).into())).unwrap();
    assert_eq!(world.tell(at(2), &edit(None)).unwrap_err().kind, Kind::NotFound);
    world.tell(at(2), &create).unwrap();
    world.tell(at(2), &WebhookCommand::Forget(vec![delivery])).unwrap();
    assert!(!world.kept.contains_key(&delivery));
    world.tell(at(2), &WebhookCommand::Remove(id(3).into())).unwrap();
    world.tell(at(2), &WebhookCommand::Remove(id(4).into())).unwrap();
    assert_eq!(world.state.endpoints.len(), 20, "of those that are there for callers none is removed");
}

#[test]
fn a_crowd_before_a_closed_door_stands_back() {
    let mut world = World::with(&[7]);
    let many: Vec<_> = (0..20).map(|number| booked(101 + number, 200 + number)).collect();
    let ids = begun(&world.tell(at(0), &WebhookCommand::Enqueue(many)).unwrap());
    world.end(at(1), ids[0], Outcome::Failed);
    let now = at(Terms::default().lease);
    let room = BTreeMap::from([(WebhookId::from(id(7)), 2)]);
    let answer = world.tell(now, &WebhookCommand::Begin { deliveries: ids.clone(), room }).unwrap();
    assert_eq!(answer.begun.len(), 2);
    let late = ids.iter().filter(|id| world.kept[id].due > now.plus(MINUTE - 1)).count();
    assert_eq!(late, 18);
}
