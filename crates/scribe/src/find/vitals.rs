//! Vital signs: a name, and a number near it that the measure can have.

use crate::pack::Kind;
use crate::reading::{Line, Reading};

/// One reading.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vital {
    /// `blood_pressure`, `heart_rate`, …
    pub(crate) key: String,
    /// The reading as it was said: `120/80`, `38.5`.
    pub(crate) value: String,
    /// True where the patient tells of it.
    pub(crate) told: bool,
    /// The segments that name and say it.
    pub(crate) segments: Vec<u32>,
}

/// Words between a measure and its number.
const REACH: usize = 9;
/// The same for a blood pressure, whose two numbers nothing else looks like.
const REACH_PRESSURE: usize = 16;

/// What a measure can be, whatever its unit: degrees of both scales, kilograms and pounds.
fn plausible(key: &str, value: f64) -> bool {
    match key {
        "heart_rate" => (30.0..=220.0).contains(&value),
        "respiratory_rate" => (6.0..=60.0).contains(&value),
        "temperature" => (34.0..=43.0).contains(&value) || (93.0..=109.0).contains(&value),
        "oxygen_saturation" => (60.0..=100.0).contains(&value),
        "weight" | "blood_glucose" => (2.0..=700.0).contains(&value),
        "height" => (1.0..=250.0).contains(&value),
        "bmi" => (10.0..=80.0).contains(&value),
        "peak_flow" => (50.0..=900.0).contains(&value),
        _ => false,
    }
}

/// The vital signs that were said, the last reading of each measure last.
pub(crate) fn find(reading: &Reading) -> Vec<Vital> {
    let mut found: Vec<Vital> = Vec::new();
    let mut carried: Option<(String, u32)> = None;
    for line in reading.lines.iter().filter(|line| !line.has(Kind::If)) {
        let names: Vec<_> = line.of(Kind::Vital).collect();
        if let (true, Some((key, segment))) = (names.is_empty(), carried.take()) {
            // "What was your temperature?" – "38.5."
            if let Some(value) = value_in(line, &key, 0, line.sentence.tokens.len()) {
                let segments = vec![segment, line.sentence.segment];
                found.push(Vital { key, value, told: line.by_patient(), segments });
            }
            continue;
        }
        for (index, name) in names.iter().enumerate() {
            let key = reading.name(*name).to_owned();
            let until = names.get(index + 1).map_or(line.sentence.tokens.len(), |next| next.start);
            let reach = if key == "blood_pressure" { REACH_PRESSURE } else { REACH };
            match value_in(line, &key, name.end, until.min(name.end + reach)) {
                Some(value) => {
                    found.push(Vital {
                        key,
                        value,
                        told: line.by_patient(),
                        segments: vec![line.sentence.segment],
                    });
                }
                None if line.asks() => carried = Some((key, line.sentence.segment)),
                None => {}
            }
        }
    }
    found
}

fn value_in(line: &Line, key: &str, from: usize, until: usize) -> Option<String> {
    let tokens = &line.sentence.tokens;
    let number =
        |at: usize| tokens.get(at).filter(|_| at < until).and_then(crate::text::token::Token::number);
    for at in from..until {
        let Some(value) = number(at) else { continue };
        let over = line.of(Kind::Over).find(|over| over.start == at + 1);
        let low = over.and_then(|over| tokens.get(over.end)).and_then(crate::text::token::Token::number);
        if key == "blood_pressure" {
            let (Some(over), Some(low)) = (over, low) else { continue };
            if (60.0..=280.0).contains(&value) && (30.0..=180.0).contains(&low) && low < value {
                return Some(format!("{}/{}", tokens[at].text, tokens[over.end].text));
            }
        } else if plausible(key, value) && !line.of(Kind::TimeUnit).any(|unit| unit.start == at + 1) {
            return Some(with_unit(line, key, at));
        }
    }
    None
}

/// The number with the unit that was said, where one was.
fn with_unit(line: &Line, key: &str, at: usize) -> String {
    let tokens = &line.sentence.tokens;
    let number = tokens[at].text.clone();
    let next = tokens.get(at + 1).map_or("", |token| token.text.as_str());
    match (key, next) {
        ("oxygen_saturation", "%" | "percent" | "درصد") => format!("{number}%"),
        ("weight", "kg" | "kilograms" | "kilos" | "kilo" | "کیلو" | "کیلوگرم") => {
            format!("{number} kg")
        }
        ("weight", "pounds" | "lbs" | "lb") => format!("{number} lb"),
        ("height", "cm" | "centimetres" | "centimeters") => format!("{number} cm"),
        ("temperature", "°") => format!("{number}°"),
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::pack;
    use ward_domain::encounter::transcript::paste;

    fn read(language: &str, text: &str) -> Vec<String> {
        let reading = Reading::new(&paste::parse(text, language).unwrap(), pack(language));
        find(&reading).into_iter().map(|vital| format!("{}={}", vital.key, vital.value)).collect()
    }

    #[test]
    fn readings_in_three_languages() {
        let english = "Doctor: Your blood pressure is one thirty over eighty five, pulse 72, and your temperature is 38.5 today.";
        assert_eq!(read("en", english), ["blood_pressure=130/85", "heart_rate=72", "temperature=38.5"]);
        let asked = "Doctor: Did you measure your temperature?\nPatient: It was 38.9.";
        assert_eq!(read("en", asked), ["temperature=38.9"]);
        assert_eq!(
            read("en", "Doctor: Your blood pressure has been high for 10 years."),
            Vec::<String>::new()
        );
        let persian = "دکتر: فشار خونتون ۱۴ روی ۹ نیست، ۱۳۵ روی ۸۵ هست و نبض ۷۸.";
        assert_eq!(read("fa", persian), ["blood_pressure=135/85", "heart_rate=78"]);
        assert_eq!(
            read("es", "Médico: La tensión está en 125 sobre 80 y la temperatura es 37.2."),
            ["blood_pressure=125/80", "temperature=37.2"]
        );
    }
}
