use super::super::note::Note;
use super::super::{EncounterCommand, FAILED_ATTEMPTS, Progress, Scribed, Work};
use super::*;
use crate::id::EncounterId;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn at(ms: i64) -> Time {
    Time::from_millis(1_750_000_000_000 + ms)
}

fn pending() -> Encounter {
    Encounter {
        id: EncounterId::from(id(1)),
        doctor: id(2).into(),
        patient_name: "Someone".into(),
        patient_age: None,
        patient_gender: String::new(),
        chief_complaint: String::new(),
        notes: String::new(),
        encounter_date: at(0),
        status: EncounterStatus::Pending,
        progress: Progress::default(),
        waiting_for: String::new(),
        duration_ms: 0,
        language: String::new(),
        transcript_preview: String::new(),
        note: None,
        note_version: 0,
        checklist_score: None,
        written: None,
        signature: None,
        addenda: 0,
        tags: Vec::new(),
        attempts: 0,
        due: None,
        audio: None,
        work: Work::default(),
        created_at: at(0),
        updated_at: at(0),
    }
}

/// An encounter as its actor holds it, with the chunks that its commits made.
struct World {
    state: EncounterState,
    chunks: Vec<AudioChunk>,
    now: i64,
}

impl World {
    fn new() -> Self {
        let state = EncounterState { encounter: Some(pending()), ..EncounterState::default() };
        Self { state, chunks: Vec::new(), now: 0 }
    }

    fn tell(&mut self, command: RecordingCommand) -> Result<Decision, Refusal> {
        self.now += 1;
        let command = EncounterCommand::Record(Box::new(command));
        let (decision, next) = self.state.decide(at(self.now), &command)?;
        self.state = next;
        Ok(decision)
    }

    fn begin(&mut self) {
        let (_, next) = self.state.decide(at(self.now), &EncounterCommand::Begin).unwrap();
        self.state = next;
    }

    fn chunk(&mut self, number: u32, content: &str, last: bool) -> Result<Decision, Refusal> {
        let chunk = AudioChunk {
            id: id(100 + u64::from(number)),
            encounter: id(1).into(),
            number,
            bytes: 1_000,
            sha256: content.into(),
            at: at(self.now),
        };
        self.state.chunk = self.chunks.iter().find(|known| known.number == number).cloned();
        let add = RecordingCommand::Add {
            chunk: Box::new(chunk.clone()),
            expected: None,
            last,
            claims: Vec::new(),
        };
        let decision = self.tell(add)?;
        if decision.changes.iter().any(|change| change.id == chunk.id) {
            self.chunks.push(chunk);
        }
        Ok(decision)
    }

    fn encounter(&self) -> &Encounter {
        self.state.encounter.as_ref().unwrap()
    }

    fn assembled(&mut self) -> Result<Decision, Refusal> {
        self.tell(RecordingCommand::Assembled {
            object: id(9),
            media: Media::Webm,
            bytes: 3_000,
            claims: Vec::new(),
        })
    }

    fn measured(&mut self, engine: bool) {
        self.tell(RecordingCommand::Measured { duration_ms: 30_000, cut: false, engine }).unwrap();
    }

    fn whole() -> Self {
        let mut world = Self::new();
        world.chunk(1, "a", true).unwrap();
        world.assembled().unwrap();
        world
    }
}

#[test]
fn chunks_come_in_any_order_and_again_and_the_last_closes_when_all_are_there() {
    let mut world = World::new();
    world.chunk(3, "c", true).unwrap();
    assert!(world.encounter().waiting_for.contains("missing: 1, 2"), "{}", world.encounter().waiting_for);
    world.chunk(1, "a", false).unwrap();
    assert!(world.chunk(1, "a", false).unwrap().is_empty(), "a repetition writes nothing");
    assert_eq!(world.chunk(1, "b", false).unwrap_err().reason, "chunk_differs");
    for (number, last) in [(4, false), (4, true), (2, true)] {
        assert_eq!(world.chunk(number, "x", last).unwrap_err().reason, "chunk_after_last", "{number} {last}");
    }
    assert_eq!((world.encounter().status, world.state.step()), (EncounterStatus::Pending, None));
    world.chunk(2, "b", false).unwrap();
    assert_eq!(
        (world.encounter().status, world.state.step()),
        (EncounterStatus::Processing, Some(Step::Audio))
    );
    assert_eq!(world.chunk(4, "d", false).unwrap_err().reason, "recording_closed");
    assert!(world.chunk(2, "b", false).unwrap().is_empty());
    assert_eq!(world.chunk(2, "x", false).unwrap_err().reason, "chunk_differs");
}

#[test]
fn a_recording_has_a_largest_size_and_there_is_one() {
    let mut world = World::new();
    world.chunk(1, "a", false).unwrap();
    world.state.recording.as_mut().unwrap().bytes = MAX_AUDIO_BYTES - 999;
    assert_eq!(world.chunk(2, "b", false).unwrap_err().reason, "recording_too_large");
    let whole = Recording::whole(id(1).into(), id(5), Media::Wav, 10, at(5));
    let again = RecordingCommand::Whole { recording: Box::new(whole.clone()), claims: Vec::new() };
    assert_eq!(world.tell(again.clone()).unwrap_err().reason, "recording_exists");
    let mut world = World::new();
    world.tell(again).unwrap();
    assert_eq!(world.chunk(1, "a", false).unwrap_err().reason, "recording_exists");
}

#[test]
fn the_steps_follow_each_other_and_chunks_that_were_put_together_go() {
    let mut world = World::whole();
    assert_eq!(world.assembled().unwrap_err().reason, "upload_lapsed", "put together twice");
    let chunks = world.chunks.clone();
    let released = world.tell(RecordingCommand::Release { chunks }).unwrap();
    assert_eq!(released.happenings, [Happening::ObjectReleased { object: id(101) }]);
    world.begin();
    assert_eq!(world.encounter().percent(), 0);
    world.tell(RecordingCommand::Advance { step: Step::Audio, percent: 50 }).unwrap();
    assert_eq!((world.encounter().percent(), world.encounter().due), (12, Some(at(world.now).plus(MINUTE))));
    world.measured(true);
    assert_eq!((world.state.step(), world.encounter().percent()), (Some(Step::Transcription), 25));
    world.begin();
    assert_eq!(world.encounter().progress.transcription, StepState::InProgress);
    let of = world.state.recording.as_ref().unwrap().at;
    let said = Transcript { language: "en".into(), segments: Vec::new(), confidence: Some(0.9) };
    let heard = |of| RecordingCommand::Transcribed {
        transcript: Box::new(said.clone()),
        engine: "test".into(),
        speakers: SpeakerSource::Guess,
        of,
    };
    assert!(world.tell(heard(at(-5))).unwrap().is_empty(), "of another recording");
    world.tell(heard(of)).unwrap();
    assert_eq!((world.state.step(), world.encounter().percent()), (Some(Step::Note), 50));
    assert_eq!(world.encounter().duration_ms, 30_000);
    assert!(world.tell(heard(of)).unwrap().is_empty(), "twice");
}

#[test]
fn without_an_engine_it_waits_in_a_list_of_its_own_until_there_is_one() {
    let mut world = World::whole();
    world.measured(false);
    let waiting = world.encounter().clone();
    assert_eq!((waiting.status, waiting.due), (EncounterStatus::Pending, None));
    assert!(waiting.waiting_for.contains("speech engine"));
    let listed = |encounter: &Encounter| {
        use crate::record::{Document as _, List};
        encounter.index().iter().any(|row| row.list == List::EncountersAwaitingEngine)
    };
    assert!(listed(&waiting));
    world.begin();
    assert!(!listed(world.encounter()) && world.encounter().due.is_some());
    assert_eq!(world.encounter().status, EncounterStatus::Processing);
    world.tell(RecordingCommand::Await).unwrap();
    assert!(listed(world.encounter()));
}

#[test]
fn what_may_go_better_is_tried_again_and_what_failed_can_be_begun_anew() {
    let fail = |step, transient| RecordingCommand::Failed { step, reason: "It is away.".into(), transient };
    let mut world = World::whole();
    world.measured(true);
    let mut before = 0;
    for attempt in 1..FAILED_ATTEMPTS {
        world.begin();
        world.tell(fail(Step::Transcription, true)).unwrap();
        let wait = world.encounter().due.unwrap().millis() - at(world.now).millis();
        assert!(wait > before, "{attempt}");
        before = wait;
    }
    assert!(world.tell(fail(Step::Audio, false)).unwrap().is_empty(), "of another step");
    world.tell(fail(Step::Transcription, true)).unwrap();
    let failed = world.encounter();
    assert_eq!(
        (failed.status, failed.due, failed.waiting_for.as_str()),
        (EncounterStatus::Failed, None, "It is away.")
    );
    assert_eq!(world.state.step(), None);
    world.tell(RecordingCommand::Retry).unwrap();
    assert_eq!((world.state.step(), world.encounter().attempts), (Some(Step::Transcription), 0));
    assert_eq!(world.tell(RecordingCommand::Retry).unwrap_err().reason, "not_failed");
    // A recording in which nothing can be heard fails at once, and may be sent anew.
    let mut world = World::whole();
    world.tell(fail(Step::Audio, false)).unwrap();
    assert_eq!(world.encounter().status, EncounterStatus::Failed);
    let whole = Recording::whole(id(1).into(), id(5), Media::Wav, 10, at(5));
    let again =
        world.tell(RecordingCommand::Whole { recording: Box::new(whole), claims: Vec::new() }).unwrap();
    assert!(again.happenings.contains(&Happening::ObjectReleased { object: id(9) }));
    assert_eq!(world.state.step(), Some(Step::Audio));
}

#[test]
fn a_transcript_by_hand_goes_before_the_engine_and_outlives_a_broken_recording() {
    let mut world = World::whole();
    let transcript = Box::new(Transcript { language: "en".into(), segments: Vec::new(), confidence: None });
    let give = EncounterCommand::GiveTranscript { transcript, by: id(2).into(), read: None };
    world.state = world.state.decide(at(50), &give).unwrap().1;
    assert_eq!(world.state.step(), Some(Step::Audio));
    let broken =
        RecordingCommand::Failed { step: Step::Audio, reason: "It is cut off.".into(), transient: false };
    world.tell(broken).unwrap();
    assert_eq!(
        (world.state.step(), world.encounter().status),
        (Some(Step::Note), EncounterStatus::Processing)
    );
    assert_eq!(world.encounter().progress.audio_upload, StepState::Failed);
}

/// With a transcript by hand of ninety seconds, and the note on it.
fn finished() -> World {
    let mut world = World::new();
    let said = serde_json::json!({"language": "en", "segments": [{"text": "Hello", "start_ms": 0, "end_ms": 90_000}]});
    let transcript = Box::new(serde_json::from_value(said).unwrap());
    let give = EncounterCommand::GiveTranscript { transcript, by: id(2).into(), read: None };
    world.state = world.state.decide(at(50), &give).unwrap().1;
    world.begin();
    let scribed = Box::new(Scribed::of(Note::default()));
    let write = EncounterCommand::Write { ids: (id(50), id(51)), of: at(50), scribed };
    world.state = world.state.decide(at(60), &write).unwrap().1;
    assert_eq!(world.encounter().duration_ms, 90_000);
    world
}

#[test]
fn a_recording_that_comes_after_the_note_leaves_the_consultation_completed_whatever_becomes_of_it() {
    for broken in [true, false] {
        let mut world = finished();
        let whole = Box::new(Recording::whole(id(1).into(), id(5), Media::Wav, 10, at(70)));
        world.tell(RecordingCommand::Whole { recording: whole, claims: Vec::new() }).unwrap();
        assert_eq!(world.encounter().status, EncounterStatus::Processing);
        if broken {
            let (step, reason) = (Step::Audio, "It is not a recording.".to_owned());
            world.tell(RecordingCommand::Failed { step, reason, transient: false }).unwrap();
            assert_eq!(world.encounter().waiting_for, "It is not a recording.");
        } else {
            world.measured(true);
            // What was measured is truer than what was typed.
            assert_eq!(world.encounter().duration_ms, 30_000);
        }
        let encounter = world.encounter();
        assert_eq!((encounter.status, encounter.due), (EncounterStatus::Completed, None));
        assert_eq!((world.state.step(), encounter.note_version), (None, 1));
    }
}

#[test]
fn only_what_is_known_to_break_off_is_said_to() {
    let breaks_off = |mut world: World| {
        world.tell(RecordingCommand::Measured { duration_ms: 30_000, cut: true, engine: true }).unwrap();
        world.encounter().audio.unwrap().cut
    };
    for (media, cut) in [(Media::Wav, true), (Media::Webm, false)] {
        let mut world = World::new();
        let recording = Box::new(Recording::whole(id(1).into(), id(5), media, 10, at(5)));
        world.tell(RecordingCommand::Whole { recording, claims: Vec::new() }).unwrap();
        assert_eq!(breaks_off(world), cut, "{media:?}");
    }
    // The sender of the chunks said which is the last.
    assert!(!breaks_off(World::whole()));
}
