//! The child's log: one line before each call, one after its answer, each written with one call to the system, so that a
//! death in between leaves whole lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

pub struct Log(File);

fn path(folder: &Path) -> std::path::PathBuf {
    folder.join("log")
}

impl Log {
    pub fn open(folder: &Path) -> Self {
        Self(OpenOptions::new().create(true).append(true).open(path(folder)).unwrap())
    }

    /// A commit is about to be sent.
    pub fn trying(&self, writer: u64, step: u64, wanting: bool) {
        self.line(&format!("try {writer} {step} {wanting}\n"));
    }

    /// A commit was acknowledged.
    pub fn acknowledged(&self, writer: u64, step: u64, wanting: bool) {
        self.line(&format!("ack {writer} {step} {wanting}\n"));
    }

    /// An event is about to be settled.
    pub fn settling(&self, writer: u64, step: u64) {
        self.line(&format!("settle {writer} {step} false\n"));
    }

    fn line(&self, line: &str) {
        (&self.0).write_all(line.as_bytes()).unwrap();
    }
}

/// What the log says about one writer.
#[derive(Debug, Default)]
pub struct Told {
    /// The last step acknowledged.
    pub acknowledged: u64,
    /// The last step sent.
    pub tried: u64,
    /// Steps whose commit won the wanted claim.
    pub won: BTreeSet<u64>,
    /// Steps whose events may have been settled.
    pub settled: BTreeSet<u64>,
}

pub fn read(folder: &Path) -> BTreeMap<u64, Told> {
    let mut writers = BTreeMap::<u64, Told>::new();
    for line in std::fs::read_to_string(path(folder)).unwrap_or_default().lines() {
        let words: Vec<_> = line.split(' ').collect();
        let [what, writer, step, wanting] = words[..] else { panic!("a torn line: {line}") };
        let (writer, step) = (writer.parse().unwrap(), step.parse().unwrap());
        let told = writers.entry(writer).or_default();
        match what {
            "try" => told.tried = step,
            "ack" => {
                told.acknowledged = step;
                if wanting == "true" {
                    told.won.insert(step);
                }
            }
            "settle" => drop(told.settled.insert(step)),
            other => panic!("{other}"),
        }
    }
    writers
}

pub fn lines(folder: &Path) -> usize {
    std::fs::read_to_string(path(folder)).map_or(0, |text| text.lines().count())
}
