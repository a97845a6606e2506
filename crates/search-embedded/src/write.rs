//! Feeding an index.

use crate::fault::Fault;
use crate::schema::{GONE, VERSION};
use crate::tenant::{Load, TenantIndex};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED, Term};
use ward_search::{IndexOp, Version};

/// Operations of a batch that is worth more threads.
const BULK: usize = 1_000;

impl TenantIndex {
    /// Carries out those operations that are not older than what stands, in one commit.
    pub(crate) fn apply(&self, ops: &[IndexOp]) -> Result<(), Fault> {
        let newest = IndexOp::newest(ops);
        let load = if newest.len() < BULK { Load::Small } else { Load::Bulk };
        self.write(load, |writer| {
            // Under the writer's lock nobody else commits: what is seen here is what stands.
            let searcher = self.reader.searcher();
            let mut changed = false;
            for op in newest {
                let (kind, id) = op.target();
                let key = self.fields.key(kind, id);
                let standing = standing(&searcher, &key)?;
                if standing.is_some_and(|standing| standing > op.rank()) {
                    continue;
                }
                if standing.is_some() {
                    writer.delete_term(key);
                }
                writer.add_document(match op {
                    IndexOp::Put(document) => self.fields.document(document),
                    IndexOp::Remove { kind, id, version } => self.fields.tombstone(*kind, *id, *version),
                })?;
                changed = true;
            }
            Ok(changed)
        })
    }
}

/// The rank of the operation that the index holds for a document.
fn standing(searcher: &Searcher, key: &Term) -> Result<Option<(Version, bool)>, Fault> {
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(key.field())?;
        let Some(mut postings) = inverted.read_postings(key, IndexRecordOption::Basic)? else { continue };
        while postings.doc() != TERMINATED {
            let doc = postings.doc();
            if !segment.is_deleted(doc) {
                let version = segment.fast_fields().u64(VERSION)?.first(doc).unwrap_or_default();
                let gone = segment.fast_fields().u64(GONE)?.first(doc).is_some();
                return Ok(Some((version, gone)));
            }
            postings.advance();
        }
    }
    Ok(None)
}
