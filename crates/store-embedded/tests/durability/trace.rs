//! Reads a trace of writes and syncs: every answer must come after a sync of the journal that began after the answered
//! commit was written to it, and that succeeded.

use std::collections::{BTreeMap, BTreeSet};

/// What a trace showed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub answers: usize,
    pub syncs: usize,
}

#[derive(Default)]
struct Journal {
    /// The end of what was written so far, since a marker may lie across two writes.
    tail: String,
    written: BTreeSet<String>,
    durable: BTreeSet<String>,
    /// By thread: what was written when its sync began.
    syncing: BTreeMap<String, BTreeSet<String>>,
}

/// Walks through a trace. A line is a call from begin to end, or one of its halves; lines are in the order of time.
pub fn check(trace: &str) -> Result<Shown, String> {
    let (mut journal, mut seen) = (Journal::default(), Shown::default());
    // By thread: the begin of a call whose end has not come yet.
    let mut unfinished = BTreeMap::<String, String>::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ').map(|(thread, call)| (thread, call.trim_start()))
        else {
            continue;
        };
        if let Some(call) = call.strip_suffix("<unfinished ...>") {
            journal.begin(thread, call, &mut seen)?;
            unfinished.insert(thread.to_owned(), call.to_owned());
        } else if call.starts_with("<...") {
            let half = unfinished.remove(thread).unwrap_or_default();
            let end = call.split_once("resumed>").map_or("", |(_, end)| end);
            journal.end(thread, &format!("{half}{end}"), &mut seen);
        } else {
            journal.begin(thread, call, &mut seen)?;
            journal.end(thread, call, &mut seen);
        }
    }
    Ok(seen)
}

impl Journal {
    fn begin(&mut self, thread: &str, call: &str, seen: &mut Shown) -> Result<(), String> {
        if is_sync(call) {
            self.syncing.insert(thread.to_owned(), self.written.clone());
        }
        for answer in markers(call, "<ack ") {
            seen.answers += 1;
            if !self.durable.contains(&answer) {
                return Err(format!("commit {answer} was answered before its sync"));
            }
        }
        Ok(())
    }

    fn end(&mut self, thread: &str, call: &str, seen: &mut Shown) {
        if is_sync(call) {
            let written = self.syncing.remove(thread).unwrap_or_default();
            if call.trim_end().ends_with("= 0") {
                self.durable.extend(written);
                seen.syncs += 1;
            }
        } else if call.contains(".jnl>") {
            // What stands between the first and the last quote; adjacent writes follow each other in the file.
            let text =
                call.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or("", |(text, _)| text);
            self.tail.push_str(text);
            self.written.extend(markers(&self.tail, "<commit "));
            let keep = self.tail.char_indices().rev().nth(64).map_or(0, |(at, _)| at);
            self.tail.drain(..keep);
        }
    }
}

fn is_sync(call: &str) -> bool {
    (call.starts_with("fdatasync(") || call.starts_with("fsync(")) && call.contains(".jnl>")
}

/// The names in `<commit name>` or `<ack name>`.
fn markers(text: &str, begin: &str) -> Vec<String> {
    text.split(begin)
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn a_trace_in_order_is_right() {
    let trace = r#"
7  write(4</store/db/0.jnl>, "..<commit 0-", 9) = 9
7  write(4</store/db/0.jnl>, "1>..<commit 1-1>", 9) = 9
7  fdatasync(4</store/db/0.jnl> <unfinished ...>
8  write(1</log>, "hello", 5) = 5
7  <... fdatasync resumed>) = 0
8  write(5</acks>, "<ack 0-1>\n", 8 <unfinished ...>
9  write(5</acks>, "<ack 1-1>\n", 8) = 8
8  <... write resumed>) = 8
"#;
    assert_eq!(check(trace), Ok(Shown { answers: 2, syncs: 1 }));
}

#[test]
fn an_answer_too_early_is_found() {
    let written = "7 write(4</db/0.jnl>, \"<commit 0-1>\", 9) = 9\n";
    let begins = "7 fdatasync(4</db/0.jnl> <unfinished ...>\n";
    let ends = "7 <... fdatasync resumed>) = 0\n";
    let fails = "7 <... fdatasync resumed>) = -1 EIO (Input/output error) (INJECTED)\n";
    let other = "7 fdatasync(4</db/keyspaces/1/tables/3>) = 0\n";
    let answer = "8 write(5</acks>, \"<ack 0-1>\", 8) = 8\n";
    for early in [
        [written, answer, begins, ends],
        [written, begins, answer, ends],
        [begins, written, ends, answer],
        [written, begins, fails, answer],
        [written, other, "", answer],
    ] {
        assert!(check(&early.concat()).is_err(), "{early:?}");
    }
    assert!(check(&[written, begins, ends, answer].concat()).is_ok());
}
