//! A labelled set of questions (`questions/`), asked by words, by what is meant, and by both, of visits that were recorded
//! through SOAPify: how well each kind of search puts the right visits first.

use crate::kit::{Client, Hospital, Server};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};

const VISITS: &str = include_str!("questions/visits.tsv");
const QUESTIONS: &str = include_str!("questions/questions.tsv");

/// Hits that count.
const PAGE: usize = 10;

fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// Records all visits; answers their ids by key once all are found.
async fn record(server: &Server, doctor: &str) -> HashMap<u64, &'static str> {
    let mut keys = HashMap::new();
    for fields in lines(VISITS) {
        let [key, language, complaint, said] = fields[..] else { panic!("{fields:?}") };
        let visit = json!({"patient_name": format!("Patient {}", keys.len()), "chief_complaint": complaint});
        let made = server.post("/soapify/api/encounters/", doctor, visit).await.expect(201);
        let id = made["data"]["id"].as_u64().unwrap();
        let transcript = json!({"language": language, "text": said.replace('|', "\n")});
        server
            .put(&format!("/soapify/api/encounters/{id}/transcript/"), doctor, transcript)
            .await
            .expect(200);
        keys.insert(id, key);
    }
    for id in keys.keys() {
        let path = format!("/soapify/api/encounters/{id}/status/");
        server.until(&path, doctor, |status| status["data"]["status"] == "completed").await;
    }
    // Everything is found once no event waits for the index.
    let began = Instant::now();
    while !server.house.env.store.tenants_with_events(None, 1).await.unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "events wait for the index");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    keys
}

async fn search(server: &Client, doctor: &str, query: &str, by: &str) -> Value {
    let ask = json!({"query": query, "search_type": by, "limit": 100, "include_snippets": true});
    server.post("/soapify/api/search/", doctor, ask).await.expect(200)["data"].clone()
}

/// Discounted gain of an order of grades, over that of the best order there is.
fn ndcg(found: &[u32], wanted: &[u32]) -> f64 {
    let gain = |grades: &[u32]| -> f64 {
        let places = grades.iter().take(PAGE).enumerate();
        places
            .map(|(at, grade)| {
                f64::from((1 << grade) - 1) / (f64::from(u32::try_from(at).unwrap()) + 2.0).log2()
            })
            .sum()
    };
    let mut best = wanted.to_vec();
    best.sort_unstable_by(|one, other| other.cmp(one));
    gain(found) / gain(&best)
}

/// The mean over all questions of one kind of search.
async fn quality(server: &Client, doctor: &str, keys: &HashMap<u64, &'static str>, by: &str) -> f64 {
    let mut all = Vec::new();
    for fields in lines(QUESTIONS) {
        let [question, answers] = fields[..] else { panic!("{fields:?}") };
        let grades: HashMap<&str, u32> = answers
            .split(' ')
            .map(|answer| answer.split_once('=').map(|(key, grade)| (key, grade.parse().unwrap())).unwrap())
            .collect();
        assert!(grades.keys().all(|key| keys.values().any(|known| known == key)), "{answers}");
        let found = search(server, doctor, question, by).await;
        let hits = found["results"].as_array().unwrap();
        let found: Vec<u32> = hits
            .iter()
            .map(|hit| grades.get(keys[&hit["encounter_id"].as_u64().unwrap()]).copied().unwrap_or(0))
            .collect();
        let wanted: Vec<u32> = grades.values().copied().collect();
        let value = ndcg(&found, &wanted);
        if value < 0.6 && by == "hybrid" {
            let first: Vec<&str> =
                hits.iter().take(5).map(|hit| keys[&hit["encounter_id"].as_u64().unwrap()]).collect();
            println!("hybrid {value:.2}  {question}: {first:?}, wanted {answers}");
        }
        all.push(value);
    }
    all.iter().sum::<f64>() / f64::from(u32::try_from(all.len()).unwrap())
}

/// `nDCG@10` of the three kinds of search.
async fn qualities(
    server: &Client,
    doctor: &str,
    keys: &HashMap<u64, &'static str>,
    index: &str,
) -> [f64; 3] {
    let mut qualities = [0.0; 3];
    for (quality_of, by) in qualities.iter_mut().zip(["text", "semantic", "hybrid"]) {
        *quality_of = quality(server, doctor, keys, by).await;
    }
    let [text, semantic, hybrid] = qualities;
    println!("nDCG@10 on {index}: text {text:.3}, semantic {semantic:.3}, hybrid {hybrid:.3}");
    assert!(hybrid >= text, "hybrid search must not be worse than words alone");
    assert!(semantic > 0.75 && hybrid > 0.75, "what is meant is found");
    qualities
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_meant_is_found_and_hybrid_is_not_below_text() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "asking").await;
    let keys = record(&server, &hospital.doctor).await;
    qualities(&server, &hospital.doctor, &keys, "the embedded index").await;

    // What a hit says: where, how well, and which others are like it.
    let found = search(&server, &hospital.doctor, "myocardial infarction", "hybrid").await;
    let first = &found["results"][0];
    assert!(["mi", "mi-fa"].contains(&keys[&first["encounter_id"].as_u64().unwrap()]));
    assert!(
        first["relevance_score"].as_f64().unwrap() > 0.4 && !first["snippets"].as_array().unwrap().is_empty()
    );
    let migraine = search(&server, &hospital.doctor, "migraine", "semantic").await;
    let similar = migraine["results"][0]["similar_cases"].as_array().unwrap().clone();
    assert!(
        !similar.is_empty() && similar.iter().all(|case| case["similarity_score"].as_f64().unwrap() >= 0.5)
    );
    assert!(
        similar.iter().any(|case| !case["key_similarities"].as_array().unwrap().is_empty()),
        "{similar:?}"
    );

    // Another doctor finds nothing of it, whatever it is like; nor does another hospital.
    let (_, colleague) =
        Hospital::person(&server, &hospital.admin, hospital.id, hospital.name, "doctor", "jones").await;
    let elsewhere = Hospital::join(&server, "elsewhere").await;
    for stranger in [&colleague, &elsewhere.doctor] {
        for by in ["text", "semantic", "hybrid"] {
            let found = search(&server, stranger, "heart attack", by).await;
            assert_eq!((&found["total_results"], &found["results"]), (&json!(0), &json!([])), "{by}");
        }
    }
    // A question about nothing finds nothing by what is meant.
    assert_eq!(search(&server, &hospital.doctor, "…", "semantic").await["total_results"], 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_meilisearch_as_much_is_found() {
    let double = ward_search_meilisearch::double::Double::start("questions-key").await;
    let url = double.url();
    let server = Server::start_with(|settings| {
        settings.search.backend = ward::settings::SearchBackend::Meilisearch;
        settings.search.meilisearch.url = url;
        settings.search.meilisearch.key = "questions-key".to_owned();
    })
    .await;
    let hospital = Hospital::join(&server, "asking").await;
    let keys = record(&server, &hospital.doctor).await;
    qualities(&server, &hospital.doctor, &keys, "a double of Meilisearch").await;
    server.stop().await;
}
