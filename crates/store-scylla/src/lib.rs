//! The store on a CQL server, ScyllaDB or Apache Cassandra 5: [`ScyllaStore`]. Several processes may share it.
//!
//! What a real server answers to the statements used here, and why each trap is avoided as it is, says `docs/cql.md`.
//! Tables and what may touch them: `migrations/`.
//!
//! # A commit
//!
//! Each aggregate has one partition, its *fence* (`fence`): a number, the *turn*, and behind it a journal. A commit
//!
//! 1. leaves an *intent* (`intents`), so that its death is noticed;
//! 2. reserves its claims and spans (`claims`): pointers in partitions of their own, which name the commit;
//! 3. takes the turn: one lightweight transaction on the fence, which raises the turn and carries the whole commit into
//!    the journal and its claims into the fence. **Here it stands**, or has changed nothing;
//! 4. follows (`follow`): records, index rows and events, `USING TIMESTAMP` made from the turn, deletes too, so that this
//!    may be done any number of times, in any order and by anyone, and never overwrites what is newer; with the marks by
//!    which lists, outboxes and due lists find it;
//! 5. is acknowledged, and its intent goes, along with a later one.
//!
//! What it writes before and after its fence goes together with the writes of other commits (`together`).
//!
//! Whoever reads a fence finishes what its journal holds before it goes on, and the reconciler (`reconciler`) finishes
//! what nobody comes by for. The next commit drops the journal row before its own.
//!
//! **An answer that is lost is settled, not guessed** (`commit`). A serial read that does not show the commit is not
//! final, since the request may still be on its way; so the turn is taken without a commit, and then the fence says for
//! good. A turn that passes so is nobody's business: the *version* of the port counts commits only, and the commit tries
//! again with the next turn. The driver repeats no transaction by itself and executes nothing speculatively.
//!
//! # Reads
//!
//! Records are one partition each. Lists (`lists`) are rows in buckets, counted in chunks. Outboxes and due lists shrink
//! at their front, and so have sets of open buckets (`open`), lest every read walk over all that was ever removed.
//!
//! # A tenant's life
//!
//! A tenant's data lie under its number and its *life* (`space`). To destroy it (`removal`) is to begin the next life;
//! then the old one's partitions go. So versions may start again, and nothing that comes late reaches the new life.
//!
//! # Moving house
//!
//! A restore (`moving`) writes plainly what commits write in transactions: as a turn 0 that comes before all others, into
//! spaces where nobody has transacted yet. Until it has ended nothing else is served.
//!
//! # Where to read on
//!
//! `commit` from top to bottom; `claims` says why no claim has two owners. All CQL stands in `statements`. This crate must
//! not know what a document means: bodies are opaque bytes.

mod claims;
mod commit;
mod connection;
mod fault;
mod fence;
mod follow;
mod house;
mod intents;
mod journal;
mod leases;
mod lists;
pub mod migrations;
mod moving;
mod open;
mod options;
mod outbox;
mod reconciler;
mod records;
mod removal;
mod session;
mod space;
mod statements;
mod store;
mod together;
mod value;
mod wide;

pub use options::{BREAK_POINTS, BreakPoint, Options, Tls};
pub use reconciler::Tended;
pub use store::ScyllaStore;
