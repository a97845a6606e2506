//! Who has too much going on is refused; the others are served.

use std::sync::Arc;
use ward_actors::courier::CourierMessage;
use ward_actors::{Actors, Failure, Limits};
use ward_domain::courier::{MessageRequest, Occasion};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::DAY;
use ward_test_kit::{DEADLINE, Kit, Setup, eventually, reason, start_of_time};

/// Makes a hospital whose courier will stay in the midst of any letter until the register is released; answers a
/// letter that can be asked for.
pub async fn hold_courier(kit: &Kit, scope: &TenantScope) -> MessageRequest {
    let doctor = kit.doctor(scope, "Ada").await;
    let patient = kit.patient(scope, "Pat").await;
    let slot = kit.open_slots(scope, doctor, start_of_time().plus(DAY), 1).await.remove(0);
    let booked = kit.book(scope, &slot, patient).await.unwrap();
    // The relay counts as going on too, until everything is passed on.
    eventually("all events are passed on", async || {
        let none = kit.env.store.pending_events(scope, 1).await.unwrap().is_empty();
        let idle = kit.actors.relays.snapshot(9).iter().all(|relay| relay.in_hand == 0);
        (none && idle).then_some(())
    })
    .await;
    kit.register.hold(scope);
    let occasion = Occasion::AppointmentReminder { appointment: booked.id, minutes_before: 30 };
    MessageRequest { recipient: Some(patient), occasion }
}

/// Asks the courier for a letter, as for a new event.
pub async fn take(kit: &Kit, scope: &TenantScope, request: &MessageRequest) -> Result<(), Failure> {
    let take = CourierMessage::Take { request: request.clone(), event: kit.id().into() };
    kit.actors.couriers.ask(scope, Actors::of_hospital(scope), DEADLINE, take).await
}

async fn fill(
    kit: &Arc<Kit>,
    scope: TenantScope,
    letter: &MessageRequest,
    count: usize,
) -> Vec<tokio::task::JoinHandle<Result<(), Failure>>> {
    let tasks = (0..count).map(|_| {
        let (kit, letter) = (kit.clone(), letter.clone());
        tokio::spawn(async move { take(&kit, &scope, &letter).await })
    });
    let tasks = tasks.collect();
    eventually("all are in hand", async || {
        kit.actors.couriers.snapshot(9).iter().any(|courier| courier.in_hand == count).then_some(())
    })
    .await;
    tasks
}

#[tokio::test]
async fn a_hospital_with_too_much_in_hand_is_refused_and_another_is_served() {
    let limits = Limits { per_tenant: 8, ..Limits::default() };
    let kit = Arc::new(Kit::start(Setup { limits, ..Setup::default() }).await);
    let (full, other) = (kit.hospital("Full").await, kit.hospital("Other").await);
    let doctor = kit.doctor(&full, "Bob").await;
    let id = kit.encounter(&full, doctor).await.id();
    let letter = hold_courier(&kit, &full).await;
    eventually("the relay is done", async || {
        kit.actors.relays.snapshot(9).iter().all(|relay| relay.in_hand == 0).then_some(())
    })
    .await;
    let tasks = fill(&kit, full, &letter, 8).await;

    assert_eq!(reason(&kit.look_at(&full, id).await.unwrap_err()), "overloaded");
    assert_eq!(reason(&take(&kit, &full, &letter).await.unwrap_err()), "overloaded");
    let doctor = kit.doctor(&other, "Eve").await;
    let elsewhere = kit.encounter(&other, doctor).await.id();
    assert!(kit.look_at(&other, elsewhere).await.is_ok());

    kit.register.release();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    eventually("it is served again", async || kit.look_at(&full, id).await.ok()).await;
}

#[tokio::test]
async fn an_entity_with_too_much_in_hand_is_refused_and_its_hospital_is_served() {
    let limits = Limits { per_entity: 4, ..Limits::default() };
    let kit = Arc::new(Kit::start(Setup { limits, ..Setup::default() }).await);
    let city = kit.hospital("City").await;
    let letter = hold_courier(&kit, &city).await;
    let tasks = fill(&kit, city, &letter, 4).await;

    assert_eq!(reason(&take(&kit, &city, &letter).await.unwrap_err()), "overloaded");
    let doctor = kit.doctor(&city, "Bob").await;
    assert!(kit.look_at(&city, kit.encounter(&city, doctor).await.id()).await.is_ok());

    kit.register.release();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    eventually("every letter was sent", async || (kit.mail.letters().len() == 4).then_some(())).await;
}
