//! `GET /api/audit/logs/`: who saw and did what, for administrators.

use super::{Entry, OUTCOMES};
use crate::answer::{Answer, Errors, Page};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_domain::zone::Zone;
use ward_http::{Caller, Direction, Outcome, PageRequest, Params, RequestUrl, bounds};
use ward_services::House;
use ward_services::audit::{self, AuditQuery};

/// Longest word of the trail, in characters.
const MAX_WORD: usize = 40;

/// The audit trail, newest first.
#[utoipa::path(
    get, path = "/api/audit/logs/", tag = "Audit", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
        ("action" = Option<String>, Query, description = "create, read, list, update, delete, log_in, …."),
        ("resource" = Option<String>, Query, description = "appointment, patient, session, …."),
        ("actor" = Option<u64>, Query, description = "Who; `user` says the same."),
        ("user" = Option<u64>, Query, description = "Who; `actor` says the same and goes first."),
        ("patient" = Option<u64>, Query, description = "Whose data; one who is none is an error."),
        ("status" = Option<String>, Query, description = "success or refused."),
        ("date_from" = Option<String>, Query, description = "Then or later: a time, or a day of the hospital."),
        ("date_to" = Option<String>, Query, description = "Then or before; a day is included."),
        ("ordering" = Option<String>, Query, description = "created_at or timestamp, with - for the latest first."),
    ),
    responses((status = 200, description = "A page.", body = Answer<Page<Entry>>), Errors)
)]
pub async fn logs(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    url: RequestUrl,
    params: Params,
) -> Outcome<Json<Answer<Page<Entry>>>> {
    let (query, page) = read(params, &house.zone(&ctx).await)?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = audit::list(&house, &ctx, query, wanted).await?;
    let rows = listed.items.into_iter().map(Entry::from).collect();
    Ok(Json(Answer::new("Audit log.", Page::new(page, listed.total, &url, rows))))
}

fn read(mut params: Params, zone: &Zone) -> Outcome<(AuditQuery, PageRequest)> {
    let page = params.page("page_size", 20, 100);
    let (actor, user) = (params.id("actor"), params.id("user"));
    let order = params.ordering(&[("created_at", ()), ("timestamp", ())]);
    let query = AuditQuery {
        actor: actor.or(user),
        patient: params.id("patient"),
        action: params.text("action", MAX_WORD),
        resource: params.text("resource", MAX_WORD),
        outcome: params.choice("status", &OUTCOMES),
        at: bounds::period(&mut params, zone),
        ascending: matches!(order, Some(((), Direction::Ascending))),
    };
    params.finish()?;
    Ok((query, page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::audit::AuditOutcome;
    use ward_domain::id::Id;

    #[test]
    fn the_query_is_read_and_wrong_parameters_are_refused() {
        let (query, _) = read(Params::read(""), &Zone::UTC).unwrap();
        assert!(!query.ascending && query.actor.is_none());
        let text = "user=5&patient=6&action=read&status=refused&ordering=timestamp&date_to=2025-01-20";
        let (query, _) = read(Params::read(text), &Zone::UTC).unwrap();
        assert_eq!((query.actor, query.patient), (Id::new(5), Id::new(6)));
        assert_eq!((query.outcome, query.ascending), (Some(AuditOutcome::Refused), true));
        assert_eq!(query.at.until.unwrap().to_string(), "2025-01-20T23:59:59.999Z");
        for wrong in ["actor=me", "status=ok", "date_from=x", "ordering=action"] {
            assert!(read(Params::read(wrong), &Zone::UTC).is_err(), "{wrong}");
        }
    }
}
