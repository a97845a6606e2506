//! A code by SMS leaves once: tried again while surely nothing was sent, and never where it may have been.

use ward_actors::Actors;
use ward_actors::courier::{CodeLetter, CourierMessage};
use ward_domain::courier::{Channel, MessageStatus, OutgoingMessage};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{HOUR, MINUTE};
use ward_gateways::SmsError;
use ward_store::{ListQuery, Stored};
use ward_test_kit::{DEADLINE, Kit, eventually};

async fn post(kit: &Kit, scope: &TenantScope) {
    let letter = CodeLetter {
        channel: Channel::Sms,
        recipient: None,
        to: "+989123456789".into(),
        subject: String::new(),
        body: "012345 is your code".into(),
        until: kit.env.now().plus(5 * MINUTE),
    };
    let message = CourierMessage::Post(Box::new(letter));
    kit.actors.couriers.ask(scope, Actors::of_hospital(scope), DEADLINE, message).await.unwrap();
}

/// The only message there is, once it stands so.
async fn stands(kit: &Kit, scope: &TenantScope, status: MessageStatus) -> OutgoingMessage {
    eventually("the text stands as it should", async || {
        let page = kit.env.store.list(scope, &ListQuery::all(List::Messages, Key::all())).await.unwrap();
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        let mut kept = kit.env.store.get_many(scope, OutgoingMessage::KIND, &ids).await.unwrap();
        let message: OutgoingMessage = kept.pop().map(Stored::document)?.unwrap();
        (message.status == status).then_some(message)
    })
    .await
}

#[tokio::test]
async fn a_text_that_was_not_sent_is_tried_again_and_forgotten_when_it_is_gone() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    kit.texts.fail_next(SmsError::Later("no connection".into()));
    post(&kit, &city).await;
    stands(&kit, &city, MessageStatus::Queued).await;
    eventually("the attempt is noted", async || {
        (kit.texts.attempts() == 1 && kit.env.tasks.is_empty()).then_some(())
    })
    .await;
    kit.pass(2 * MINUTE).await;
    let sent = stands(&kit, &city, MessageStatus::Sent).await;
    assert_eq!((sent.body.as_str(), sent.attempts), ("", 2));
    assert_eq!(kit.texts.texts().len(), 1);
    assert!(kit.mail.letters().is_empty());
}

#[tokio::test]
async fn a_text_whose_end_is_unknown_is_not_sent_again() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    kit.texts.fail_next(SmsError::Unknown("no answer in time".into()));
    post(&kit, &city).await;
    let dead = stands(&kit, &city, MessageStatus::Dead).await;
    assert_eq!((dead.body.as_str(), dead.last_error.as_str()), ("", "no answer in time"));
    for _ in 0..3 {
        kit.pass(HOUR).await;
    }
    assert_eq!((kit.texts.attempts(), kit.texts.texts().len()), (1, 0));
}
