//! A Whisper model that hears one sentence in everything: for tests that ask the real engine and have no model.
//!
//! It is a file as whisper.cpp reads it (ggml's format of 2022), small and with weights set by hand. All layers are
//! nothing, so a decoder's step sees its token and its place alone; each place has a direction of its own, and the token
//! that is to come next at that place points there. So every token is certain, and each window of half a minute is:
//! English, from 0.00 to 30.00 s, the words, the end.

use super::WhisperSettings;
use std::path::{Path, PathBuf};
use ward_domain::secret::{digest, hex};

/// Writes a model's bytes into a folder, as `ggml-scripted.bin`: settings with which one helper, `program`, hears by it.
pub fn scripted(folder: &Path, bytes: &[u8], program: PathBuf) -> std::io::Result<WhisperSettings> {
    let model = folder.join("ggml-scripted.bin");
    std::fs::write(&model, bytes)?;
    Ok(WhisperSettings {
        model,
        sha256: hex(&digest(bytes)),
        program,
        threads: 1,
        processes: 1,
        language: String::new(),
        patience: 60,
        idle_minutes: 1,
        live: false,
    })
}

/// As wide as one head: more places than a sentence has.
const STATE: usize = 64;
/// The vocabulary of models of many languages; its special tokens lie where whisper.cpp has them.
const VOCABULARY: usize = 51_865;
const END: usize = 50_257;
const ENGLISH: usize = 50_259;
const TRANSCRIBE: usize = 50_359;
const BEGIN: usize = 50_364;
/// A window of half a minute, in steps of 20 ms.
const WINDOW: usize = 1_500;
const TEXT: usize = 448;
const MELS: usize = 80;
const BINS: usize = 201;

/// How strong a place is beside a token.
const PLACE: f32 = 100.0;
/// How sure the model is.
const SURE: f32 = 4.0;
/// 1.0 in 16 bits.
const ONE: u16 = 0x3C00;

struct File(Vec<u8>);

impl File {
    fn int(&mut self, number: usize) {
        self.0.extend_from_slice(&i32::try_from(number).unwrap_or(i32::MAX).to_le_bytes());
    }

    fn tensor(&mut self, name: &str, half: bool, sides: &[usize]) {
        self.int(sides.len());
        self.int(name.len());
        self.int(usize::from(half));
        for side in sides {
            self.int(*side);
        }
        self.0.extend_from_slice(name.as_bytes());
    }

    fn halves(&mut self, name: &str, sides: &[usize], at: impl Fn(usize) -> u16) {
        self.tensor(name, true, sides);
        for index in 0..sides.iter().product() {
            self.0.extend_from_slice(&at(index).to_le_bytes());
        }
    }

    fn floats(&mut self, name: &str, sides: &[usize], at: impl Fn(usize) -> f32) {
        self.tensor(name, false, sides);
        for index in 0..sides.iter().product() {
            self.0.extend_from_slice(&at(index).to_le_bytes());
        }
    }

    /// A matrix and its bias, of nothing.
    fn nothing(&mut self, name: &str, sides: &[usize], bias: &[usize]) {
        self.halves(&format!("{name}.weight"), sides, |_| 0);
        if !bias.is_empty() {
            self.floats(&format!("{name}.bias"), bias, |_| 0.0);
        }
    }

    /// What makes values comparable, at the end of a part.
    fn levels(&mut self, name: &str, weight: f32) {
        self.floats(&format!("{name}.weight"), &[STATE], |_| weight);
        self.floats(&format!("{name}.bias"), &[STATE], |_| 0.0);
    }

    fn attention(&mut self, name: &str) {
        let square = [STATE, STATE];
        self.levels(&format!("{name}_ln"), 0.0);
        self.nothing(&format!("{name}.query"), &square, &[STATE]);
        self.nothing(&format!("{name}.key"), &square, &[]);
        self.nothing(&format!("{name}.value"), &square, &[STATE]);
        self.nothing(&format!("{name}.out"), &square, &[STATE]);
    }

    fn steps(&mut self, name: &str) {
        self.levels(&format!("{name}.mlp_ln"), 0.0);
        self.nothing(&format!("{name}.mlp.0"), &[STATE, 4 * STATE], &[4 * STATE]);
        self.nothing(&format!("{name}.mlp.2"), &[4 * STATE, STATE], &[STATE]);
    }
}

/// A model that hears these words, each with the space before it that it has, at most fifty.
pub fn scripted_model(words: &[&str]) -> Vec<u8> {
    // What comes next after each place. The first two places are given, and the third.
    let mut script = vec![ENGLISH, TRANSCRIBE, BEGIN];
    script.extend(0..words.len().min(50));
    script.extend([BEGIN + WINDOW, END]);
    let last = script.len() - 1;

    let mut file = File(0x6767_6D6C_u32.to_le_bytes().to_vec());
    for number in [VOCABULARY, WINDOW, STATE, 1, 1, TEXT, STATE, 1, 1, MELS, 1] {
        file.int(number);
    }
    file.int(MELS);
    file.int(BINS);
    file.0.resize(file.0.len() + MELS * BINS * 4, 0);
    // The engine looks the blank up, and aborts where there is none.
    let vocabulary = || words.iter().copied().chain([" "]);
    file.int(vocabulary().count());
    for word in vocabulary() {
        file.int(word.len());
        file.0.extend_from_slice(word.as_bytes());
    }

    file.floats("encoder.positional_embedding", &[STATE, WINDOW], |_| 0.0);
    file.nothing("encoder.conv1", &[3, MELS, STATE], &[1, STATE]);
    file.nothing("encoder.conv2", &[3, STATE, STATE], &[1, STATE]);
    file.levels("encoder.ln_post", 0.0);
    file.steps("encoder.blocks.0");
    file.attention("encoder.blocks.0.attn");

    let place = |index: usize| (index / STATE).min(last) == index % STATE;
    file.floats(
        "decoder.positional_embedding",
        &[STATE, TEXT],
        |index| if place(index) { PLACE } else { 0.0 },
    );
    let points = |index: usize| script.get(index % STATE) == Some(&(index / STATE));
    file.halves(
        "decoder.token_embedding.weight",
        &[STATE, VOCABULARY],
        |index| {
            if points(index) { ONE } else { 0 }
        },
    );
    file.levels("decoder.ln", SURE);
    file.steps("decoder.blocks.0");
    file.attention("decoder.blocks.0.attn");
    file.attention("decoder.blocks.0.cross_attn");
    file.0
}
