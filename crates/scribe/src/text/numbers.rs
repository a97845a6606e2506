//! Spoken numbers as digits: `five hundred` → `500`, `سی و هشت` → `38`, `treinta y ocho` → `38`.

use super::token::{Token, tokens};
use crate::pack::{Kind, Pack};

/// `text` with its number words in digits. A word for *one* is left alone unless a unit follows: it is an article
/// or a pronoun more often than a count.
pub(crate) fn in_digits(text: &str, pack: &Pack) -> String {
    let tokens = tokens(text);
    let (mut out, mut copied, mut index) = (String::with_capacity(text.len()), 0, 0);
    while index < tokens.len() {
        let Some((value, length)) = number_at(&tokens[index..], pack) else {
            index += 1;
            continue;
        };
        out.push_str(&text[copied..tokens[index].start]);
        out.push_str(&value);
        copied = tokens[index + length - 1].end;
        index += length;
    }
    out.push_str(&text[copied..]);
    out
}

/// The number that the tokens begin with, as digits, and how many tokens say it.
fn number_at(tokens: &[Token], pack: &Pack) -> Option<(String, usize)> {
    let first = word_value(tokens.first()?, pack)?;
    let (mut total, mut current, mut last, mut length) = (0_u32, first, first, 1);
    loop {
        let joined = tokens.get(length).is_some_and(|token| pack.is(Kind::NumberJoin, &token.text));
        let at = length + usize::from(joined);
        let Some(next) = tokens.get(at).and_then(|token| word_value(token, pack)) else { break };
        if next == 1000 && current < 1000 {
            total = current.saturating_mul(1000);
            current = 0;
        } else if next == 100 && current < 10 && !joined {
            current *= 100;
        } else if fits_below(current, last, next) {
            current += next;
        } else if first == 1 && current == 1 && next >= 20 && !joined {
            // "one thirty over eighty": English says hundreds so in readings.
            current = 100 + next;
        } else {
            break;
        }
        last = next;
        length = at + 1;
    }
    let mut value = total.saturating_add(current).to_string();
    if let Some((decimals, more)) = decimals_at(&tokens[length..], pack) {
        value = format!("{value}.{decimals}");
        length += more;
    }
    let ranges = tokens.get(length).is_some_and(|token| pack.is(Kind::Range, &token.text))
        && tokens.get(length + 1).is_some_and(|token| token.is_number() || word_value(token, pack).is_some());
    let counts = ranges || tokens.get(length).is_some_and(|token| pack.is_unit_word(&token.text));
    if length == 1 && first == 1 && !counts { None } else { Some((value, length)) }
}

/// Tens take units, hundreds take tens and units, thousands anything below.
fn fits_below(current: u32, last: u32, next: u32) -> bool {
    match last {
        100.. => next < 100 && current.is_multiple_of(100),
        20..=90 => (1..10).contains(&next) && last.is_multiple_of(10),
        _ => false,
    }
}

fn decimals_at(tokens: &[Token], pack: &Pack) -> Option<(String, usize)> {
    if !pack.is(Kind::DecimalPoint, &tokens.first()?.text) {
        return None;
    }
    let after = tokens.get(1)?;
    let digits = word_value(after, pack)
        .map(|value| value.to_string())
        .or_else(|| after.is_number().then(|| after.text.clone()))?;
    Some((digits, 2))
}

fn word_value(token: &Token, pack: &Pack) -> Option<u32> {
    pack.number(&token.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;

    #[test]
    fn english() {
        for (said, written) in [
            ("five hundred milligrams", "500 milligrams"),
            ("one tablet twice a day for three days", "1 tablet twice a day for 3 days"),
            ("one of them", "one of them"),
            ("thirty seven point five", "37.5"),
            ("one thirty over eighty five", "130 over 85"),
            ("a hundred and twenty", "a 120"),
            ("two to three", "2 to 3"),
            ("six or seven times", "6 or 7 times"),
            ("one thousand", "1000"),
        ] {
            assert_eq!(in_digits(said, pack("en")), written, "{said}");
        }
    }

    #[test]
    fn persian_and_spanish() {
        assert_eq!(in_digits("صد و بیست روی هشتاد", pack("fa")), "120 روی 80");
        assert_eq!(in_digits("سی و هشت درجه", pack("fa")), "38 درجه");
        assert_eq!(in_digits("treinta y ocho y medio, una pastilla", pack("es")), "38 y medio, 1 pastilla");
    }
}
