//! What readers of files find in them: a reader of PDF of its own kind, Poppler and `LibreOffice`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // what fails here fails the test, helpers included

use std::path::Path;
use std::process::Command;
use ward_domain::encounter::note::Sections;
use ward_domain::encounter::transcript::Transcript;
use ward_domain::encounter::{Encounter, NoteAddendum, NoteVersion};
use ward_domain::zone::Zone;
use ward_export::{Format, Language, Sheet, Template, write};

use serde_json::{Value, json};

fn encounter(signed: bool) -> Encounter {
    let signature = json!({"version": 2, "by": 2, "at": "2024-01-20T10:00:00Z", "sha256": "ab".repeat(32)});
    serde_json::from_value(json!({
        "id": 1, "doctor": 2, "patient_name": "مریم احمدی", "patient_age": 45, "patient_gender": "female",
        "chief_complaint": "", "notes": "Saw her before.", "encounter_date": "2024-01-20T09:00:00Z",
        "status": "completed", "progress": {"audio_upload": "pending", "transcription": "completed",
            "soap_generation": "completed", "checklist_evaluation": "completed"},
        "waiting_for": "", "duration_ms": 0, "language": "fa", "transcript_preview": "", "note": 101,
        "note_version": 2, "signature": if signed { signature } else { Value::Null }, "addenda": u64::from(signed),
        "checklist_score": 0.9, "tags": ["headache"], "attempts": 0, "due": null,
        "created_at": "2024-01-20T09:15:00Z", "updated_at": "2024-01-20T09:15:00Z"
    }))
    .unwrap()
}

fn note(sections: &Value) -> NoteVersion {
    let _: Sections = serde_json::from_value(sections.clone()).unwrap();
    serde_json::from_value(json!({
        "id": 900, "note": 101, "encounter": 1, "version": 2, "content": {"sections": sections, "support": []},
        "author": {"kind": "user", "user": 2}, "reason": "Allergy", "maker": "ward-scribe 0.1",
        "confidence_score": 0.95, "processing_ms": 45_000, "at": "2024-01-20T09:20:00Z"
    }))
    .unwrap()
}

fn persian() -> NoteVersion {
    note(&json!({
        "subjective": {
            "chief_complaint": "سردرد شدید از سه روز پیش",
            "history_of_present_illness": "بیمار از سردرد ضربان‌دار (throbbing) در ناحیهٔ پیشانی شکایت دارد که با نور بدتر می‌شود. \
                سابقهٔ میگرن ندارد. قرص Acetaminophen 500 mg اثر کمی داشته است و درد از دیشب ادامه دارد.",
            "review_of_systems": {"neurological": "سرگیجه ندارد.", "gastrointestinal": "تهوع دارد."}
        },
        "objective": {"vital_signs": {"blood_pressure": "120/80", "heart_rate": 72, "temperature": "36.8°C"},
            "physical_exam": {"general": "هوشیار و آگاه"}},
        "assessment": {"primary_diagnosis": "سردرد تنشی", "differential_diagnoses": ["میگرن", "Cluster headache"],
            "clinical_reasoning": "علائم خطر دیده نشد."},
        "plan": {
            "medications": [{"name": "Ibuprofen", "dosage": "400 mg", "route": "خوراکی", "frequency": "هر ۸ ساعت",
                "duration": "۵ روز", "instructions": "با غذا"}],
            "diagnostic_tests": [{"test": "MRI مغز", "indication": "رد ضایعه", "urgency": "routine"}],
            "follow_up": {"timing": "یک هفته بعد", "condition": "در صورت ادامهٔ درد"},
            "patient_education": ["استراحت کافی", "پرهیز از کافئین"]
        }
    }))
}

fn english() -> NoteVersion {
    note(&json!({
        "subjective": {"chief_complaint": "Persistent headache for 3 days",
            "history_of_present_illness": "Throbbing pain at the forehead, worse with light. ".repeat(60),
            "review_of_systems": {"neurological": "Denies dizziness."}},
        "objective": {"vital_signs": {"blood_pressure": "120/80", "heart_rate": 72}},
        "assessment": {"primary_diagnosis": "Tension headache", "clinical_reasoning": "Emoji 🤕 and 汉 are spelled out."},
        "plan": {"medications": [{"name": "Ibuprofen", "dosage": "400 mg"}], "follow_up": {"timing": "1 week"}}
    }))
}

fn transcript() -> Transcript {
    serde_json::from_value(json!({"language": "fa", "segments": [
        {"start_ms": 0, "end_ms": 5_200, "speaker": "doctor", "text": "چه مشکلی دارید؟"},
        {"start_ms": 5_200, "end_ms": 9_000, "speaker": "patient", "text": "سه روز است که سردرد دارم."}
    ]}))
    .unwrap()
}

fn addenda(signed: bool) -> Vec<(NoteAddendum, String)> {
    let one = json!({"id": 5, "encounter": 1, "number": 1, "text": "MRI طبیعی است.", "reason": "نتیجه", "author": 2,
        "at": "2024-01-25T10:00:00Z", "sha256": ""});
    if signed {
        vec![(serde_json::from_value(one).unwrap(), "دکتر سارا کریمی".into())]
    } else {
        Vec::new()
    }
}

struct Case {
    note: NoteVersion,
    signed: bool,
    language: Language,
    template: Template,
    transcript: bool,
}

impl Case {
    fn new(note: NoteVersion, signed: bool, language: Language, template: Template) -> Self {
        Self { note, signed, language, template, transcript: false }
    }

    fn write(&self, format: Format) -> Vec<u8> {
        let (encounter, addenda, transcript) = (encounter(self.signed), addenda(self.signed), transcript());
        let zone = Zone::named("Asia/Tehran").unwrap();
        let sheet = Sheet {
            hospital: "بیمارستان امید",
            doctor: "دکتر سارا کریمی",
            encounter: &encounter,
            note: &self.note,
            addenda: &addenda,
            transcript: self.transcript.then_some(&transcript),
            zone: &zone,
        };
        let bytes = write(&sheet, format, self.language, self.template).unwrap();
        // For who wants to look at them: EXPORT_PAGES names a folder.
        #[allow(clippy::disallowed_methods, reason = "a test is told where to leave its files")]
        if let Ok(folder) = std::env::var("EXPORT_PAGES") {
            let end = match format {
                Format::Pdf => "pdf",
                Format::Markdown => "md",
                Format::Docx => "docx",
            };
            let name = format!(
                "{}-{:?}-{}-{}.{end}",
                self.language.code(),
                self.template,
                self.signed,
                self.transcript
            );
            std::fs::write(Path::new(&folder).join(name), &bytes).unwrap();
        }
        bytes
    }
}

/// What Poppler reads, in reading order.
fn poppler(pdf: &[u8], raw: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("note.pdf");
    std::fs::write(&path, pdf).unwrap();
    let mut command = Command::new("pdftotext");
    if raw {
        command.arg("-raw");
    }
    let read = command.arg(&path).arg("-").output();
    let read = read.unwrap_or_else(|error| panic!("pdftotext is needed (Debian: poppler-utils): {error}"));
    String::from_utf8(read.stdout).unwrap()
}

/// A text without the marks of direction that a reader puts in, and with single spaces.
fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{AD}'))
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True where the parts stand in a text one after the other.
fn in_order(text: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at = text[from..]
            .find(part)
            .unwrap_or_else(|| panic!("{part} does not stand after the others in:\n{text}"));
        from += at + part.len();
    }
}

#[test]
fn every_page_of_a_draft_says_so_and_of_what_is_signed_none() {
    for signed in [false, true] {
        let pdf = Case::new(english(), signed, Language::English, Template::Detailed).write(Format::Pdf);
        let document = lopdf::Document::load_mem(&pdf).unwrap();
        let pages = document.get_pages().len();
        assert!(pages >= 2, "the story is longer than a page");
        for page in 1..=pages {
            let text = document.extract_text(&[u32::try_from(page).unwrap()]).unwrap();
            assert_eq!(text.contains("DRAFT"), !signed, "page {page}: {text}");
            assert!(text.contains(&format!("Page {page} of {pages}")), "{text}");
        }
    }
}

#[test]
fn a_pdf_is_tagged_and_says_its_language_and_title() {
    let pdf = Case::new(persian(), true, Language::Persian, Template::Standard).write(Format::Pdf);
    let document = lopdf::Document::load_mem(&pdf).unwrap();
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"fa");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Outlines"));
    let marked = catalog.get(b"MarkInfo").unwrap();
    assert!(format!("{marked:?}").contains("true"), "{marked:?}");
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("pdfuaid"), "it does not say that it is PDF/UA");
    // Nothing of whose it is stands outside of the pages.
    assert!(!text.contains("احمدی"));
}

#[test]
fn the_text_of_a_persian_pdf_is_read_in_its_order() {
    let mut case = Case::new(persian(), true, Language::Persian, Template::Detailed);
    case.transcript = true;
    let pdf = case.write(Format::Pdf);
    let text = plain(&poppler(&pdf, false));
    in_order(
        &text,
        &["بیمار", "مریم احمدی", "شکایت اصلی", "سردرد شدید از سه روز پیش", "تشخیص اصلی", "سردرد تنشی"],
    );
    in_order(&text, &["شکایت دارد که با نور بدتر", "میگرن ندارد"]);
    in_order(&text, &["Ibuprofen", "400 mg"]);
    // Where a line begins with Latin letters, Poppler takes the letters by their places and gives them a side of its own.
    in_order(&text, &["متمم ۱", "طبیعی است", "چه مشکلی دارید؟", "سه روز است که سردرد دارم"]);
    // In the order of the file itself words of one run stand as on the line; the parts stand as they are read.
    let parts =
        ["احمدی", "پزشک", "ذهنی", "throbbing", "ارزیابی", "Ibuprofen", "400 mg", "متمم", "SHA-256", "دارید"];
    in_order(&plain(&poppler(&pdf, true)), &parts);
}

#[test]
fn what_the_font_has_not_is_spelled_out() {
    let pdf = Case::new(english(), false, Language::English, Template::Standard).write(Format::Pdf);
    let text = poppler(&pdf, false);
    assert!(plain(&text).contains("Emoji [U+1F915] and [U+6C49] are spelled out."), "{text}");
}

#[test]
fn every_template_and_language_makes_every_format() {
    for language in [Language::Persian, Language::English] {
        for template in [Template::Standard, Template::Detailed, Template::Summary] {
            for signed in [false, true] {
                for note in [persian(), english(), note(&json!({}))] {
                    let mut case = Case::new(note, signed, language, template);
                    case.transcript = signed;
                    assert!(case.write(Format::Pdf).starts_with(b"%PDF-"));
                    assert!(case.write(Format::Docx).starts_with(b"PK"));
                    let markdown = String::from_utf8(case.write(Format::Markdown)).unwrap();
                    let mark = if language == Language::Persian { "پیش‌نویس" } else { "DRAFT" };
                    assert_eq!(markdown.contains(&format!("**{mark}")), !signed, "{markdown}");
                }
            }
        }
    }
}

#[test]
fn long_cells_and_words_go_on_on_the_next_page() {
    let long = "x".repeat(20_000);
    let many = "داروی بسیار مهم ".repeat(1_000);
    let note = note(&json!({
        "subjective": {"review_of_systems": {"neurological": many, "skin": long}},
        "plan": {"medications": [{"name": many, "dosage": long}], "patient_education": [many]}
    }));
    let case = Case::new(note, false, Language::Persian, Template::Standard);
    let pdf = case.write(Format::Pdf);
    let pages = lopdf::Document::load_mem(&pdf).unwrap().get_pages().len();
    assert!((10..200).contains(&pages), "{pages}");
    case.write(Format::Docx);
}

#[test]
fn libreoffice_opens_the_word_file() {
    let folder = tempfile::tempdir().unwrap();
    for (language, name) in [(Language::Persian, "fa.docx"), (Language::English, "en.docx")] {
        let mut case = Case::new(persian(), language == Language::English, language, Template::Detailed);
        case.transcript = true;
        std::fs::write(folder.path().join(name), case.write(Format::Docx)).unwrap();
    }
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let run = Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir"])
        .arg(folder.path())
        .args([folder.path().join("fa.docx"), folder.path().join("en.docx")])
        .output()
        .unwrap_or_else(|error| panic!("soffice is needed (Debian: libreoffice-writer-nogui): {error}"));
    println!("soffice: {}", String::from_utf8_lossy(&run.stdout));
    for name in ["fa.txt", "en.txt"] {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        in_order(
            &plain(&text),
            &[
                "مریم احمدی",
                "سردرد شدید از سه روز پیش",
                "سردرد تنشی",
                "Ibuprofen",
                "400 mg",
                "چه مشکلی دارید؟",
            ],
        );
    }
}
