//! `POST /api/search/`: consultations by what was said and written.

use crate::answer::{Answer, Errors, respelled};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_domain::zone::Zone;
use ward_http::{Caller, Given, JsonBody, Nested, Outcome, bounds};
use ward_services::encounter::{self, By, Found, SearchFilters, SearchRequest};
use ward_services::{Filters, House};

const MAX_QUERY: usize = 500;
const MAX_TAGS: usize = 20;
const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: i64 = 100;

const TYPES: [(&str, By); 3] = [("text", By::Text), ("semantic", By::Semantic), ("hybrid", By::Hybrid)];

/// A search.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Ask {
    #[schema(value_type = String, max_length = 500)]
    query: Given<String>,
    /// `text` (the default): by the words. `semantic`: by what is meant, so that *heart attack*, *MI* and *سکته قلبی* find
    /// the same; at most 100. `hybrid`: by both.
    #[schema(value_type = Option<String>)]
    search_type: Given<String>,
    #[schema(value_type = Option<Narrow>)]
    filters: Given<Nested<Narrow>>,
    /// 20; at most 100.
    #[schema(value_type = Option<u32>)]
    limit: Given<i64>,
    /// False, where it is not given.
    #[schema(value_type = Option<bool>)]
    include_snippets: Given<bool>,
}

/// What narrows a search.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Narrow {
    /// Took place then or later: a time, or a day of the hospital.
    #[schema(value_type = Option<String>)]
    date_from: Given<String>,
    /// Took place then or before; a day is included.
    #[schema(value_type = Option<String>)]
    date_to: Given<String>,
    #[schema(value_type = Option<u32>)]
    patient_age_min: Given<i64>,
    #[schema(value_type = Option<u32>)]
    patient_age_max: Given<i64>,
    /// Any of these.
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    tags: Given<Vec<String>>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matches {
    total_results: u64,
    search_time_ms: u64,
    results: Vec<Hit>,
}

/// A consultation that matches.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    encounter_id: u64,
    patient_name: String,
    /// The hospital's day.
    #[schema(format = Date)]
    encounter_date: String,
    /// 0 to 1.
    relevance_score: f32,
    /// Where it matches; empty unless asked for.
    snippets: Vec<Snippet>,
    /// Consultations about the same, up to three for each of the first three hits of a `semantic` or `hybrid` search.
    similar_cases: Vec<SimilarCase>,
}

/// Where a consultation matches.
#[derive(Debug, Serialize, ToSchema)]
pub struct Snippet {
    #[schema(example = "chief_complaint")]
    section: &'static str,
    /// HTML: what matched stands in `<mark>`, everything else is escaped.
    text: String,
    /// 0 to 1.
    score: f32,
}

/// A consultation like another.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarCase {
    encounter_id: u64,
    /// 0 to 1.
    similarity_score: f32,
    /// The findings that both have: complaints and body systems.
    key_similarities: Vec<String>,
}

/// Search consultations by words, by what is meant, or by both.
#[utoipa::path(
    post, path = "/api/search/", tag = "Search & Analytics", security(("bearer" = [])), request_body = Ask,
    responses(
        (status = 200, description = "What was found, best first.", body = Answer<Matches>),
        Errors
    )
)]
pub async fn search(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Ask>,
) -> Outcome<Json<Answer<Matches>>> {
    let zone = house.zone(&ctx).await;
    let found = encounter::search(&house, &ctx, read(body, &zone)?).await;
    let (total_results, found, search_time_ms) = found.map_err(|fail| respelled(fail, spell))?;
    let results = found.into_iter().map(|found| hit(found, &zone)).collect();
    Ok(Json(Answer::new(Matches { total_results, search_time_ms, results }, ctx.now)))
}

fn read(body: Ask, zone: &Zone) -> Outcome<SearchRequest> {
    let mut errors = FieldErrors::default();
    let query = body.query.line(MAX_QUERY).not_blank().required("query", &mut errors);
    let by = body.search_type.choice(&TYPES).optional("search_type", &mut errors).unwrap_or(By::Text);
    let limit = body.limit.check(|limit| *limit >= 1, "Must be at least 1.").optional("limit", &mut errors);
    let snippets = body.include_snippets.optional("include_snippets", &mut errors).unwrap_or_default();
    let narrow = body.filters.optional("filters", &mut errors).unwrap_or_default().0;
    let filters = filters(narrow, zone, &mut errors);
    errors.finish()?;
    let limit =
        limit.map_or(DEFAULT_LIMIT, |limit| usize::try_from(limit.min(MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT));
    Ok(SearchRequest { query: query.unwrap_or_default(), by, filters, limit, snippets })
}

fn filters(narrow: Narrow, zone: &Zone, errors: &mut FieldErrors) -> SearchFilters {
    let mut age = |given: Given<i64>, name: &'static str| {
        given.within(0..=150).optional(name, errors).and_then(|age| u32::try_from(age).ok())
    };
    let age_min = age(narrow.patient_age_min, "filters.patient_age_min");
    let age_max = age(narrow.patient_age_max, "filters.patient_age_max");
    SearchFilters {
        date: Filters {
            from: bounds::from(narrow.date_from, zone).optional("filters.date_from", errors),
            until: bounds::until(narrow.date_to, zone).optional("filters.date_to", errors),
        },
        age_min,
        age_max,
        tags: narrow.tags.at_most(MAX_TAGS).optional("filters.tags", errors).unwrap_or_default(),
    }
}

fn hit(found: Found, zone: &Zone) -> Hit {
    let Found { encounter, score, snippets, similar } = found;
    let snippet =
        |one: encounter::Snippet| Snippet { section: one.section, text: one.text, score: one.score };
    Hit {
        encounter_id: encounter.id.get(),
        patient_name: encounter.patient_name,
        encounter_date: zone.date(encounter.encounter_date).to_string(),
        relevance_score: score,
        snippets: snippets.into_iter().map(snippet).collect(),
        similar_cases: similar.into_iter().map(similar_case).collect(),
    }
}

fn similar_case(case: encounter::SimilarCase) -> SimilarCase {
    SimilarCase {
        encounter_id: case.encounter.get(),
        similarity_score: case.score,
        key_similarities: case.shared,
    }
}

/// The index names the words that it was asked for `search`.
fn spell(field: &str) -> Option<String> {
    (field == "search").then(|| "query".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use ward_domain::id::Id;
    use ward_domain::refusal::Kind;
    use ward_services::Fail;

    fn of(body: Value) -> Result<SearchRequest, (Kind, Vec<String>)> {
        read(serde_json::from_value(body).unwrap(), &Zone::UTC).map_err(|failure| match failure.fail() {
            Fail::Refused(refusal) => {
                (refusal.kind, refusal.fields.iter().map(|field| field.field.to_string()).collect())
            }
            Fail::Fault(fault) => panic!("{fault}"),
        })
    }

    #[test]
    fn the_documents_search_by_text_is_read() {
        let request = of(json!({
            "query": "headache migraine", "search_type": "text",
            "filters": {
                "date_from": "2024-01-01", "date_to": "2024-01-31", "patient_age_min": 20, "patient_age_max": 50,
                "tags": ["neurological"]
            },
            "limit": 200, "include_snippets": true
        }))
        .unwrap();
        assert_eq!((request.limit, request.snippets), (100, true));
        assert_eq!((request.filters.age_min, request.filters.age_max), (Some(20), Some(50)));
        assert_eq!(request.filters.date.until.unwrap().to_string(), "2024-01-31T23:59:59.999Z");
        assert_eq!(of(json!({"query": "x"})).unwrap().limit, DEFAULT_LIMIT);
    }

    #[test]
    fn the_kind_of_search_is_read_and_all_that_is_wrong_is_named() {
        for (kind, by) in TYPES {
            assert_eq!(of(json!({"query": "x", "search_type": kind})).unwrap().by, by);
        }
        assert_eq!(of(json!({"query": "x"})).unwrap().by, By::Text);
        let wrong =
            json!({"search_type": "magic", "limit": 0, "filters": {"date_to": "x", "patient_age_min": 200}});
        let names = ["query", "search_type", "limit", "filters.patient_age_min", "filters.date_to"];
        assert_eq!(of(wrong).unwrap_err(), (Kind::Invalid, names.map(str::to_owned).to_vec()));
    }

    #[test]
    fn a_hit_has_the_documented_form() {
        let snippet = encounter::Snippet { section: "plan", text: "<mark>x</mark>".into(), score: 0.5 };
        let case = encounter::SimilarCase {
            encounter: Id::new(1235).unwrap(),
            score: 0.75,
            shared: vec!["headache".into()],
        };
        let found = Found {
            encounter: crate::encounter::tests::pending(),
            score: 0.5,
            snippets: vec![snippet],
            similar: vec![case],
        };
        let expected = json!({
            "encounter_id": 1, "patient_name": "John Doe", "encounter_date": "2024-01-20", "relevance_score": 0.5,
            "snippets": [{"section": "plan", "text": "<mark>x</mark>", "score": 0.5}],
            "similar_cases": [{"encounter_id": 1235, "similarity_score": 0.75, "key_similarities": ["headache"]}]
        });
        assert_eq!(serde_json::to_value(hit(found, &Zone::UTC)).unwrap(), expected);
    }
}
