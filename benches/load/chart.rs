//! Charts: the first page of one with thousands of records, against one with a few.

use super::client::Call;
use super::reading;
use super::report::{Row, ms, ratio};
use super::rows;
use super::server::Server;
use super::town::{close, folder, join, rest, settings};

use std::time::Duration;
use ward::wiring::{self, Instead};
use ward_domain::chart::{ChartCommand, ChartView, Content, Edition, MedicalRecord, OpenObject};
use ward_domain::id::Id;
use ward_domain::policy::Role;
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{HOUR, Time};
use ward_store::{AggregateRef, DynStore};

/// Records of the two charts. The page is of 20, so that both answer as many bytes.
const FEW: u64 = 20;
const MANY: u64 = 2_000;
/// Records in one commit of the load: each comes with its first version.
const BATCH: u64 = 200;
const CONNECTIONS: usize = 8;

/// Figure: what the first page of a chart costs the server, by the length of the chart.
pub async fn measured(seconds: u64) -> Vec<Row> {
    let folder = folder();
    let server = Server::ward(folder.path()).await;
    let (hospital, token) = join(&server).await;
    server.stop();
    let ward = wiring::open(&settings(folder.path()), Instead::default()).await.unwrap();
    let scope = ward.house.tenancy.register.scope(TenantId::from_number(hospital)).await.unwrap().unwrap();
    let (store, now) = (&ward.house.env.store, ward.house.env.now());
    let owner = AggregateRef { kind: AggregateKind::Account, id: rows::doctor(0) };
    let people = [
        (rows::doctor(1), Role::Doctor),
        (rows::patient(1), Role::Patient),
        (rows::patient(2), Role::Patient),
    ];
    let accounts = people.map(|(id, role)| rows::account(id, role, now)).to_vec();
    store.commit(&scope, rows::bulk(owner, 0, now, accounts, Vec::new())).await.unwrap();
    load(store, scope, rows::patient(1), FEW, now).await;
    load(store, scope, rows::patient(2), MANY, now).await;
    rest().await;
    close(ward).await;

    let server = Server::ward(folder.path()).await;
    let (few, few_half) = page(&server, &token, rows::patient(1), seconds).await;
    let (many, many_half) = page(&server, &token, rows::patient(2), seconds).await;
    server.stop();
    let cost = format!(
        "{} of CPU, p50 {}; of {FEW}: {} of CPU, p50 {}",
        ms(many),
        ms(many_half),
        ms(few),
        ms(few_half)
    );
    vec![
        Row::told(&format!("first page of a chart of {MANY} records"), cost),
        Row::at_most("  CPU against the short chart", ratio(many, few), 1.5),
    ]
}

/// The server's CPU for a page, and the time that half of them took at the most.
async fn page(server: &Server, token: &str, patient: Id, seconds: u64) -> (Duration, Duration) {
    let call = Call::get(format!("/api/medical-records/patient/{patient}/?page_size=20"), token);
    let (run, cost) = reading::measured(server, CONNECTIONS, seconds, move |_| call.clone()).await;
    (cost, run.within(500))
}

/// Writes a chart, by the house's own rule.
async fn load(store: &DynStore, scope: TenantScope, patient: Id, records: u64, now: Time) {
    let chart = AggregateRef { kind: AggregateKind::Chart, id: patient };
    let view = ChartView { patient: patient.into(), ..ChartView::default() };
    let mut version = 0;
    for from in (0..records).step_by(usize::try_from(BATCH).unwrap()) {
        let mut changes = Vec::new();
        for number in from..(from + BATCH).min(records) {
            // Node 0 minted them, in the past: the patient's number keeps charts apart.
            let id = |what: u64| Id::new((((patient.get() >> 12) * MANY + number) << 12) | what).unwrap();
            let at = now.plus(-HOUR * i64::try_from(records - number).unwrap());
            let record = MedicalRecord {
                id: id(60).into(),
                patient: patient.into(),
                kept_by: None,
                author: rows::doctor(1).into(),
                record_type: "general".into(),
                title: "Follow-up".into(),
                description: "Blood pressure was measured at home for two weeks and is within its limits."
                    .into(),
                diagnosis: "Mild hypertension".into(),
                symptoms: "None".into(),
                vital_signs: OpenObject::read(r#"{"blood_pressure": "120/80", "heart_rate": 72}"#).unwrap(),
                edition: Edition::first(rows::doctor(1).into(), at),
                created_at: at,
                deleted: None,
            };
            let content = Box::new(Content::Record(record));
            let add = ChartCommand::Add { content, version: id(61), claims: Vec::new() };
            changes.extend(view.decide(at, &add).unwrap().0.changes);
        }
        version =
            store.commit(&scope, rows::bulk(chart, version, now, changes, Vec::new())).await.unwrap().version;
    }
}
