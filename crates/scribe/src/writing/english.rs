//! English speech in the third person: "I've had my cough" → "The patient has had their cough".

/// Whom the note speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// He, his, him.
    He,
    /// She, her, her.
    She,
    /// The patient, their, them: nobody has said which.
    Patient,
}

impl Person {
    /// From a gender as the encounter has it.
    pub(crate) fn of(gender: Option<&str>) -> Self {
        match gender.unwrap_or_default().to_ascii_lowercase().as_str() {
            "male" | "m" | "man" => Self::He,
            "female" | "f" | "woman" => Self::She,
            _ => Self::Patient,
        }
    }

    /// From the first sentence that presents the patient as a man or a woman, in English.
    pub(crate) fn presented(reading: &crate::reading::Reading) -> Option<Self> {
        let early = reading.lines.iter().filter(|line| line.by_doctor() && line.progress < 0.3);
        early
            .filter(|line| line.sentence.text.to_lowercase().contains("year"))
            .flat_map(|line| &line.sentence.tokens)
            .find_map(|token| match token.text.as_str() {
                "male" | "man" | "gentleman" | "boy" => Some(Self::He),
                "female" | "woman" | "lady" | "girl" => Some(Self::She),
                _ => None,
            })
    }

    pub(crate) fn subject(self) -> &'static str {
        match self {
            Self::He => "he",
            Self::She => "she",
            Self::Patient => "the patient",
        }
    }

    fn object(self) -> &'static str {
        match self {
            Self::He => "him",
            Self::She => "her",
            Self::Patient => "them",
        }
    }

    fn possessive(self) -> &'static str {
        match self {
            Self::He => "his",
            Self::She => "her",
            Self::Patient => "their",
        }
    }
}

/// Past forms that take no ending and do not end in -ed.
#[rustfmt::skip]
const PAST: &[&str] = &[
    "had", "was", "were", "did", "went", "got", "took", "felt", "came", "saw", "ate", "woke", "said",
    "told", "thought", "began", "fell", "hurt", "slept", "knew", "found", "gave", "lost", "left", "made",
    "put", "ran", "drank", "cut", "heard", "hit", "kept", "let", "met", "read", "sat", "stood", "threw",
    "broke", "brought", "bought", "caught", "could", "would", "should", "might", "may", "can", "will",
    "must", "can't", "couldn't", "wouldn't", "won't", "didn't", "wasn't", "cannot", "hadn't", "shouldn't",
    "spent", "sent", "shot", "spoke", "stuck", "tore", "understood", "wore", "used",
];

/// Words between "I" and its verb.
#[rustfmt::skip]
const ADVERBS: &[&str] = &[
    "just", "also", "usually", "really", "always", "never", "sometimes", "still", "normally", "mostly",
    "only", "probably", "actually", "currently", "even", "then", "definitely", "kinda", "mainly",
    "recently", "often", "occasionally", "generally", "first", "pretty", "both",
];

/// The patient's words about themselves, in the third person. `first` says "the patient" whatever the person.
pub(crate) fn third_person(text: &str, person: Person, first: bool) -> String {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut named = !first;
    let mut wants_verb = false;
    for (index, word) in words.iter().enumerate() {
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let tail = &word[bare.len()..];
        let lower = bare.to_lowercase();
        let mut subject = || {
            let subject = if named { person.subject() } else { "the patient" };
            named = true;
            subject
        };
        let (changed, verb_next) = match lower.as_str() {
            "i" => (subject().to_owned(), true),
            "i'm" => (format!("{} is", subject()), false),
            "i've" => (format!("{} has", subject()), false),
            "i'd" => (format!("{} would", subject()), false),
            "i'll" => (format!("{} will", subject()), false),
            "me" => (person.object().to_owned(), false),
            "my" | "mine" => (person.possessive().to_owned(), false),
            "myself" => (
                if person == Person::She {
                    "herself"
                } else if person == Person::He {
                    "himself"
                } else {
                    "themselves"
                }
                .to_owned(),
                false,
            ),
            "we" => ("they".to_owned(), false),
            "we've" => ("they have".to_owned(), false),
            "we're" => ("they are".to_owned(), false),
            "our" => ("their".to_owned(), false),
            "am" => ("is".to_owned(), false),
            _ if wants_verb && ADVERBS.contains(&lower.as_str()) => ((*bare).to_owned(), true),
            _ if wants_verb => (third_verb(&lower), false),
            "have"
                if index > 1
                    && words[index - 1] == "and"
                    && out.iter().any(|word| word == person.subject()) =>
            {
                ("has".to_owned(), false)
            }
            _ => ((*bare).to_owned(), false),
        };
        wants_verb = verb_next && tail.is_empty();
        out.push(changed + tail);
    }
    out.join(" ")
}

/// A verb after "he": `take` → `takes`; past forms and auxiliaries stay.
fn third_verb(verb: &str) -> String {
    match verb {
        "have" => "has".to_owned(),
        "haven't" => "has not".to_owned(),
        "am" => "is".to_owned(),
        "do" => "does".to_owned(),
        "don't" => "does not".to_owned(),
        "go" => "goes".to_owned(),
        _ if (verb.ends_with("ed") && !verb.ends_with("eed")) || PAST.contains(&verb) || verb.is_empty() => {
            verb.to_owned()
        }
        _ if verb.ends_with(['s', 'x']) || verb.ends_with("ch") || verb.ends_with("sh") => {
            format!("{verb}es")
        }
        _ if verb.ends_with('y')
            && !verb.ends_with("ay")
            && !verb.ends_with("ey")
            && !verb.ends_with("oy") =>
        {
            format!("{}ies", &verb[..verb.len() - 1])
        }
        _ => format!("{verb}s"),
    }
}

/// What doctors say before they say what to do. Longest first where one begins another.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "what i'd like to do is", "what i want to do is", "what i'm going to do is",
    "what we're going to do is", "what we'll do is", "what i would like you to do is",
    "what i would suggest is", "what i'd recommend is", "i'm just going to", "i'm going to", "i'm gonna",
    "i am going to", "we're going to", "we are going to", "we're gonna", "we'll", "we will", "i'll",
    "i will", "i'd like to", "i would like to", "i want you to", "i wanna", "i want to", "i'd like you to",
    "i would like you to", "i would like for you to", "i think we should", "i think it's worth",
    "i think it would be good to", "let's go ahead and", "let's", "go ahead and", "i would recommend",
    "i'd recommend", "i recommend", "i would suggest", "i'd suggest", "i would advise", "i'd advise",
    "i think", "you should", "you need to", "you can", "you could", "you'll need to", "just", "also",
    "then", "so", "and", "please", "first of all", "as well", "for now", "that", "again", "okay", "alright",
    "now", "we can", "we should", "i need you to", "i do want you to", "i do want to", "wanna", "want to",
    "i'm also going to", "i'm also gonna", "i also want to", "i also want you to", "i'd also like to",
    "we'll also", "i wan to",
];

/// A doctor's sentence about what is to be done, as an order: "I'm gonna order an X-ray" → "order an X-ray".
pub(crate) fn order(text: &str) -> String {
    let mut text = text.trim().trim_start_matches([',', ' ']);
    'strip: loop {
        for lead in LEADS {
            let matches = text.get(..lead.len()).is_some_and(|head| head.eq_ignore_ascii_case(lead));
            let rest = text.get(lead.len()..).unwrap_or_default();
            if matches && rest.starts_with([' ', ',']) && rest.trim().contains(' ') {
                text = rest.trim_start_matches([',', ' ']);
                continue 'strip;
            }
        }
        return of_patient(text);
    }
}

/// A doctor's words to the patient as words about them.
pub(crate) fn of_patient(text: &str) -> String {
    let words = text.split(' ').filter(|word| !word.is_empty()).map(|word| {
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let tail = &word[bare.len()..];
        let changed = match bare.to_lowercase().as_str() {
            "your" => "the",
            "you" => "the patient",
            "you're" => "the patient is",
            "you've" => "the patient has",
            "you'll" => "the patient will",
            "yourself" => "themselves",
            "gonna" => "going to",
            "wanna" => "want to",
            _ => bare,
        };
        format!("{changed}{tail}")
    });
    let text = words.collect::<Vec<_>>().join(" ");
    text.replace("the patient have ", "the patient has ")
        .replace("the patient are ", "the patient is ")
        .replace("the patient do ", "the patient does ")
        .replace("the patient were ", "the patient was ")
        .replace("the patient don't ", "the patient does not ")
        .replace("the patient need ", "the patient needs ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_person_becomes_third() {
        for (said, written) in [
            (
                "I've had some diarrhea for the last 3 days",
                "the patient has had some diarrhea for the last 3 days",
            ),
            ("I take my inhaler when I need it", "the patient takes his inhaler when he needs it"),
            ("my wife told me I just carry on", "his wife told him the patient just carries on"),
            ("I don't smoke", "the patient does not smoke"),
            ("it hurts when I walked", "it hurts when the patient walked"),
        ] {
            assert_eq!(third_person(said, Person::He, true), written, "{said}");
        }
    }

    #[test]
    fn advice_becomes_an_order() {
        assert_eq!(order("I'm gonna go ahead and order an x-ray of your knee"), "order an x-ray of the knee");
        assert_eq!(order("I want you to call me if you're worse"), "call me if the patient is worse");
        assert_eq!(order("so"), "so");
    }
}
