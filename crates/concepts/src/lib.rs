//! Clinical concepts: what a text is about, as names and as a vector. Tables of our own, no network, no randomness: the
//! same text gives the same vector on every machine.
//!
//! `data/*.tsv` name some hundreds of concepts, what people call each in English, Persian, Spanish, Catalan and Arabic,
//! and what each is near to (a heart attack to chest pain, sumatriptan to migraine). The scribe's own tables lend
//! further names. [`Concepts`] finds them in a text; [`ConceptVectors`] makes a direction of what was found: each
//! concept has one of its own, bent towards those it is near to, so that *MI* lies by *سکته قلبی* and not far from
//! *chest pain*. Words that are no concept count too, for little.
//!
//! To teach it a name, add it to its line. This crate must not know stores, tenants' data or the outside.
//! Start reading at [`Concepts::find`].

mod table;
mod text;
mod vectors;

pub use table::{Concept, Concepts};
pub use text::Mention;
pub use vectors::ConceptVectors;
