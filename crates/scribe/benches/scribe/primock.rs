//! `PriMock57` consultations: two Praat `TextGrid` files, one a speaker, as one transcript.

use std::path::Path;
use ward_domain::encounter::transcript::{Segment, Speaker, Transcript};

pub fn read(folder: &Path, id: &str) -> Option<Transcript> {
    let mut segments = Vec::new();
    for (speaker, name) in [(Speaker::Doctor, "doctor"), (Speaker::Patient, "patient")] {
        let file =
            std::fs::read_to_string(folder.join(format!("primock57/transcripts/{id}_{name}.TextGrid")))
                .ok()?;
        segments.extend(intervals(&file).into_iter().map(|(start_ms, end_ms, text)| Segment {
            start_ms,
            end_ms,
            speaker,
            text,
        }));
    }
    segments.sort_by_key(|segment| segment.start_ms);
    Some(Transcript { language: "en".to_owned(), segments, confidence: None })
}

fn intervals(file: &str) -> Vec<(u32, u32, String)> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let millis = |line: &str| {
        line.split('=').nth(1).and_then(|value| value.trim().parse::<f64>().ok()).map(|s| (s * 1000.0) as u32)
    };
    let (mut found, mut start, mut end) = (Vec::new(), 0, 0);
    for line in file.lines().map(str::trim) {
        if line.starts_with("xmin") {
            start = millis(line).unwrap_or(start);
        } else if line.starts_with("xmax") {
            end = millis(line).unwrap_or(end);
        } else if let Some(text) = line.strip_prefix("text = \"") {
            let text = text.trim_end_matches('"').replace("\"\"", "\"");
            if !text.trim().is_empty() {
                found.push((start, end, text));
            }
        }
    }
    found
}
