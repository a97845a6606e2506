//! A note as a document.

use crate::dates::{day, digits, moment, number, percent};
use crate::document::{Block, Document, clean, lines};
use crate::labels::{label, numbered, word};
use crate::{Language, Sheet, Template};
use std::collections::BTreeMap;
use ward_domain::encounter::NoteAuthor;
use ward_domain::encounter::note::{Finding, Sections};
use ward_domain::encounter::transcript::Speaker;
use ward_domain::time::Time;

/// Makes a note a document.
pub fn compose(sheet: &Sheet<'_>, language: Language, template: Template) -> Document {
    let mut writer = Writer { sheet, language, template, blocks: Vec::new() };
    writer.blocks.push(Block::Heading(1, writer.label("soap_note")));
    writer.about_the_encounter();
    match template {
        Template::Standard | Template::Detailed => writer.whole(&sheet.note.content.sections),
        Template::Summary => writer.summary(&sheet.note.content.sections),
    }
    writer.addenda();
    writer.signature();
    if template == Template::Detailed {
        writer.about_the_note();
    }
    writer.transcript();
    let draft = sheet.encounter.signature.is_none().then(|| writer.label("draft"));
    let mut title = writer.label("soap_note");
    if let Some(mark) = &draft {
        title = format!("{mark} · {title}");
    }
    let when = day(language, sheet.zone.civil(sheet.encounter.encounter_date));
    let patient = clean(&sheet.encounter.patient_name);
    Document {
        title,
        language,
        draft,
        head: [clean(sheet.hospital), format!("{patient} · {when}")],
        foot: numbered(language, "version_of", "version", sheet.note.version),
        blocks: writer.blocks,
    }
}

struct Writer<'a> {
    sheet: &'a Sheet<'a>,
    language: Language,
    template: Template,
    blocks: Vec<Block>,
}

impl Writer<'_> {
    fn label(&self, key: &str) -> String {
        label(self.language, key)
    }

    fn heading(&mut self, level: u8, key: &str) {
        self.blocks.push(Block::Heading(level, self.label(key)));
    }

    fn moment(&self, at: Time) -> String {
        moment(self.language, self.sheet.zone.civil(at))
    }

    fn about_the_encounter(&mut self) {
        let encounter = self.sheet.encounter;
        let mut pairs = vec![(self.label("patient"), clean(&encounter.patient_name))];
        if let Some(age) = encounter.patient_age {
            pairs.push((self.label("age"), numbered(self.language, "years", "number", age.into())));
        }
        if !encounter.patient_gender.trim().is_empty() {
            pairs.push((self.label("gender"), clean(&word(self.language, &encounter.patient_gender))));
        }
        pairs.push((self.label("encounter_date"), self.moment(encounter.encounter_date)));
        pairs.push((self.label("doctor"), clean(self.sheet.doctor)));
        let status = if encounter.signature.is_some() { "status_signed" } else { "status_draft" };
        pairs.push((self.label("status"), self.label(status)));
        self.blocks.push(Block::Pairs(pairs));
    }

    fn whole(&mut self, sections: &Sections) {
        let Sections { subjective, objective, assessment, .. } = sections;
        self.heading(2, "subjective");
        self.text("chief_complaint", &subjective.chief_complaint);
        self.text("history_of_present_illness", &subjective.history_of_present_illness);
        self.findings("review_of_systems", &subjective.review_of_systems);
        self.heading(2, "objective");
        self.findings("vital_signs", &objective.vital_signs);
        self.findings("physical_exam", &objective.physical_exam);
        self.heading(2, "assessment");
        self.text("primary_diagnosis", &assessment.primary_diagnosis);
        self.list("differential_diagnoses", &assessment.differential_diagnoses);
        self.text("clinical_reasoning", &assessment.clinical_reasoning);
        self.heading(2, "plan");
        self.orders(sections);
        self.list("patient_education", &sections.plan.patient_education);
    }

    fn summary(&mut self, sections: &Sections) {
        self.text("chief_complaint", &sections.subjective.chief_complaint);
        self.text("primary_diagnosis", &sections.assessment.primary_diagnosis);
        self.orders(sections);
    }

    /// What is to be taken and done.
    fn orders(&mut self, sections: &Sections) {
        let plan = &sections.plan;
        let medications = plan.medications.iter().map(|one| {
            let cells =
                [&one.name, &one.dosage, &one.route, &one.frequency, &one.duration, &one.instructions];
            cells.map(|cell| clean(cell)).to_vec()
        });
        let keys = ["name", "dosage", "route", "frequency", "duration", "instructions"];
        self.table("medications", &keys, medications.collect());
        let tests = plan.diagnostic_tests.iter();
        let tests =
            tests.map(|one| [&one.test, &one.indication, &one.urgency].map(|cell| clean(cell)).to_vec());
        self.table("diagnostic_tests", &["test", "indication", "urgency"], tests.collect());
        let follow_up = [("timing", &plan.follow_up.timing), ("condition", &plan.follow_up.condition)];
        let said = follow_up.iter().filter(|(_, text)| !text.trim().is_empty());
        let pairs: Vec<_> = said.map(|(key, text)| (self.label(key), clean(text))).collect();
        self.pairs("follow_up", pairs);
    }

    /// A part that says nothing is left out, but where the template asks what was not recorded.
    fn part(&mut self, key: &str, blocks: Vec<Block>) {
        // A summary has no sections around its parts, and no level of headings is left out.
        let level = if self.template == Template::Summary { 2 } else { 3 };
        if blocks.is_empty() {
            if self.template == Template::Detailed {
                self.heading(level, key);
                self.blocks.push(Block::Paragraph(self.label("not_recorded")));
            }
            return;
        }
        self.heading(level, key);
        self.blocks.extend(blocks);
    }

    fn text(&mut self, key: &str, text: &str) {
        self.part(key, lines(text).into_iter().map(Block::Paragraph).collect());
    }

    fn list(&mut self, key: &str, items: &[String]) {
        let items: Vec<String> =
            items.iter().map(|item| clean(item)).filter(|item| !item.is_empty()).collect();
        self.part(key, if items.is_empty() { Vec::new() } else { vec![Block::List(items)] });
    }

    fn pairs(&mut self, key: &str, pairs: Vec<(String, String)>) {
        self.part(key, if pairs.is_empty() { Vec::new() } else { vec![Block::Pairs(pairs)] });
    }

    fn findings(&mut self, key: &str, findings: &BTreeMap<String, Finding>) {
        let pairs = findings
            .iter()
            .map(|(name, value)| (clean(&label(self.language, name)), clean(&value.to_string())));
        let pairs = pairs.collect();
        self.pairs(key, pairs);
    }

    /// A column in which nobody said anything is left out.
    fn table(&mut self, key: &str, keys: &[&str], rows: Vec<Vec<String>>) {
        let said: Vec<usize> =
            (0..keys.len()).filter(|at| rows.iter().any(|row| !row[*at].is_empty())).collect();
        if said.is_empty() {
            return self.part(key, Vec::new());
        }
        let head = said.iter().map(|at| self.label(keys[*at])).collect();
        let rows = rows.into_iter().map(|row| said.iter().map(|at| row[*at].clone()).collect()).collect();
        self.part(key, vec![Block::Table(head, rows)]);
    }

    fn addenda(&mut self) {
        if self.sheet.addenda.is_empty() {
            return;
        }
        self.heading(2, "addenda");
        for (addendum, author) in self.sheet.addenda {
            let heading = numbered(self.language, "addendum", "number", addendum.number);
            self.blocks.push(Block::Heading(3, heading));
            let mut pairs = vec![
                (self.label("author"), clean(author)),
                (self.label("signed_at"), self.moment(addendum.at)),
            ];
            if !addendum.reason.trim().is_empty() {
                pairs.push((self.label("reason"), clean(&addendum.reason)));
            }
            self.blocks.push(Block::Pairs(pairs));
            self.blocks.extend(lines(&addendum.text).into_iter().map(Block::Paragraph));
        }
    }

    fn signature(&mut self) {
        let Some(signature) = &self.sheet.encounter.signature else { return };
        self.heading(2, "signature");
        self.blocks.push(Block::Pairs(vec![
            // Only the encounter's doctor signs.
            (self.label("signed_by"), clean(self.sheet.doctor)),
            (self.label("signed_at"), self.moment(signature.at)),
            (self.label("version"), number(self.language, signature.version)),
            (self.label("sha256"), signature.sha256.clone()),
        ]));
    }

    fn about_the_note(&mut self) {
        let Sheet { encounter, note, .. } = *self.sheet;
        self.heading(2, "about");
        let by_person = matches!(note.author, NoteAuthor::User { .. });
        let mut pairs = vec![
            (self.label("version"), number(self.language, note.version)),
            (self.label("written_at"), self.moment(note.at)),
            (self.label("scribe"), clean(&note.maker)),
            (self.label("edited_by_person"), self.label(if by_person { "yes" } else { "no" })),
        ];
        if !note.reason.trim().is_empty() {
            pairs.push((self.label("edit_reason"), clean(&note.reason)));
        }
        pairs.push((self.label("confidence"), percent(self.language, note.confidence_score)));
        if let Some(score) = encounter.checklist_score {
            pairs.push((self.label("checklist"), percent(self.language, score)));
        }
        if !encounter.tags.is_empty() {
            pairs.push((self.label("tags"), clean(&encounter.tags.join(", "))));
        }
        if !encounter.notes.trim().is_empty() {
            pairs.push((self.label("doctor_notes"), clean(&encounter.notes.replace('\n', " "))));
        }
        self.blocks.push(Block::Pairs(pairs));
    }

    fn transcript(&mut self) {
        let Some(transcript) = self.sheet.transcript else { return };
        self.heading(2, "transcript");
        // Typed transcripts have no times.
        let timed = transcript.segments.iter().any(|segment| segment.end_ms > 0);
        let mut pairs = Vec::with_capacity(transcript.segments.len());
        for segment in &transcript.segments {
            let mut speaker = self.label(match segment.speaker {
                Speaker::Doctor => "speaker_doctor",
                Speaker::Patient => "speaker_patient",
                Speaker::Other => "speaker_other",
                Speaker::Unknown => "speaker_unknown",
            });
            if timed {
                let seconds = segment.start_ms / 1000;
                let time = format!("{:02}:{:02}", seconds / 60, seconds % 60);
                speaker = format!("{speaker} {}", digits(self.language, &time));
            }
            pairs.push((speaker, clean(&segment.text.replace('\n', " "))));
        }
        self.blocks.push(Block::Pairs(pairs));
    }
}
