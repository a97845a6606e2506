//! Stopping a hospital ends its actors and nobody else's.

use ward_domain::time::DAY;
use ward_test_kit::{Kit, start_of_time};

#[tokio::test]
async fn stopping_a_hospital_ends_its_actors_only() {
    let kit = Kit::new().await;
    let (gone, stays) = (kit.hospital("Gone").await, kit.hospital("Stays").await);
    let mut ids = Vec::new();
    for scope in [&gone, &stays] {
        let doctor = kit.doctor(scope, "Ada").await;
        kit.open_slots(scope, doctor, start_of_time().plus(DAY), 1).await;
        ids.push(kit.encounter(scope, doctor).await.id());
    }
    let handled = |hospital: u64| {
        let all = kit.actors.encounters.snapshot(9);
        all.iter().find(|one| one.hospital == hospital).map(|one| one.handled)
    };
    assert_eq!(handled(gone.tenant().get()), Some(1));

    kit.actors.stop_hospital(gone.tenant()).await;

    // A relay may be at work again: events wait for it.
    assert!(
        kit.actors.snapshot(99).iter().all(|one| one.hospital != gone.tenant().get() || one.kind == "relay")
    );
    assert_eq!(handled(stays.tenant().get()), Some(1));
    assert_eq!(kit.look_at(&stays, ids[1]).await.unwrap().1, 1);
    assert_eq!(handled(stays.tenant().get()), Some(2), "it was not started anew");
    // The next message finds a fresh one, under a fresh supervisor.
    assert_eq!(kit.look_at(&gone, ids[0]).await.unwrap().1, 1);
    assert_eq!(handled(gone.tenant().get()), Some(1));
}
