//! Filters that name a doctor or a patient: one who is none is told to those who may see such people, and to nobody else.

use crate::kit::{Hospital, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_names_nobody_is_an_error_for_those_who_may_know() {
    let server = Server::start().await;
    let (here, there) = (Hospital::join(&server, "here").await, Hospital::join(&server, "there").await);
    let slot = here.slot(&server, 48).await;
    here.book(&server, slot).await.expect(201);
    let nobody = server.house.new_id().unwrap().get();

    let (lists, slots) = ("/api/appointments/", "/api/appointments/availability-slots/");
    let trail = "/healthcare/api/audit/logs/";
    for (path, field, token, role) in [
        (lists, "doctor", &here.admin, "doctor"),
        (lists, "doctor", &here.doctor, "doctor"),
        (lists, "doctor", &here.patient, "doctor"),
        (lists, "patient", &here.admin, "patient"),
        (lists, "patient", &here.doctor, "patient"),
        (slots, "doctor", &here.admin, "doctor"),
        (slots, "doctor", &here.patient, "doctor"),
        (trail, "patient", &here.admin, "patient"),
    ] {
        let what = format!("{path}?{field}=");
        let (known, foreign, other_role) = match role {
            "doctor" => (here.doctor_id, there.doctor_id, here.patient_id),
            _ => (here.patient_id, there.patient_id, here.doctor_id),
        };
        server.get(&format!("{what}{known}"), token).await.expect(200);
        let ask = async |id: u64| server.get(&format!("{what}{id}"), token).await.expect(400);
        let refused = ask(nobody).await;
        let details = if path == trail { &refused["details"] } else { &refused["error"]["details"] };
        assert_eq!(details[field][0], format!("There is no such {role}."), "{what} {refused}");
        // Another hospital's, and someone of another role, are nobody too: to the letter.
        assert_eq!(ask(foreign).await, refused, "{what}");
        assert_eq!(ask(other_role).await, refused, "{what}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_learns_of_no_other_patient_by_a_filter() {
    let server = Server::start().await;
    let (here, there) = (Hospital::join(&server, "here").await, Hospital::join(&server, "there").await);
    let (other, _) = Hospital::person(&server, &here.admin, here.id, here.name, "patient", "bob").await;
    let nobody = server.house.new_id().unwrap().get();
    let slot = here.slot(&server, 48).await;
    here.book(&server, slot).await.expect(201);
    let ask = async |id: u64| {
        server.get(&format!("/api/appointments/?patient={id}"), &here.patient).await.expect(200)
    };
    assert_eq!(ask(here.patient_id).await["count"], 1);
    for id in [other, nobody, there.patient_id, here.doctor_id] {
        assert_eq!(ask(id).await["count"], 0, "{id}");
    }
    server.stop().await;
}
