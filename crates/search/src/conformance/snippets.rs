//! Snippets show why a document was found, and are safe to put on a page.

use super::{Hospital, Subject, encounter, encounters, id};
use crate::{Filter, Invalid, MAX_LIMIT, NumberField, SearchError, Snippet, TextField, snippet};
use ward_domain::id::Id;

async fn of(hospital: &Hospital<'_>, text: &str) -> Vec<Snippet> {
    let page = hospital.page(encounters().text(text).with_snippets()).await;
    assert_eq!(page.hits.len(), 1, "{text}");
    page.hits.into_iter().flat_map(|hit| hit.snippets).collect()
}

/// Word by word, as they stand in the text, and no other.
pub async fn what_matched_is_marked_exactly(subject: &Subject) {
    let hospital = subject.hospital(0);
    let text = "Persistent Headache, worse with MIGRAINE-like features; no head injury.";
    hospital.put([encounter(1).text(TextField::ChiefComplaint, text)]).await;
    let snippets = of(&hospital, "headache migraine ").await;
    assert_eq!(snippets.len(), 1);
    assert_eq!(
        snippets[0].text,
        "Persistent <mark>Headache</mark>, worse with <mark>MIGRAINE</mark>-like features; no head injury."
    );
    assert!((snippets[0].score - 1.0).abs() < 1e-6);
    assert!(of(&hospital, "headaches feature ").await[0].text.contains("<mark>features</mark>"));
}

/// Markup in a document is text, and so is a mark that it brings along.
pub async fn everything_else_is_escaped(subject: &Subject) {
    let hospital = subject.hospital(0);
    let text = r#"<script>alert("x")</script> & <mark>fake</mark> fever 'high' </mark>"#;
    hospital.put([encounter(1).text(TextField::Plan, text)]).await;
    let marked = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &lt;mark&gt;fake&lt;/mark&gt; \
                  <mark>fever</mark> &#39;high&#39; &lt;/mark&gt;";
    assert_eq!(of(&hospital, "fever ").await[0].text, marked);
    // Words that are names of tags are words.
    let script = &of(&hospital, "script ").await[0].text;
    assert!(script.starts_with("&lt;<mark>script</mark>&gt;alert"), "{script}");
    let mark = &of(&hospital, "\"mark fake\"").await[0].text;
    assert!(mark.contains("&lt;<mark>mark</mark>&gt;<mark>fake</mark>&lt;/mark&gt;"), "{mark}");
}

/// One of each field; the one that shows more of the query first.
pub async fn the_field_is_named_and_the_best_first(subject: &Subject) {
    let hospital = subject.hospital(0);
    let document = encounter(1).text(TextField::Transcript, "headache and migraine");
    hospital.put([document.text(TextField::Plan, "headache diary").text(TextField::Tags, "other")]).await;
    let snippets = of(&hospital, "headache migraine ").await;
    let fields: Vec<TextField> = snippets.iter().map(|snippet| snippet.field).collect();
    assert_eq!(fields, [TextField::Transcript, TextField::Plan]);
    assert!(snippets[0].score > snippets[1].score && snippets[1].score > 0.0);
    let page = hospital.page(encounters().text("headache ").within([TextField::Plan]).with_snippets()).await;
    let fields: Vec<TextField> = page.hits[0].snippets.iter().map(|snippet| snippet.field).collect();
    assert_eq!(fields, [TextField::Plan]);
}

/// Of documents that are named, in the order in which they are, and of no others.
pub async fn documents_that_are_named_show_theirs(subject: &Subject) {
    let (hospital, other) = (subject.hospital(0), subject.hospital(1));
    let said = |number: u64, text: &str| encounter(number).text(TextField::Plan, text);
    let of = |number: u64, text: &str, doctor: i64| said(number, text).number(NumberField::Doctor, doctor);
    hospital
        .put([of(1, "fever", 7), of(2, "cough and fever", 7), of(3, "cough", 7), of(4, "fever", 8)])
        .await;
    other.put([of(5, "fever of another", 7)]).await;
    let query = encounters().text("fever ").filter(Filter::number(NumberField::Doctor, 7));
    let shown = async |ids: &[u64]| -> Vec<Vec<String>> {
        let ids: Vec<Id> = ids.iter().map(|number| id(*number)).collect();
        let snippets = hospital.index.snippets(&hospital.scope, &query, &ids).await.expect("answered");
        snippets.into_iter().map(|of| of.into_iter().map(|snippet| snippet.text).collect()).collect()
    };
    let (first, second) = (["<mark>fever</mark>"], ["cough and <mark>fever</mark>"]);
    assert_eq!(shown(&[2, 1, 2]).await, [second, first, second]);
    // One without the word, another doctor's, another hospital's, one that there is not.
    assert_eq!(shown(&[3, 4, 1, 5, 6]).await, [&[][..], &[], &first, &[], &[]]);
    assert_eq!(shown(&[]).await, Vec::<Vec<String>>::new());
    let many: Vec<Id> = (1..=MAX_LIMIT as u64 + 1).map(id).collect();
    let refused = hospital.index.snippets(&hospital.scope, &query, &many).await.expect_err("too many");
    assert_eq!(refused, SearchError::Invalid(Invalid::PageTooLarge));
}

/// The text is shown as it was written, not as it is compared.
pub async fn persian_is_marked_as_it_is_written(subject: &Subject) {
    let hospital = subject.hospital(0);
    let text = "بیمار از سردرد شديد می\u{200C}نالد.";
    hospital.put([encounter(1).text(TextField::Subjective, text)]).await;
    assert_eq!(
        of(&hospital, "شدید مینالد ").await[0].text,
        "بیمار از سردرد <mark>شديد</mark> <mark>می\u{200C}نالد</mark>."
    );
}

/// A long text is cut around the match.
pub async fn snippets_are_short_and_only_on_request(subject: &Subject) {
    let hospital = subject.hospital(0);
    let filler = "and then they talked ".repeat(2_000);
    let document = encounter(1).text(TextField::Transcript, format!("{filler} fever {filler}"));
    hospital.put([document]).await;
    let snippets = of(&hospital, "fever ").await;
    assert!(snippets[0].text.contains("<mark>fever</mark>"));
    assert!(snippets[0].text.starts_with("...") && snippets[0].text.ends_with("..."));
    assert!(snippets[0].text.len() <= snippet::SNIPPET_BYTES + 40, "{}", snippets[0].text.len());
    assert!(hospital.page(encounters().text("fever ")).await.hits[0].snippets.is_empty());
    assert!(of(&hospital, "").await.is_empty());
}

/// Not its words wherever they stand.
pub async fn a_phrase_is_marked_as_a_whole(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put([encounter(1).text(TextField::Plan, "Pain. Chest pain, no chest wall pain.")]).await;
    let text = &of(&hospital, "\"chest pain\"").await[0].text;
    assert_eq!(text, "Pain. <mark>Chest</mark> <mark>pain</mark>, no chest wall pain.");
}
