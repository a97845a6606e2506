//! Searching a doctor's consultations over HTTP, by words, by what is meant and by both, where there are very many.

use super::client::{Call, Run, Until, run};
use super::report::{Row, ms};
use super::search::{Written, fill};
use super::server::Server;
use super::staff::Staff;
use super::town::{close, folder, rest, settings};
use serde_json::json;
use std::net::SocketAddr;
use ward::wiring::{self, Instead};
use ward_domain::id::Id;
use ward_domain::tenancy::TenantId;

/// Questions of each kind.
const ASKED: u64 = 500;
/// What is asked for: words that are in many notes, in few, in none, and what people mean by them.
const QUESTIONS: [&str; 10] = [
    "headache",
    "chest pain",
    "diarrhoea",
    "heart attack",
    "asthma inhaler",
    "rash on the arm",
    "urinary infection",
    "migraine with aura",
    "shortness of breath at night",
    "سردرد",
];

/// The figures at so many notes, all of one doctor.
pub async fn measured(notes: u64) -> Vec<Row> {
    let folder = folder();
    let server = Server::ward(folder.path()).await;
    let staff = Staff::join(&server, 1).await;
    server.stop();
    let doctor = &staff.doctors[0];
    let ward = wiring::open(&settings(folder.path()), Instead::default()).await.unwrap();
    let scope =
        ward.house.tenancy.register.scope(TenantId::from_number(staff.hospital)).await.unwrap().unwrap();
    fill(&ward.house, scope, &Written::all(), notes, |_| Id::new(doctor.id).unwrap()).await;
    assert_eq!(ward.house.rebuild(scope.tenant(), |_| {}).await.unwrap(), notes + 3, "everything was fed");
    rest().await;
    close(ward).await;
    let server = Server::ward(folder.path()).await;
    let mut rows = Vec::new();
    for by in ["text", "semantic", "hybrid"] {
        // What is opened and read at first is no part of the figure.
        ask(server.address, &doctor.token, by, 50).await;
        let cpu = server.cpu();
        let asked = ask(server.address, &doctor.token, by, ASKED).await;
        let each = ms(server.cpu_since(cpu) / u32::try_from(ASKED).unwrap());
        let told = format!("p50 {}; CPU of one {each}", ms(asked.within(500)));
        rows.push(Row::told(
            &format!("a search ({by}) among {notes} notes of a doctor, twenty hits with snippets"),
            told,
        ));
        rows.push(Row::under("  p99 (ms)", asked.within(990), 20.0));
    }
    server.stop();
    rows
}

async fn ask(address: SocketAddr, token: &str, by: &'static str, count: u64) -> Run {
    let token = token.to_owned();
    let asked = run(address, 1, Until::Count(count), move |number| {
        let query = QUESTIONS[usize::try_from(number).unwrap() % QUESTIONS.len()];
        let body = json!({"query": query, "search_type": by, "limit": 20, "include_snippets": true});
        Call::post("/soapify/api/search/", &token, body)
    })
    .await;
    asked.all_are(http::StatusCode::OK);
    asked
}
