//! What happens is told to who wants to hear it: without waiting for search or mail, in order, once, whatever is down.

use serde_json::Value;
use ward_actors::Actors;
use ward_actors::webhooks::WebhookMessage;
use ward_domain::calendar::CalendarCommand;
use ward_domain::face::Face;
use ward_domain::id::{UserId, WebhookId};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, HOUR, MINUTE};
use ward_domain::webhook::{
    Delivery, DeliveryStatus, EventKind, Secret, Webhook, WebhookAnswer, WebhookCommand, WebhookStatus, sign,
};
use ward_store::ListQuery;
use ward_test_kit::{DEADLINE, Kit, eventually, start_of_time};

async fn tell(kit: &Kit, scope: &TenantScope, command: WebhookCommand) -> WebhookAnswer {
    let message = WebhookMessage::Do(Box::new(command));
    kit.actors.webhooks.ask(scope, Actors::of_hospital(scope), DEADLINE, message).await.unwrap()
}

async fn register(kit: &Kit, scope: &TenantScope) -> WebhookId {
    let (id, now) = (kit.id(), kit.env.now());
    let webhook = Webhook {
        id: id.into(),
        face: Face::Medcor,
        url: "https://hooks.example/".into(),
        events: EventKind::ALL.to_vec(),
        secrets: vec![Secret { value: "your-webhook-secret".into(), until: None }],
        status: WebhookStatus::Active,
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    tell(kit, scope, WebhookCommand::Create { webhook: Box::new(webhook), claims: Vec::new() }).await;
    id.into()
}

async fn deliveries(kit: &Kit, scope: &TenantScope, webhook: WebhookId) -> Vec<Delivery> {
    let query = ListQuery::all(List::DeliveriesByWebhook, Key::of(webhook.get()));
    let page = kit.env.store.list(scope, &query).await.unwrap();
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let found = kit.env.store.get_many(scope, Delivery::KIND, &ids).await.unwrap();
    found.into_iter().map(|stored| stored.document().unwrap()).collect()
}

fn types(bodies: &[Value]) -> Vec<&str> {
    bodies.iter().map(|body| body["type"].as_str().unwrap()).collect()
}

/// Waits until so many are taken, each counted once, and time goes on meanwhile.
async fn taken(kit: &Kit, count: usize) -> Vec<Value> {
    eventually("the events are taken", async || {
        kit.pass(100).await;
        let mut seen = std::collections::BTreeSet::new();
        let mut taken = kit.hooks.taken();
        taken.retain(|body| seen.insert(body["id"].as_str().unwrap().to_owned()));
        Some(taken).filter(|taken| taken.len() >= count)
    })
    .await
}

/// A booking and what becomes of it, with nobody's clock moved.
async fn a_life(kit: &Kit, scope: &TenantScope, doctor: UserId, patient: UserId, day: i64) {
    let slot = kit.open_slots(scope, doctor, start_of_time().plus(day * DAY), 1).await.remove(0);
    let booked = kit.book(scope, &slot, patient).await.unwrap();
    kit.calendar(scope, doctor, CalendarCommand::Confirm(booked.id)).await.unwrap();
    let cancel = CalendarCommand::Cancel { appointment: booked.id, by: patient, reason: String::new() };
    kit.calendar(scope, doctor, cancel).await.unwrap();
}

#[tokio::test]
async fn events_reach_their_endpoint_while_search_is_down_and_once() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let webhook = register(&kit, &city).await;
    kit.search.set_down(true);
    let patient = kit.patient(&city, "Pat").await;
    a_life(&kit, &city, doctor, patient, 2).await;
    let bodies = taken(&kit, 4).await;
    let told = ["patient.created", "appointment.created", "appointment.confirmed", "appointment.cancelled"];
    assert!(told.iter().all(|name| types(&bodies).contains(name)), "{bodies:?}");
    let of_calendar: Vec<_> =
        types(&bodies).into_iter().filter(|name| name.starts_with("appointment")).collect();
    assert_eq!(of_calendar, told[1..]);
    // As they were when they happened, and not as they are.
    let created = bodies.iter().find(|body| body["type"] == "appointment.created").unwrap();
    assert_eq!(created["data"]["status"], "scheduled");
    let text = serde_json::to_string(&bodies).unwrap();
    assert!(!text.contains("Pat") && !text.contains("Ada"), "a name left the house: {text}");
    for (call, _) in kit.hooks.calls() {
        let signature = call.headers.iter().find(|(name, _)| name == "x-medcor-signature").unwrap();
        assert_eq!(signature.1, sign::plain("your-webhook-secret", &call.body));
    }
    // The index is back: the events are settled, and nothing is told again, after a restart neither.
    kit.search.set_down(false);
    kit.pass(HOUR).await;
    let settled = async |kit: &Kit| {
        eventually("all is settled", async || {
            kit.env.store.pending_events(&city, 1).await.unwrap().is_empty().then_some(())
        })
        .await;
    };
    settled(&kit).await;
    let kit = kit.restarted().await;
    let second = kit.patient(&city, "Second").await;
    assert_eq!(taken(&kit, 5).await.last().unwrap()["data"]["id"], second.get());
    settled(&kit).await;
    assert_eq!(kit.hooks.calls().len(), 5);
    eventually("all is noted", async || {
        let all = deliveries(&kit, &city, webhook).await;
        all.iter().all(|one| one.status == DeliveryStatus::Delivered && one.tried == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_was_down_gets_everything_in_order_though_the_process_restarts() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let (ada, eve) = (kit.doctor(&city, "Ada").await, kit.doctor(&city, "Eve").await);
    let patient = kit.patient(&city, "Pat").await;
    kit.hooks.down(true);
    let webhook = register(&kit, &city).await;
    for day in 2..6 {
        a_life(&kit, &city, ada, patient, day).await;
        a_life(&kit, &city, eve, patient, day + 10).await;
    }
    eventually("both lines were tried", async || (kit.hooks.calls().len() >= 2).then_some(())).await;
    let kit = kit.restarted().await;
    kit.pass(MINUTE).await;
    kit.hooks.down(false);
    let bodies = taken(&kit, 24).await;
    assert_eq!(bodies.len(), 24);
    for doctor in [ada, eve] {
        let of = |body: &&Value| body["data"]["doctor"] == doctor.get();
        let ids: Vec<_> =
            bodies.iter().filter(of).map(|body| body["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 12);
        let numbers: Vec<u64> = ids.iter().map(|id| id.trim_start_matches("evt_").parse().unwrap()).collect();
        assert!(numbers.is_sorted(), "out of order: {numbers:?}");
    }
    eventually("all is noted", async || {
        let all = deliveries(&kit, &city, webhook).await;
        (all.len() == 24 && all.iter().all(|one| one.status == DeliveryStatus::Delivered)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_that_takes_nothing_is_disabled_its_hospital_is_told_and_its_log_goes_with_it() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    kit.hooks.down(true);
    let webhook = register(&kit, &city).await;
    let doctor = kit.doctor(&city, "Ada").await;
    for _ in 0..60 {
        kit.patient(&city, "Pat").await;
    }
    let state = async || {
        let stored = kit.env.store.get(&city, Webhook::KIND, webhook.id()).await.unwrap()?;
        stored.document::<Webhook>().ok().map(|webhook| webhook.status)
    };
    for _ in 0..400 {
        kit.pass(15 * MINUTE).await;
        if state().await == Some(WebhookStatus::Disabled) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert_eq!(state().await, Some(WebhookStatus::Disabled));
    eventually("nothing waits for it any more", async || {
        let all = deliveries(&kit, &city, webhook).await;
        all.iter().all(|one| one.status == DeliveryStatus::Dead).then_some(())
    })
    .await;
    let attempts = kit.hooks.calls().len();
    kit.pass(DAY).await;
    kit.pass(DAY).await;
    assert_eq!(kit.hooks.calls().len(), attempts);
    // It works again: enabled and replayed, everything arrives.
    kit.hooks.down(false);
    tell(&kit, &city, WebhookCommand::Enable(webhook)).await;
    let replay = WebhookMessage::ReplayRange {
        webhook,
        bounds: ward_store::Bounds::ALL,
        status: Some(DeliveryStatus::Dead),
        claims: Vec::new(),
    };
    let id = Actors::of_hospital(&city);
    let replayed = kit.actors.webhooks.ask(&city, id, DEADLINE, replay).await.unwrap();
    assert_eq!(replayed.touched.len(), 61);
    let arrived = taken(&kit, 61).await;
    assert!(arrived.iter().any(|body| body["data"]["id"] == doctor.get()));
    tell(&kit, &city, WebhookCommand::Delete(webhook)).await;
    eventually("it is gone with its log", async || {
        (deliveries(&kit, &city, webhook).await.is_empty() && state().await.is_none()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hospital_without_webhooks_has_no_actor_for_them() {
    let kit = Kit::new().await;
    let (city, town) = (kit.hospital("City").await, kit.hospital("Town").await);
    register(&kit, &city).await;
    let patient = kit.patient(&town, "Pat").await;
    let doctor = kit.doctor(&town, "Ada").await;
    a_life(&kit, &town, doctor, patient, 2).await;
    eventually("all is settled", async || {
        kit.env.store.pending_events(&town, 1).await.unwrap().is_empty().then_some(())
    })
    .await;
    assert!(kit.hooks.calls().is_empty());
    let alive = kit.actors.webhooks.snapshot(10);
    assert_eq!(alive.iter().map(|one| one.hospital).collect::<Vec<_>>(), [city.tenant().get()]);
}
