//! The sandbox's pay page, outside of the APIs: whoever holds its link is the patient.
//!
//! The link is the secret, so nobody can have a patient's browser press a button on a page whose address they do not
//! know. The page names the hospital, the amount and what for, and nobody.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use ward_domain::face::Face;
use ward_domain::ledger::{Said, Status};
use ward_search::snippet::escaped;
use ward_services::payment::{self, Page};
use ward_services::{Fail, House, RequestMeta};

/// `/pay/{link}`, and a button each below it.
pub fn router(house: Arc<House>) -> Router {
    Router::new()
        .route("/pay/{link}", get(show))
        .route("/pay/{link}/{choice}", post(choose))
        .with_state(house)
}

async fn show(State(house): State<Arc<House>>, Path(link): Path<String>) -> Response {
    dressed(match payment::look(&house, &link).await {
        Ok(page) => Html(html(&page, &link)).into_response(),
        Err(fail) => failed(&fail),
    })
}

async fn choose(State(house): State<Arc<House>>, Path((link, choice)): Path<(String, String)>) -> Response {
    let said = match choice.as_str() {
        "pay" => Said::Paid,
        "decline" => Said::Declined,
        _ => return dressed(nothing()),
    };
    let request_id = match house.new_id() {
        Ok(id) => id.to_string(),
        Err(fail) => return dressed(failed(&fail)),
    };
    let meta = RequestMeta { request_id, face: Face::Soapify, address: None, host: None, idempotency: None };
    dressed(match payment::choose(&house, &meta, &link, said).await {
        // Whatever came of it, the page says how the payment stands.
        Ok(_) => Redirect::to(&format!("/pay/{link}")).into_response(),
        Err(fail) => failed(&fail),
    })
}

fn dressed(mut response: Response) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let fixed = [
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}

fn failed(fail: &Fail) -> Response {
    match fail {
        Fail::Refused(refusal) if refusal.reason == "not_found" => nothing(),
        Fail::Refused(refusal) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", refusal.message)).into_response()
        }
        Fail::Fault(source) => {
            tracing::error!(source, "a pay page could not be shown");
            (StatusCode::INTERNAL_SERVER_ERROR, "See the log.\n").into_response()
        }
    }
}

fn html(page: &Page, link: &str) -> String {
    let payment = &page.payment;
    let state = match payment.status {
        Status::Completed => "This payment is completed. Thank you.",
        Status::Failed => "This payment was not made.",
        Status::Pending if page.open => "",
        Status::Pending => "The time for this payment is over.",
    };
    let buttons = if page.open {
        // A link is letters, digits, - and _ only.
        format!(
            "<form method=\"post\"><button formaction=\"/pay/{link}/pay\">Pay</button> \
             <button formaction=\"/pay/{link}/decline\">Decline</button></form>"
        )
    } else {
        format!("<p><strong>{state}</strong></p>")
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Payment</title>\
         <style>body{{font-family:system-ui,sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem}}\
         .amount{{font-size:2rem}}button{{font-size:1.1rem;padding:.5rem 1.5rem}}\
         .sandbox{{background:#fe9;padding:.5rem}}</style></head><body>\
         <p class=\"sandbox\">Sandbox: no money moves.</p><h1>{hospital}</h1>\
         <p class=\"amount\" dir=\"auto\">{amount}</p><p dir=\"auto\">{what}</p>{buttons}</body></html>\n",
        hospital = escaped(&page.hospital),
        amount = escaped(&payment.money.formatted()),
        what = escaped(&payment.description),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::id::Id;
    use ward_domain::ledger::{Currency, Money, Transaction, TransactionKind};
    use ward_domain::time::Time;

    #[test]
    fn what_was_typed_is_text_and_buttons_are_there_while_it_can_be_paid() {
        let (id, money) = (Id::new(7).unwrap(), Money::of(500_000, Currency::IRR));
        let now = Time::from_millis(0);
        let mut payment = Transaction::new(id.into(), TransactionKind::Payment, id.into(), money, now);
        payment.description = "<script>alert(1)</script>".into();
        let mut page = Page { hospital: "A & B".into(), payment, open: true };
        let text = html(&page, "abc");
        assert!(
            text.contains("&lt;script&gt;") && text.contains("A &amp; B") && text.contains("500,000 ریال")
        );
        assert!(!text.contains("<script") && text.contains("/pay/abc/pay"));
        page.open = false;
        let text = html(&page, "abc");
        assert!(!text.contains("<form") && text.contains("time for this payment is over"));
    }
}
