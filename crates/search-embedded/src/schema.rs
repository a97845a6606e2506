//! What lies on disk: one schema for all kinds of documents.
//!
//! | field | type | for |
//! |---|---|---|
//! | `key` | bytes, indexed | finding the one document of a kind and id |
//! | `kind` | u64, indexed | every query; a removed document has none, so that no query finds it |
//! | `id`, `version`, `gone` | u64, fast | answers and ties; which operation is newer; 1 in the trace of a removal |
//! | `text_…` | text with positions, stored | words and snippets |
//! | `order_…` | bytes, fast | name order: the port's order key |
//! | `term_…` | text as it is, indexed | filters |
//! | `number_…` | i64, indexed and fast | filters and order |
//! | `vector_…` | u64, fast; eight components each | what is alike |

use crate::analyzer;
use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};
use ward_domain::id::Id;
use ward_domain::vector::DIMENSIONS;
use ward_search::{DocumentKind, NumberField, SearchDocument, TermField, TextField, Version, text};

/// Raise it when what is written for the same document changes: the schema, the analysis, or the version of
/// `icu_collator` (order keys). Indexes of another format are made anew and fed again.
pub(crate) const FORMAT: u32 = 2;

/// Names of the fast fields that are read by name.
pub(crate) const ID: &str = "id";
pub(crate) const VERSION: &str = "version";
pub(crate) const GONE: &str = "gone";

pub(crate) struct Fields {
    /// Whose vectors documents carry.
    pub(crate) vectors: u64,
    pub(crate) schema: Schema,
    key: Field,
    kind: Field,
    id: Field,
    version: Field,
    gone: Field,
    texts: Vec<Field>,
    orders: Vec<Option<Field>>,
    terms: Vec<Field>,
    numbers: Vec<Field>,
    vector: Vec<Field>,
}

/// The fast field of a text field's order.
pub(crate) fn order_name(field: TextField) -> String {
    format!("order_{}", field.name())
}

/// The fast field of a number.
pub(crate) fn number_name(field: NumberField) -> String {
    format!("number_{}", field.name())
}

/// Components in one field of a vector.
pub(crate) const COMPONENTS: usize = 8;

/// The fast fields of a vector, in order.
pub(crate) fn vector_names() -> impl Iterator<Item = String> {
    (0..DIMENSIONS / COMPONENTS).map(|at| format!("vector_{at:02}"))
}

impl Fields {
    pub(crate) fn new(vectors: u64) -> Self {
        let mut schema = Schema::builder();
        let fast = NumericOptions::default().set_fast();
        let text = |field: TextField| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(analyzer::name(field.analysis()))
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            TextOptions::default().set_indexing_options(indexing).set_stored()
        };
        let key = schema.add_bytes_field("key", BytesOptions::default().set_indexed());
        let kind = schema.add_u64_field("kind", NumericOptions::default().set_indexed());
        let id = schema.add_u64_field(ID, fast.clone());
        let version = schema.add_u64_field(VERSION, fast.clone());
        let gone = schema.add_u64_field(GONE, fast.clone().set_indexed());
        let texts = TextField::ALL
            .iter()
            .map(|field| schema.add_text_field(&format!("text_{}", field.name()), text(*field)))
            .collect();
        let orders = TextField::ALL
            .iter()
            .map(|field| {
                let bytes = BytesOptions::default().set_fast();
                field.is_sortable().then(|| schema.add_bytes_field(&order_name(*field), bytes))
            })
            .collect();
        let terms = TermField::ALL
            .iter()
            .map(|field| schema.add_text_field(&format!("term_{}", field.name()), STRING))
            .collect();
        let numbers = NumberField::ALL
            .iter()
            .map(|field| schema.add_i64_field(&number_name(*field), fast.clone().set_indexed()))
            .collect();
        let vector = vector_names().map(|name| schema.add_u64_field(&name, fast.clone())).collect();
        let schema = schema.build();
        Self { vectors, schema, key, kind, id, version, gone, texts, orders, terms, numbers, vector }
    }

    pub(crate) fn text(&self, field: TextField) -> Field {
        self.texts[field as usize]
    }

    pub(crate) fn word(&self, field: TextField, word: &str) -> Term {
        Term::from_field_text(self.text(field), word)
    }

    pub(crate) fn term(&self, field: TermField, code: &str) -> Term {
        Term::from_field_text(self.terms[field as usize], &text::fold(code))
    }

    pub(crate) fn number(&self, field: NumberField, value: i64) -> Term {
        Term::from_field_i64(self.numbers[field as usize], value)
    }

    pub(crate) fn kind(&self, kind: DocumentKind) -> Term {
        Term::from_field_u64(self.kind, kind_code(kind))
    }

    pub(crate) fn gone(&self) -> Term {
        Term::from_field_u64(self.gone, 1)
    }

    pub(crate) fn key(&self, kind: DocumentKind, id: Id) -> Term {
        Term::from_field_bytes(self.key, &key(kind, id))
    }

    /// What is written for a document.
    pub(crate) fn document(&self, document: &SearchDocument) -> TantivyDocument {
        let mut out = self.head(document.kind, document.id, document.version);
        out.add_u64(self.kind, kind_code(document.kind));
        for field in document.kind.text_fields() {
            let mut texts = document.texts_of(*field).peekable();
            if let (Some(order), Some(first)) = (self.orders[*field as usize], texts.peek()) {
                out.add_bytes(order, &text::order_key(first));
            }
            texts.for_each(|value| out.add_text(self.text(*field), value));
        }
        for (field, code) in &document.terms {
            out.add_text(self.terms[*field as usize], text::fold(code));
        }
        for field in NumberField::ALL {
            if let Some((_, value)) = document.numbers.iter().rev().find(|(each, _)| each == field) {
                out.add_i64(self.numbers[*field as usize], *value);
            }
        }
        if let Some(vector) = &document.vector {
            for (field, eight) in self.vector.iter().zip(vector.steps().as_chunks::<COMPONENTS>().0) {
                out.add_u64(*field, u64::from_le_bytes(eight.map(i8::cast_unsigned)));
            }
        }
        out
    }

    /// The trace of a removal: it keeps an older document from coming back.
    pub(crate) fn tombstone(&self, kind: DocumentKind, id: Id, version: Version) -> TantivyDocument {
        let mut out = self.head(kind, id, version);
        out.add_u64(self.gone, 1);
        out
    }

    fn head(&self, kind: DocumentKind, id: Id, version: Version) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        out.add_bytes(self.key, &key(kind, id));
        out.add_u64(self.id, id.get());
        out.add_u64(self.version, version);
        out
    }
}

/// On disk: never give a number a second meaning.
const fn kind_code(kind: DocumentKind) -> u64 {
    match kind {
        DocumentKind::Encounter => 1,
        DocumentKind::Account => 2,
        DocumentKind::Appointment => 3,
    }
}

fn key(kind: DocumentKind, id: Id) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&kind_code(kind).to_be_bytes());
    key[8..].copy_from_slice(&id.get().to_be_bytes());
    key
}
