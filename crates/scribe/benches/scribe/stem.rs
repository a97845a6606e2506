//! Porter's stemmer (M. F. Porter, *An algorithm for suffix stripping*, 1980), which `rouge-score` uses.

pub fn stem(word: &str) -> String {
    let mut word: Vec<u8> = word.bytes().collect();
    if word.len() <= 2 {
        return word.into_iter().map(char::from).collect();
    }
    plural_and_past(&mut word);
    y_to_i(&mut word);
    replace_first(&mut word, STEP2, 0);
    replace_first(&mut word, STEP3, 0);
    drop_suffix(&mut word);
    tidy(&mut word);
    word.into_iter().map(char::from).collect()
}

const STEP2: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
];
const STEP3: &[(&str, &str)] = &[
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];
const STEP4: &[&str] = &[
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti", "ous", "ive",
    "ize", "al", "er", "ic", "ou",
];

fn consonant(word: &[u8], at: usize) -> bool {
    match word[at] {
        b'a' | b'e' | b'i' | b'o' | b'u' => false,
        b'y' => at == 0 || !consonant(word, at - 1),
        _ => true,
    }
}

/// How many times a vowel run is followed by a consonant run.
fn measure(stem: &[u8]) -> usize {
    let kinds: Vec<bool> = (0..stem.len()).map(|at| consonant(stem, at)).collect();
    kinds.windows(2).filter(|pair| !pair[0] && pair[1]).count()
}

fn has_vowel(stem: &[u8]) -> bool {
    (0..stem.len()).any(|at| !consonant(stem, at))
}

fn ends(word: &[u8], suffix: &str) -> bool {
    word.ends_with(suffix.as_bytes())
}

fn double(word: &[u8]) -> bool {
    let n = word.len();
    n >= 2 && word[n - 1] == word[n - 2] && consonant(word, n - 1)
}

fn cvc(word: &[u8]) -> bool {
    let n = word.len();
    n >= 3
        && consonant(word, n - 3)
        && !consonant(word, n - 2)
        && consonant(word, n - 1)
        && !matches!(word[n - 1], b'w' | b'x' | b'y')
}

fn plural_and_past(word: &mut Vec<u8>) {
    let n = word.len();
    if ends(word, "sses") || ends(word, "ies") {
        word.truncate(n - 2);
    } else if ends(word, "s") && !ends(word, "ss") {
        word.truncate(n - 1);
    }
    let n = word.len();
    if ends(word, "eed") {
        if measure(&word[..n - 3]) > 0 {
            word.truncate(n - 1);
        }
        return;
    }
    let cut = [("ed", 2), ("ing", 3)]
        .into_iter()
        .find(|(suffix, length)| ends(word, suffix) && has_vowel(&word[..n - length]));
    let Some((_, length)) = cut else { return };
    word.truncate(n - length);
    if ends(word, "at") || ends(word, "bl") || ends(word, "iz") {
        word.push(b'e');
    } else if double(word) && !matches!(word.last(), Some(b'l' | b's' | b'z')) {
        word.pop();
    } else if measure(word) == 1 && cvc(word) {
        word.push(b'e');
    }
}

fn y_to_i(word: &mut [u8]) {
    let n = word.len();
    if ends(word, "y") && has_vowel(&word[..n - 1]) {
        word[n - 1] = b'i';
    }
}

fn replace_first(word: &mut Vec<u8>, rules: &[(&str, &str)], above: usize) {
    let longest =
        rules.iter().filter(|(suffix, _)| ends(word, suffix)).max_by_key(|(suffix, _)| suffix.len());
    if let Some((suffix, new)) = longest {
        let stem = word.len() - suffix.len();
        if measure(&word[..stem]) > above {
            word.truncate(stem);
            word.extend(new.bytes());
        }
    }
}

fn drop_suffix(word: &mut Vec<u8>) {
    let longest = STEP4.iter().filter(|suffix| ends(word, suffix)).max_by_key(|suffix| suffix.len());
    if let Some(suffix) = longest {
        let stem = word.len() - suffix.len();
        let may = *suffix != "ion" || matches!(word[..stem].last(), Some(b's' | b't'));
        if may && measure(&word[..stem]) > 1 {
            word.truncate(stem);
        }
    }
}

fn tidy(word: &mut Vec<u8>) {
    let n = word.len();
    if ends(word, "e") {
        let stem = &word[..n - 1];
        if measure(stem) > 1 || (measure(stem) == 1 && !cvc(stem)) {
            word.truncate(n - 1);
        }
    }
    if ends(word, "ll") && measure(&word[..word.len() - 1]) > 1 {
        word.pop();
    }
}
