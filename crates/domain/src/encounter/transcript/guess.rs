//! Who is the doctor, by what is said: a guess, and marked as one.

use super::{Segment, Speaker};

/// What doctors ask and say, in small letters. Patients say little of it.
#[rustfmt::skip]
const DOCTOR: &[&str] = &[
    "what brings you", "how long have you", "how long has", "any allerg", "are you taking", "do you smoke", "do you have any",
    "have you had", "does it hurt", "blood pressure", "let me examine", "i'm going to", "i am going to", "i'll prescribe", "prescribe",
    "follow up", "follow-up", "take one tablet", "twice a day", "we'll do", "your results", "on a scale", "breathe in", "when did it",
    "qué le trae", "desde cuándo", "le duele", "es alérgic", "toma algún", "voy a recetar", "tensión arterial", "le voy a",
    "چه مشکلی", "از کی", "چند وقت", "حساسیت", "دارو مصرف", "فشار خون", "معاینه", "نسخه", "روزی دو", "حالتون",
    "què el porta", "des de quan", "li fa mal", "li recepto", "منذ متى", "هل تعاني", "حساسية", "سأصف",
];
/// What patients say.
#[rustfmt::skip]
const PATIENT: &[&str] = &[
    "i have been", "i've been", "my head", "my back", "my stomach", "my chest", "it hurts", "i feel", "i can't sleep", "it began", "it started",
    "me duele", "tengo", "me siento", "no puedo dormir", "درد دارم", "سرم", "کمرم", "احساس", "em fa mal", "tinc", "أشعر", "عندي",
];

/// How much like a doctor somebody speaks; below nothing: like a patient.
pub fn likeness(text: &str) -> i32 {
    let text = text.to_lowercase();
    let count = |cues: &[&str]| {
        i32::try_from(cues.iter().filter(|cue| text.contains(**cue)).count()).unwrap_or(i32::MAX)
    };
    let asks = i32::from(text.contains(['?', '؟']));
    count(DOCTOR) * 2 + asks - count(PATIENT) * 2
}

/// Says of segments who spoke, by what they say. What says nothing of it stays unknown.
pub fn guess(segments: &mut [Segment]) {
    for segment in segments.iter_mut() {
        segment.speaker = match likeness(&segment.text) {
            more if more > 0 => Speaker::Doctor,
            less if less < 0 => Speaker::Patient,
            _ => Speaker::Unknown,
        };
    }
}

/// Which of two voices is the doctor's, by all that each says: the first where nothing tells.
pub fn doctor_of(texts: [&str; 2]) -> usize {
    usize::from(likeness(texts[1]) > likeness(texts[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_and_prescribes_is_the_doctor_and_who_hurts_the_patient() {
        let said =
            |text: &str| Segment { text: text.into(), start_ms: 0, end_ms: 1, speaker: Speaker::Other };
        let mut segments = [
            "What brings you in today?",
            "My head hurts.",
            "Yes.",
            "دکتر: حالتون چطوره؟",
            "Me duele la cabeza.",
        ]
        .map(said);
        guess(&mut segments);
        let speakers = segments.map(|segment| segment.speaker);
        let (doctor, patient) = (Speaker::Doctor, Speaker::Patient);
        assert_eq!(speakers, [doctor, patient, Speaker::Unknown, doctor, patient]);
        assert_eq!(doctor_of(["It began yesterday, I feel bad.", "Do you have any allergies?"]), 1);
        assert_eq!(doctor_of(["Hm.", "Hm."]), 0);
    }
}
