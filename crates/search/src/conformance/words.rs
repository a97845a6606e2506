//! What a text finds.

use super::{Subject, account, accounts, encounter, encounters};
use crate::TextField;

const NONE: [u64; 0] = [];

/// One word here, the other there.
pub async fn every_word_must_be_found_in_any_field(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital
        .put([
            encounter(1)
                .text(TextField::ChiefComplaint, "Headache")
                .text(TextField::Plan, "Treat the migraine."),
            encounter(2).text(TextField::Transcript, "Only a headache."),
            encounter(3).text(TextField::PatientName, "Ana Headley").text(TextField::Tags, "migraine"),
        ])
        .await;
    assert_eq!(hospital.found("headache migraine ").await, [1]);
    assert_eq!(hospital.found("headache ").await, [1, 2]);
    assert_eq!(hospital.found("migraine ana ").await, [3]);
    assert_eq!(hospital.found("headache unheardof ").await, NONE);
    for field in crate::DocumentKind::Encounter.text_fields() {
        hospital.put([encounter(9).text(*field, "quokka")]).await;
        assert_eq!(hospital.found("quokka ").await, [9], "{field:?}");
    }
}

/// White space and punctuation are no words.
pub async fn nothing_asked_finds_everything(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital.put((1..=3).map(encounter)).await;
    for text in ["", "   ", "...", "\"\"", "-", "\u{200C}"] {
        assert_eq!(hospital.found(text).await, [1, 2, 3], "{text:?}");
    }
}

/// Neither in the document nor in the query.
pub async fn accents_and_case_do_not_count(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital
        .put([
            encounter(1).text(TextField::PatientName, "Núria Müller"),
            encounter(2).text(TextField::PatientName, "NURIA MULLER"),
            encounter(3).text(TextField::Plan, "La niña tiene gastroenteritis; Straße 5"),
        ])
        .await;
    for text in ["nuria muller ", "NÚRIA MÜLLER ", "nu\u{301}ria mu\u{308}ller "] {
        assert_eq!(hospital.found(text).await, [1, 2], "{text}");
    }
    assert_eq!(hospital.found("nina strasse ").await, [3]);
}

/// Arabic and Persian letters and digits, vowel signs, non-joiners.
pub async fn persian_spellings_are_one(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital
        .put([
            encounter(1).text(TextField::PatientName, "علي كريمي"),
            encounter(2).text(
                TextField::Subjective,
                "بیمار از سردرد می\u{200C}نالد و ۱۲۰ میلی\u{200C}گرم مصرف کرده است",
            ),
            encounter(3).text(TextField::Plan, "مُحَمَّد آرام شد"),
        ])
        .await;
    assert_eq!(hospital.found("علی کریمی ").await, [1]);
    for text in ["می\u{200C}نالد ", "مینالد ", "می نالد ", "120 ", "١٢٠ ", "میلی\u{200C}گرم ", "میلی گرم "]
    {
        assert_eq!(hospital.found(text).await, [2], "{text}");
    }
    assert_eq!(hospital.found("محمد ارام ").await, [3]);
}

/// Plural and tense, beside the word itself.
pub async fn forms_of_english_words_are_found(subject: &Subject) {
    let hospital = subject.hospital(0);
    let said = |number, text: &str| encounter(number).text(TextField::Transcript, text);
    hospital
        .put([said(1, "two headaches"), said(2, "a headache"), said(3, "a head"), said(4, "he was treated")])
        .await;
    assert_eq!(hospital.found("headache ").await, [1, 2]);
    assert_eq!(hospital.found("headaches ").await, [1, 2]);
    assert_eq!(hospital.found("treating ").await, [4]);
}

/// While it is typed; from the first letter in names.
pub async fn the_last_word_is_a_beginning(subject: &Subject) {
    let hospital = subject.hospital(0);
    let named = |number, first: &str, last: &str| {
        account(number).text(TextField::FirstName, first).text(TextField::LastName, last)
    };
    hospital
        .put([named(1, "Anna", "Smith"), named(2, "John", "Smithson"), named(3, "Smilla", "Jones")])
        .await;
    let found = async |text: &str| {
        let mut ids = hospital.ids(accounts().text(text)).await;
        ids.sort_unstable();
        ids
    };
    assert_eq!(found("smi").await, [1, 2, 3]);
    assert_eq!(found("s").await, [1, 2, 3]);
    assert_eq!(found("smith").await, [1, 2]);
    assert_eq!(found("john smi").await, [2]);
    assert_eq!(found("smi ").await, NONE);
    assert_eq!(found("smi john").await, NONE);
    hospital.put([encounter(1).text(TextField::Assessment, "Hypertension")]).await;
    assert_eq!(hospital.found("hyper").await, [1]);
}

/// Neighbours in order, within one field.
pub async fn a_phrase_stands_as_it_is(subject: &Subject) {
    let hospital = subject.hospital(0);
    let said = |number, text: &str| encounter(number).text(TextField::Transcript, text);
    hospital
        .put([
            said(1, "Sudden chest pain at night."),
            said(2, "Pain in the chest."),
            said(3, "chest pains"),
            encounter(4).text(TextField::ChiefComplaint, "chest").text(TextField::Plan, "pain"),
            encounter(5).text(TextField::Tags, "chest").text(TextField::Tags, "pain"),
        ])
        .await;
    assert_eq!(hospital.found("\"chest pain\"").await, [1]);
    assert_eq!(hospital.found("\"Chest  PAIN at\" sudden ").await, [1]);
    assert_eq!(hospital.found("“pain in the chest”").await, [2]);
    assert_eq!(hospital.found("\"pains\"").await, [3]);
    assert_eq!(hospital.found("\"chest pain\" \"in the\"").await, NONE);
}

/// In words of five letters or more; shorter ones mean what they say.
pub async fn one_typing_error_is_forgiven(subject: &Subject) {
    let hospital = subject.hospital(0);
    let said = |number, text: &str| encounter(number).text(TextField::Assessment, text);
    hospital.put([said(1, "hypertension"), said(2, "pain"), said(3, "hypotension")]).await;
    for text in ["hypertenson ", "hypertennsion ", "hypertemsion ", "hypetrension "] {
        assert_eq!(hospital.found(text).await, [1], "{text}");
    }
    for text in ["hyprtenson ", "pane ", "pian ", "\"hypertenson\""] {
        assert_eq!(hospital.found(text).await, NONE, "{text}");
    }
}

/// Unless they are all there is, or in quotes.
pub async fn stop_words_need_not_be_found(subject: &Subject) {
    let hospital = subject.hospital(0);
    let said = |number, text: &str| encounter(number).text(TextField::Plan, text);
    hospital.put([said(1, "pain, abdomen"), said(2, "the abdomen"), said(3, "درد معده")]).await;
    assert_eq!(hospital.found("pain in the abdomen ").await, [1]);
    assert_eq!(hospital.found("the ").await, [2]);
    assert_eq!(hospital.found("درد در معده ").await, [3]);
}

/// E-mail addresses, user names, licences and phone numbers.
pub async fn identifiers_are_found_by_their_parts(subject: &Subject) {
    let hospital = subject.hospital(0);
    let with = |number, email: &str, phone: &str| {
        account(number).text(TextField::Email, email).text(TextField::Phone, phone)
    };
    hospital
        .put([
            with(1, "john.smith@clinic.example", "+1 (555) 123-4567").text(TextField::License, "MD-90210-X"),
            with(2, "reza@hospital.example", "+98 912 777 6655").text(TextField::Username, "reza_k"),
        ])
        .await;
    for (text, expected) in [
        ("john.smith@clinic.example", vec![1]),
        ("smith", vec![1]),
        ("mit ", vec![1]),
        ("CLINIC", vec![1]),
        ("example ", vec![1, 2]),
        ("9021 ", vec![1]),
        ("1234567", vec![1]),
        ("(555) 123 ", vec![1]),
        ("+1 555 123 4567", vec![1]),
        ("0912 777", vec![2]),
        ("۰۹۱۲۷۷۷۶۶۵۵", vec![2]),
        ("reza_k", vec![2]),
        ("345 ", vec![1]),
        ("999 ", vec![]),
    ] {
        let mut ids = hospital.ids(accounts().text(text)).await;
        ids.sort_unstable();
        assert_eq!(ids, expected, "{text}");
    }
}

/// علی رضا and علیرضا, Anne Marie and Annemarie.
pub async fn names_are_found_written_together_or_apart(subject: &Subject) {
    let hospital = subject.hospital(0);
    let named = |number, name: &str| encounter(number).text(TextField::PatientName, name);
    hospital
        .put([named(1, "علی رضا احمدی"), named(2, "علیرضا احمدی"), named(3, "علی\u{200C}رضا احمدی")])
        .await;
    for text in ["علیرضا ", "علی رضا ", "علی\u{200C}رضا ", "احمدی علیرضا "] {
        assert_eq!(hospital.found(text).await, [1, 2, 3], "{text}");
    }
    hospital.put([named(4, "Anne Marie Duval"), named(5, "Annemarie Duval")]).await;
    assert_eq!(hospital.found("annemarie duval ").await, [4, 5]);
    assert_eq!(hospital.found("anne marie duval ").await, [4, 5]);
}

/// The list of encounters looks at names and complaints, not at what was said.
pub async fn only_the_fields_named_are_searched(subject: &Subject) {
    let hospital = subject.hospital(0);
    hospital
        .put([
            encounter(1).text(TextField::PatientName, "Fever"),
            encounter(2).text(TextField::Transcript, "fever"),
            encounter(3).text(TextField::ChiefComplaint, "fever"),
        ])
        .await;
    let fields = [TextField::PatientName, TextField::ChiefComplaint];
    let mut ids = hospital.ids(encounters().text("fever ").within(fields)).await;
    ids.sort_unstable();
    assert_eq!(ids, [1, 3]);
    assert_eq!(hospital.ids(accounts().text("555").within([TextField::FirstName])).await, NONE);
}

/// No operator, no field, no wildcard, no expression: words.
pub async fn nothing_typed_is_syntax(subject: &Subject) {
    let hospital = subject.hospital(0);
    let said = |number, text: &str| encounter(number).text(TextField::Plan, text);
    hospital.put([said(1, "rest"), said(2, "cough"), said(3, "rest cough"), said(4, "title rest")]).await;
    for (text, expected) in [
        ("-rest ", vec![1, 3, 4]),
        ("NOT rest ", vec![]),
        ("rest AND cough ", vec![3]),
        ("rest OR cough ", vec![3]),
        ("title:rest ", vec![4]),
        ("text_plan:rest ", vec![]),
        ("r?st ", vec![]),
        ("re* ", vec![]),
        ("rest~2 ", vec![]),
        ("rest^5 ", vec![]),
        ("[a TO z] ", vec![]),
        ("rest\\ cough ", vec![3]),
        ("(rest ", vec![1, 3, 4]),
        ("id = 1 OR id EXISTS ", vec![]),
        ("\u{1}rest ", vec![1, 3, 4]),
        ("\0 rest ", vec![1, 3, 4]),
    ] {
        assert_eq!(hospital.found(text).await, expected, "{text:?}");
    }
}
