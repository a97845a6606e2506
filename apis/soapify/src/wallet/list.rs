//! `GET /api/integrations/wallet/transactions/`: payments, refunds and withdrawals.

use super::Transaction;
use crate::answer::{Answer, Errors, Page};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_domain::ledger::{Status, TransactionKind};
use ward_http::{Caller, Outcome, PageRequest, Params, RequestUrl};
use ward_services::House;
use ward_services::payment::{self, TransactionQuery};

/// The caller's transactions, newest first; the administrator sees the hospital's, with telephone numbers masked.
#[utoipa::path(
    get, path = "/api/integrations/wallet/transactions/", tag = "Wallet & Payments", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
        ("type" = Option<String>, Query, description = "payment, withdrawal or refund."),
        ("status" = Option<String>, Query, description = "pending, completed or failed."),
        ("doctor" = Option<u64>, Query, description = "Whose; doctors see their own only."),
    ),
    responses((status = 200, description = "A page.", body = Answer<Page<Transaction>>), Errors)
)]
pub async fn list(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    url: RequestUrl,
    params: Params,
) -> Outcome<Json<Answer<Page<Transaction>>>> {
    let (query, page) = read(params)?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = payment::list(&house, &ctx, query, wanted).await?;
    let rows = listed.items.into_iter().map(Transaction::from).collect();
    Ok(Json(Answer::new(Page::new(page, listed.total, &url, rows), ctx.now)))
}

fn read(mut params: Params) -> Outcome<(TransactionQuery, PageRequest)> {
    let page = params.page("page_size", 20, 100);
    let query = TransactionQuery {
        kind: params.choice("type", &TransactionKind::WORDS),
        status: params.choice("status", &Status::WORDS),
        doctor: params.id("doctor"),
    };
    params.finish()?;
    Ok((query, page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_read_and_wrong_parameters_are_refused() {
        let (query, page) = read(Params::read("type=refund&status=failed&page=2&page_size=500")).unwrap();
        assert_eq!((query.kind, query.status), (Some(TransactionKind::Refund), Some(Status::Failed)));
        assert_eq!((page.number, page.size), (2, 100));
        for wrong in ["type=gift", "status=done", "page=x", "doctor=me"] {
            assert!(read(Params::read(wrong)).is_err(), "{wrong}");
        }
    }
}
