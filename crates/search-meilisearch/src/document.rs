//! What is written for an operation.

use crate::schema;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantId;
use ward_domain::vector::{DIMENSIONS, Vector};
use ward_search::field::Analysis;
use ward_search::text::{self, STEM_MARK, tokens, words_of};
use ward_search::{IndexOp, NumberField, SearchDocument, TextField, Version};

/// The primary key of what stands at a version. A removal has another than a document of the same version.
pub(crate) fn key(tenant: TenantId, id: Id, version: Version, gone: bool) -> String {
    format!("{}-{}-{version}{}", tenant.get(), id.get(), if gone { "-gone" } else { "" })
}

/// The primary key of the document that says that a tenant's index is complete.
pub(crate) fn mark_key(tenant: TenantId) -> String {
    format!("{}-{}", tenant.get(), schema::COMPLETE)
}

/// That document.
pub(crate) fn mark(tenant: TenantId) -> Value {
    json!({ schema::KEY: mark_key(tenant), schema::TENANT: tenant.get(), schema::MARK: schema::COMPLETE })
}

/// What is written for an operation, with its key.
pub(crate) fn of(tenant: TenantId, op: &IndexOp) -> (String, Value) {
    let (_, id) = op.target();
    let (version, gone) = op.rank();
    let key = key(tenant, id, version, gone);
    let mut out = Map::new();
    out.insert(schema::KEY.to_owned(), key.clone().into());
    out.insert(schema::TENANT.to_owned(), tenant.get().into());
    out.insert(schema::ID.to_owned(), id.get().into());
    out.insert(schema::VERSION.to_owned(), version.into());
    match op {
        IndexOp::Put(document) => fill(document, &mut out),
        IndexOp::Remove { .. } => {
            out.insert(schema::GONE.to_owned(), true.into());
        }
    }
    (key, Value::Object(out))
}

fn fill(document: &SearchDocument, out: &mut Map<String, Value>) {
    out.insert(schema::LIVE.to_owned(), true.into());
    let mut vocabulary = BTreeSet::new();
    for &field in document.kind.text_fields() {
        let values: Vec<&str> = document.texts_of(field).collect();
        let Some(first) = values.first() else { continue };
        if field.is_sortable() {
            out.insert(schema::order(field), schema::order_key(first).into());
        }
        let found_by = found_by(field, &values, &mut vocabulary);
        out.insert(schema::find(field), found_by.into_iter().collect());
        out.insert(schema::text(field), values.into());
    }
    out.insert(schema::VOCABULARY.to_owned(), vocabulary.into_iter().collect());
    for (field, code) in &document.terms {
        let codes = out.entry(schema::term(*field)).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(codes) = codes {
            codes.push(schema::code(code).into());
        }
    }
    if let Some(vector) = &document.vector {
        let bytes = vector.steps().map(i8::cast_unsigned);
        out.insert(schema::ABOUT.to_owned(), BASE64.encode(bytes).into());
        let components: Vec<f32> = vector.components().collect();
        out.insert(schema::VECTORS.to_owned(), json!({ schema::EMBEDDER: components }));
    }
    for field in NumberField::ALL {
        if let Some((_, value)) = document.numbers.iter().rev().find(|(each, _)| each == field) {
            out.insert(schema::number(*field), (*value).into());
        }
    }
}

/// What a document is about, from what was written for it.
pub(crate) fn about(written: &str) -> Option<Vector> {
    let bytes: [u8; DIMENSIONS] = BASE64.decode(written).ok()?.try_into().ok()?;
    Some(Vector::from_steps(bytes.map(u8::cast_signed)))
}

/// Everything that a field is found by: the port's tokens, and its words in twos and threes for phrases. Values do not
/// run into one another.
fn found_by(field: TextField, values: &[&str], vocabulary: &mut BTreeSet<String>) -> BTreeSet<String> {
    let analysis = field.analysis();
    let mut found_by = BTreeSet::new();
    for value in values {
        for token in tokens(analysis, value) {
            match token.text.strip_prefix(STEM_MARK) {
                Some(stem) => found_by.insert(schema::stem(stem)),
                None => found_by.insert(schema::word(&token.text)),
            };
            let is_word =
                matches!(analysis, Analysis::Prose | Analysis::Name) && !token.text.starts_with(STEM_MARK);
            if is_word && token.text.chars().nth(schema::MIN_VOCABULARY_CHARS - 1).is_some() {
                vocabulary.insert(token.text);
            }
        }
        if analysis != Analysis::Digits {
            let words: Vec<text::Word> = words_of(analysis, value);
            for length in [2, 3] {
                let runs = words.windows(length);
                found_by.extend(runs.map(|run| schema::run(run.iter().map(|word| word.text.as_str()))));
            }
        }
    }
    found_by
}
