//! Filters: the part of the server's grammar that Ward writes, read as the server reads it.
//!
//! ```text
//! or      = and ("OR" and)*             and  = not ("AND" not)*
//! not     = "NOT" not | primary         primary = "(" or ")" | condition
//! condition = value ("=" | "!=" | ">" | ">=" | "<" | "<=") value
//!           | value "IN" "[" (value ("," value)*)? "]" | value "EXISTS" | value "STARTS WITH" value
//! value   = word | '…' | "…"
//! ```

use super::Refusal;
use super::index::{Index, Stored};
use serde_json::Value;

/// How deep a filter may be nested.
const MAX_DEPTH: usize = 50;

#[derive(Debug, Clone)]
pub(super) enum Filter {
    Or(Vec<Self>),
    And(Vec<Self>),
    Not(Box<Self>),
    Condition { attribute: String, operator: Operator, values: Vec<String> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    In,
    Exists,
    StartsWith,
}

/// Reads a filter: a text, or an array of texts that must all hold. `None` for none.
pub(super) fn parse(written: &Value, code: &'static str) -> Result<Option<Filter>, Refusal> {
    let refuse = |message: String| Refusal::new(400, code, message);
    match written {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => {
            let mut reader = Reader { rest: text, depth: 0 };
            let filter = reader.or().map_err(refuse)?;
            if !reader.rest.trim_start().is_empty() {
                return Err(refuse(format!(
                    "Found unexpected characters at the end of the filter: `{}`.",
                    reader.rest
                )));
            }
            Ok(Some(filter))
        }
        Value::Array(all) => {
            let mut parts = Vec::new();
            for each in all {
                parts.extend(parse(each, code)?);
            }
            Ok(Some(Filter::And(parts)))
        }
        _ => Err(refuse("Invalid syntax for the filter parameter.".to_owned())),
    }
}

struct Reader<'f> {
    rest: &'f str,
    depth: usize,
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')
}

impl Reader<'_> {
    fn or(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("The filter exceeded the maximum depth limit.".to_owned());
        }
        let mut parts = vec![self.and()?];
        while self.keyword("OR") {
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::Or(parts) })
    }

    fn and(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.not()?];
        while self.keyword("AND") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::And(parts) })
    }

    fn not(&mut self) -> Result<Filter, String> {
        if self.keyword("NOT") {
            return Ok(Filter::Not(Box::new(self.not()?)));
        }
        if self.symbol("(") {
            let inner = self.or()?;
            return if self.symbol(")") {
                Ok(inner)
            } else {
                Err("Expression is missing a closing `)`.".to_owned())
            };
        }
        self.condition()
    }

    fn condition(&mut self) -> Result<Filter, String> {
        let attribute = self.value()?;
        if self.keyword("EXISTS") {
            return Ok(Filter::Condition { attribute, operator: Operator::Exists, values: Vec::new() });
        }
        if self.keyword("IN") {
            let mut values = Vec::new();
            if !self.symbol("[") {
                return Err("Expected `[` after `IN`.".to_owned());
            }
            while !self.symbol("]") {
                values.push(self.value()?);
                if !self.symbol(",") && !self.rest.trim_start().starts_with(']') {
                    return Err("Expected `,` or `]` in the list.".to_owned());
                }
            }
            return Ok(Filter::Condition { attribute, operator: Operator::In, values });
        }
        if self.keyword("STARTS") {
            let whole = self.keyword("WITH");
            let values = vec![self.value()?];
            let condition = Filter::Condition { attribute, operator: Operator::StartsWith, values };
            return if whole { Ok(condition) } else { Err("Was expecting `STARTS WITH`.".to_owned()) };
        }
        let operators = [
            (">=", Operator::GreaterOrEqual),
            ("<=", Operator::LessOrEqual),
            ("!=", Operator::NotEqual),
            ("=", Operator::Equal),
            (">", Operator::Greater),
            ("<", Operator::Less),
        ];
        for (symbol, operator) in operators {
            if self.symbol(symbol) {
                return Ok(Filter::Condition { attribute, operator, values: vec![self.value()?] });
            }
        }
        Err(format!("Was expecting an operation after `{attribute}`."))
    }

    fn value(&mut self) -> Result<String, String> {
        let text = self.rest.trim_start();
        if let Some(quote @ ('"' | '\'')) = text.chars().next() {
            let mut value = String::new();
            let mut chars = text.char_indices().skip(1);
            while let Some((at, c)) = chars.next() {
                match c {
                    '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
                    c if c == quote => {
                        self.rest = &text[at + 1..];
                        return Ok(value);
                    }
                    c => value.push(c),
                }
            }
            return Err(format!("Expression is missing the closing delimiter `{quote}`."));
        }
        let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        let reserved = ["AND", "OR", "NOT", "IN", "TO", "EXISTS"];
        if word.is_empty() || reserved.contains(&word) {
            return Err(format!("Was expecting a value but instead got `{text}`."));
        }
        self.rest = rest;
        Ok(word.to_owned())
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let text = self.rest.trim_start();
        let found = text.strip_prefix(keyword).filter(|rest| !rest.starts_with(is_word));
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.rest.trim_start().strip_prefix(symbol);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }
}

impl Filter {
    /// Refuses attributes and operators that the settings do not allow.
    pub(super) fn check(&self, index: &Index, code: &'static str) -> Result<(), Refusal> {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().try_for_each(|part| part.check(index, code)),
            Self::Not(inner) => inner.check(index, code),
            Self::Condition { attribute, operator, .. } => {
                let features = index.features(attribute);
                let allowed = match operator {
                    Operator::Greater | Operator::GreaterOrEqual | Operator::Less | Operator::LessOrEqual => {
                        features.comparison
                    }
                    Operator::Exists | Operator::StartsWith => features.equality || features.comparison,
                    Operator::Equal | Operator::NotEqual | Operator::In => features.equality,
                };
                if allowed {
                    return Ok(());
                }
                Err(Refusal::new(400, code, format!("Attribute `{attribute}` is not filterable so.")))
            }
        }
    }

    pub(super) fn holds(&self, stored: &Stored) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.holds(stored)),
            Self::And(parts) => parts.iter().all(|part| part.holds(stored)),
            Self::Not(inner) => !inner.holds(stored),
            Self::Condition { attribute, operator, values } => {
                condition(stored, attribute, *operator, values)
            }
        }
    }
}

fn condition(stored: &Stored, attribute: &str, operator: Operator, values: &[String]) -> bool {
    let Some(facet) = stored.facets.get(attribute) else { return operator == Operator::NotEqual };
    let number = |value: &String| value.parse::<f64>().ok().filter(|number| number.is_finite());
    let equal = |value: &String| {
        facet.strings.contains(&value.trim().to_lowercase())
            || number(value).is_some_and(|number| facet.numbers.contains(&number))
    };
    let compared = |holds: fn(f64, f64) -> bool| {
        let wanted = values.first().and_then(number);
        wanted.is_some_and(|wanted| facet.numbers.iter().any(|number| holds(*number, wanted)))
    };
    match operator {
        Operator::Exists => true,
        Operator::Equal | Operator::In => values.iter().any(equal),
        Operator::NotEqual => !values.iter().any(equal),
        Operator::Greater => compared(|one, other| one > other),
        Operator::GreaterOrEqual => compared(|one, other| one >= other),
        Operator::Less => compared(|one, other| one < other),
        Operator::LessOrEqual => compared(|one, other| one <= other),
        Operator::StartsWith => values.iter().any(|value| {
            let beginning = value.trim().to_lowercase();
            facet.strings.range(beginning.clone()..).next().is_some_and(|first| first.starts_with(&beginning))
        }),
    }
}
