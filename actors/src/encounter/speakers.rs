//! Who said what: by channel where each had one, by the engine's voices where it tells them apart, else a guess.

use std::collections::BTreeMap;
use ward_domain::encounter::transcript::guess::{doctor_of, guess, likeness};
use ward_domain::encounter::transcript::{Segment, Speaker, SpeakerSource};

/// A segment with what is known of its voice.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) segment: Segment,
    /// The channel, where each has its own.
    pub(super) track: usize,
    /// The engine's name of the voice.
    pub(super) voice: Option<String>,
    pub(super) confidence: Option<f64>,
}

/// The segments in order of time, with who spoke and how that is known.
pub(super) fn attribute(mut said: Vec<Said>, apart: bool) -> (Vec<Segment>, SpeakerSource) {
    said.sort_by_key(|one| (one.segment.start_ms, one.segment.end_ms));
    let tracks = said.iter().map(|one| one.track).collect::<std::collections::BTreeSet<_>>();
    if apart && tracks.len() > 1 {
        let of = |track: usize| text(said.iter().filter(|one| one.track == track));
        let doctor = doctor_of([&of(0), &of(1)]);
        for one in &mut said {
            one.segment.speaker = if one.track == doctor { Speaker::Doctor } else { Speaker::Patient };
        }
        return (segments(said), SpeakerSource::Channel);
    }
    let mut voices: BTreeMap<String, i32> = BTreeMap::new();
    for name in said.iter().filter_map(|one| one.voice.clone()) {
        voices.entry(name).or_default();
    }
    if voices.len() > 1 {
        for (name, likeness_of) in &mut voices {
            *likeness_of = likeness(&text(said.iter().filter(|one| one.voice.as_ref() == Some(name))));
        }
        let doctor = voices.iter().max_by_key(|(_, likeness)| **likeness).map(|(name, _)| name.clone());
        let other = if voices.len() == 2 { Speaker::Patient } else { Speaker::Other };
        for one in &mut said {
            one.segment.speaker = match &one.voice {
                Some(voice) if Some(voice) == doctor.as_ref() => Speaker::Doctor,
                Some(_) => other,
                None => Speaker::Unknown,
            };
        }
        return (segments(said), SpeakerSource::Engine);
    }
    let mut segments = segments(said);
    guess(&mut segments);
    (segments, SpeakerSource::Guess)
}

fn text<'a>(said: impl Iterator<Item = &'a Said>) -> String {
    said.map(|one| one.segment.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn segments(said: Vec<Said>) -> Vec<Segment> {
    said.into_iter().map(|one| one.segment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(start_ms: u32, track: usize, voice: Option<&str>, text: &str) -> Said {
        let speaker = Speaker::Unknown;
        let segment = Segment { start_ms, end_ms: start_ms + 500, speaker, text: text.into() };
        Said { segment, track, voice: voice.map(Into::into), confidence: None }
    }

    fn speakers(said: Vec<Said>, apart: bool) -> (Vec<Speaker>, SpeakerSource) {
        let (segments, source) = attribute(said, apart);
        (segments.into_iter().map(|segment| segment.speaker).collect(), source)
    }

    #[test]
    fn channels_go_before_voices_and_voices_before_a_guess() {
        use Speaker::{Doctor, Other, Patient, Unknown};
        let (asks, answers) = ("What brings you in?", "My head hurts.");
        let apart = vec![said(900, 0, None, answers), said(0, 1, None, asks)];
        assert_eq!(speakers(apart.clone(), true), (vec![Doctor, Patient], SpeakerSource::Channel));
        assert_eq!(speakers(apart, false), (vec![Doctor, Patient], SpeakerSource::Guess));
        let voices =
            vec![said(0, 0, Some("B"), asks), said(1, 0, Some("A"), answers), said(2, 0, None, "Hm")];
        assert_eq!(speakers(voices.clone(), false), (vec![Doctor, Patient, Unknown], SpeakerSource::Engine));
        let three = [voices, vec![said(3, 0, Some("C"), "She is right.")]].concat();
        assert_eq!(speakers(three, false).0, [Doctor, Other, Unknown, Other]);
        let one = vec![said(0, 0, Some("A"), asks), said(1, 0, Some("A"), "Yes.")];
        assert_eq!(speakers(one, true), (vec![Doctor, Unknown], SpeakerSource::Guess));
    }
}
