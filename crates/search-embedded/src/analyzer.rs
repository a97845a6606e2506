//! The port's analysis, as tantivy asks for it.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use ward_search::field::Analysis;
use ward_search::text;

/// The name under which an analysis is kept in the schema.
pub(crate) const fn name(analysis: Analysis) -> &'static str {
    match analysis {
        Analysis::Prose => "ward_prose",
        Analysis::Name => "ward_name",
        Analysis::Fragment => "ward_fragment",
        Analysis::Digits => "ward_digits",
    }
}

/// Makes all analyses known to an index.
pub(crate) fn register(manager: &TokenizerManager) {
    for analysis in [Analysis::Prose, Analysis::Name, Analysis::Fragment, Analysis::Digits] {
        manager.register(name(analysis), TextAnalyzer::from(FieldTokenizer(analysis)));
    }
}

#[derive(Clone)]
struct FieldTokenizer(Analysis);

impl Tokenizer for FieldTokenizer {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        Tokens { rest: text::tokens(self.0, text).into_iter(), current: Token::default() }
    }
}

struct Tokens {
    rest: std::vec::IntoIter<text::Token>,
    current: Token,
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let Some(token) = self.rest.next() else { return false };
        self.current = Token {
            offset_from: token.span.start,
            offset_to: token.span.end,
            position: token.position,
            text: token.text,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}
