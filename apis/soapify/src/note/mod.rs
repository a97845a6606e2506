//! SOAP notes on the wire (document 000, *SOAP Notes*).

pub mod addenda;
pub mod diff;
pub mod edit;
pub mod export;
pub mod read;
pub mod sign;
pub mod version;
pub mod versions;

use crate::moment::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::encounter::note::{Flag, Sections, Support};
use ward_domain::encounter::{NoteAuthor, NoteVersion};
use ward_services::encounter::Standing;

/// The newest version of a note.
#[derive(Debug, Serialize, ToSchema)]
pub struct SoapNote {
    id: u64,
    encounter_id: u64,
    /// 1, 2, 3, …: every edit makes one.
    version: u64,
    /// `subjective`, `objective`, `assessment`, `plan`, as the document prints them.
    #[schema(value_type = Object)]
    sections: Sections,
    /// What the sentences rest on; those that a person wrote have nothing here.
    support: Vec<Ground>,
    /// What the scribe wrote and the transcript does not bear, to be looked at before it is believed. An edit of the field
    /// takes its flags away.
    flags: Vec<Doubt>,
    /// `draft`, or `signed`: then nothing of it changes any more.
    #[schema(example = "draft")]
    status: &'static str,
    /// Null as long as it is a draft.
    signature: Option<Signature>,
    /// How many addenda stand behind it.
    addenda_count: u64,
    metadata: Metadata,
}

/// Who signed a note.
#[derive(Debug, Serialize, ToSchema)]
pub struct Signature {
    /// The version that was signed.
    version: u64,
    /// The user who signed it.
    signed_by: u64,
    #[schema(value_type = String, format = DateTime)]
    signed_at: Moment,
    /// SHA-256 of its sections, in hex: what was signed is what stands.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
}

impl From<ward_domain::encounter::Signature> for Signature {
    fn from(signature: ward_domain::encounter::Signature) -> Self {
        let ward_domain::encounter::Signature { version, by, at, sha256 } = signature;
        Self { version, signed_by: by.get(), signed_at: at.into(), sha256 }
    }
}

/// What one sentence rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ground {
    /// The field, as a JSON pointer into `sections`.
    #[schema(example = "/plan/medications/0/dosage")]
    path: String,
    /// First character of the sentence in the field.
    start: u32,
    /// Character after the last.
    end: u32,
    /// Positions in `transcript.segments` of the encounter, from 0.
    segments: Vec<u32>,
}

/// A doubtful part of the note.
#[derive(Debug, Serialize, ToSchema)]
pub struct Doubt {
    /// The field, as a JSON pointer into `sections`.
    #[schema(example = "/plan/medications/0/dosage")]
    path: String,
    /// First doubtful character in the field.
    start: u32,
    /// Character after the last.
    end: u32,
    /// `no_support` (it names no part of the transcript), `unknown_segment` (it names one that is not there), `number`,
    /// `drug` or `dose` (it holds one that is not said where it points to).
    #[schema(example = "dose")]
    reason: &'static str,
}

/// How this version came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    /// When this version was written.
    #[schema(value_type = String, format = DateTime)]
    generated_at: Moment,
    /// The scribe that the note began with.
    #[schema(example = "ward-scribe 0.1")]
    ai_model: String,
    /// 0 to 1.
    confidence_score: f64,
    processing_time_seconds: f64,
    author: Author,
    /// Why this version was written; empty for the scribe's.
    edit_reason: String,
}

/// Who wrote a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct Author {
    /// `scribe` or `user`.
    kind: &'static str,
    /// The user; null for the scribe.
    user_id: Option<u64>,
}

impl From<&NoteAuthor> for Author {
    fn from(author: &NoteAuthor) -> Self {
        match author {
            NoteAuthor::Scribe { .. } => Self { kind: "scribe", user_id: None },
            NoteAuthor::User { user } => Self { kind: "user", user_id: Some(user.get()) },
        }
    }
}

impl SoapNote {
    /// A version of a note; it is a draft as far as this version says.
    fn of(note: NoteVersion) -> Self {
        let author = Author::from(&note.author);
        #[allow(clippy::cast_precision_loss)] // milliseconds of work are far from 2^53
        let processing_time_seconds = note.processing_ms as f64 / 1000.0;
        Self {
            id: note.note.get(),
            encounter_id: note.encounter.get(),
            version: note.version,
            sections: note.content.sections,
            support: note.content.support.into_iter().map(Ground::from).collect(),
            flags: note.content.flags.into_iter().map(Doubt::from).collect(),
            status: "draft",
            signature: None,
            addenda_count: 0,
            metadata: Metadata {
                generated_at: note.at.into(),
                ai_model: note.maker,
                confidence_score: note.confidence_score,
                processing_time_seconds,
                author,
                edit_reason: note.reason,
            },
        }
    }
}

impl From<Standing> for SoapNote {
    fn from(standing: Standing) -> Self {
        let mut note = Self::of(standing.note);
        // Only the newest version can be the signed one: nothing comes after it.
        note.status = if standing.signature.is_some() { "signed" } else { "draft" };
        note.signature = standing.signature.map(Signature::from);
        note.addenda_count = standing.addenda;
        note
    }
}

impl From<Support> for Ground {
    fn from(support: Support) -> Self {
        let Support { path, start, end, segments } = support;
        Self { path, start, end, segments }
    }
}

impl From<Flag> for Doubt {
    fn from(flag: Flag) -> Self {
        let Flag { path, start, end, reason } = flag;
        Self { path, start, end, reason: reason.word() }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::json;

    /// A note as the scribe writes it.
    pub fn written() -> NoteVersion {
        serde_json::from_value(json!({
            "id": 900, "note": 101, "encounter": 1, "version": 1,
            "content": {
                "sections": {
                    "subjective": {"chief_complaint": "Persistent headache for 3 days"},
                    "plan": {"medications": [{"name": "Ibuprofen", "dosage": "400mg"}]}
                },
                "support": [{"path": "/subjective/chief_complaint", "start": 0, "end": 30, "segments": [1]}],
                "flags": [{"path": "/plan/medications/0/dosage", "start": 0, "end": 5, "reason": "dose"}]
            },
            "author": {"kind": "scribe", "maker": "ward-scribe 0.1"}, "reason": "", "maker": "ward-scribe 0.1",
            "confidence_score": 0.95, "processing_ms": 45_000, "at": "2024-01-20T09:20:00Z"
        }))
        .unwrap()
    }

    #[test]
    fn a_note_has_the_documented_form() {
        let standing = Standing { note: written(), signature: None, addenda: 0 };
        let note = serde_json::to_value(SoapNote::from(standing)).unwrap();
        assert_eq!(
            (&note["id"], &note["encounter_id"], &note["version"]),
            (&json!(101), &json!(1), &json!(1))
        );
        assert_eq!(note["sections"]["subjective"]["chief_complaint"], "Persistent headache for 3 days");
        assert_eq!(note["sections"]["plan"]["follow_up"], json!({"timing": "", "condition": ""}));
        assert_eq!(note["support"][0]["segments"], json!([1]));
        let flag = json!({"path": "/plan/medications/0/dosage", "start": 0, "end": 5, "reason": "dose"});
        assert_eq!(note["flags"], json!([flag]));
        let expected = json!({
            "generated_at": "2024-01-20T09:20:00Z", "ai_model": "ward-scribe 0.1", "confidence_score": 0.95,
            "processing_time_seconds": 45.0, "author": {"kind": "scribe", "user_id": null}, "edit_reason": ""
        });
        assert_eq!(note["metadata"], expected);
    }
}
