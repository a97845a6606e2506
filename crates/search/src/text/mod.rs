//! The analysis of text that every back end shares: one definition of a word, of what matches it, of name order.

mod fold;
mod matcher;
mod order;
mod parse;
mod stem;
mod tokens;
mod ways;
mod words;

pub use fold::fold;
pub use matcher::{Mark, Matcher, within_one_edit};
pub use order::order_key;
pub use parse::{MAX_QUERY_CHARS, MAX_QUERY_WORDS, QueryText, QueryWord, is_common};
pub use stem::stem;
pub use tokens::{STEM_MARK, Token, tokens};
pub use ways::{BEGINNING, JOINED, PARTS, STEM, TYPO, Way, may_begin, ways};
pub use words::{MAX_WORD_CHARS, Word, words, words_of};

/// The shortest part of a word by which it is found in running text and in identifiers.
pub const MIN_PART_CHARS: usize = 3;
