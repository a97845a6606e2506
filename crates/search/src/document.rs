//! What the index is fed.

use crate::error::Invalid;
use crate::field::{DocumentKind, NumberField, TermField, TextField};
use std::collections::HashMap;
use std::fmt;
use ward_domain::id::Id;
use ward_domain::vector::Vector;

/// The version of the aggregate that a document was derived from.
pub type Version = u64;

/// The most operations in one call.
pub const MAX_OPS: usize = 10_000;
/// The most bytes of one text field, all its values together: what comes after is not found.
pub const MAX_TEXT_BYTES: usize = 256 << 10;

/// One thing that can be found. One shape serves all kinds.
#[derive(Clone, PartialEq)]
pub struct SearchDocument {
    /// What it is about.
    pub kind: DocumentKind,
    /// Which: unique within the kind.
    pub id: Id,
    /// The version of what it was derived from.
    pub version: Version,
    /// Texts; a field may come several times.
    pub texts: Vec<(TextField, String)>,
    /// Codes; a field may come several times.
    pub terms: Vec<(TermField, String)>,
    /// Numbers; of several values of one field the last counts.
    pub numbers: Vec<(NumberField, i64)>,
    /// What it is about.
    pub vector: Option<Vector>,
}

impl SearchDocument {
    /// A document without fields.
    pub const fn new(kind: DocumentKind, id: Id, version: Version) -> Self {
        Self { kind, id, version, texts: Vec::new(), terms: Vec::new(), numbers: Vec::new(), vector: None }
    }

    /// With a text; an empty one is left out.
    #[must_use]
    pub fn text(mut self, field: TextField, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.texts.push((field, text));
        }
        self
    }

    /// With a code.
    #[must_use]
    pub fn term(mut self, field: TermField, code: impl Into<String>) -> Self {
        self.terms.push((field, code.into()));
        self
    }

    /// With a number.
    #[must_use]
    pub fn number(mut self, field: NumberField, value: i64) -> Self {
        self.numbers.push((field, value));
        self
    }

    /// With a number that names something.
    #[must_use]
    pub fn id_number(self, field: NumberField, id: impl Into<Id>) -> Self {
        self.number(field, id.into().get().cast_signed())
    }

    /// With what it is about.
    #[must_use]
    pub const fn about(mut self, vector: Option<Vector>) -> Self {
        self.vector = vector;
        self
    }

    /// Refuses a text field, or a vector, that documents of this kind do not have.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.vector.is_some() && !self.kind.is_about() {
            return Err(Invalid::NoSuchField("vector"));
        }
        let fields = self.kind.text_fields();
        match self.texts.iter().find(|(field, _)| !fields.contains(field)) {
            Some((field, _)) => Err(Invalid::NoSuchField(field.name())),
            None => Ok(()),
        }
    }

    /// The values of a text field, cut after [`MAX_TEXT_BYTES`] in all.
    pub fn texts_of(&self, field: TextField) -> impl Iterator<Item = &str> {
        let mut left = MAX_TEXT_BYTES;
        self.texts.iter().filter(move |(each, _)| *each == field).map(move |(_, text)| {
            let mut end = left.min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let text = &text[..end];
            left -= text.len();
            text
        })
    }
}

/// Says how much there is, never what: it is a patient's.
impl fmt::Debug for SearchDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = self.texts.iter().map(|(_, text)| text.len()).sum();
        write!(
            f,
            "{} {} v{} ({} texts, {bytes} bytes)",
            self.kind.name(),
            self.id,
            self.version,
            self.texts.len()
        )
    }
}

/// One change of the index.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly all are documents")]
pub enum IndexOp {
    /// The document is now this.
    Put(SearchDocument),
    /// The document is gone since `version`.
    Remove {
        /// What it was about.
        kind: DocumentKind,
        /// Which.
        id: Id,
        /// The version of the aggregate that removed it.
        version: Version,
    },
}

impl IndexOp {
    /// Which document it changes.
    pub const fn target(&self) -> (DocumentKind, Id) {
        match self {
            Self::Put(document) => (document.kind, document.id),
            Self::Remove { kind, id, .. } => (*kind, *id),
        }
    }

    /// Its rank among the operations on one document: the highest stands. At one version a removal beats a document.
    pub const fn rank(&self) -> (Version, bool) {
        match self {
            Self::Put(document) => (document.version, false),
            Self::Remove { version, .. } => (*version, true),
        }
    }

    /// Of the operations on one document the one that stands; in the order in which documents are first named.
    pub fn newest(ops: &[Self]) -> Vec<&Self> {
        let mut newest: Vec<&Self> = Vec::with_capacity(ops.len());
        let mut places = HashMap::with_capacity(ops.len());
        for op in ops {
            let place = *places.entry(op.target()).or_insert(newest.len());
            match newest.get_mut(place) {
                Some(other) if op.rank() >= other.rank() => *other = op,
                Some(_) => {}
                None => newest.push(op),
            }
        }
        newest
    }

    /// Refuses what no index can take.
    pub fn check_all(ops: &[Self]) -> Result<(), Invalid> {
        if ops.len() > MAX_OPS {
            return Err(Invalid::TooManyOps);
        }
        ops.iter().try_for_each(|op| if let Self::Put(document) = op { document.check() } else { Ok(()) })
    }
}
