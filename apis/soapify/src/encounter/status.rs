//! `GET /api/encounters/{id}/status/`: how far a consultation has come. Clients poll it.

use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;
use ward_domain::encounter::{Encounter, EncounterStatus, StepState};
use ward_domain::time::Time;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, encounter};

/// How far a consultation has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct Standing {
    encounter_id: u64,
    /// `pending`, `processing`, `completed` or `failed`.
    #[schema(example = "processing")]
    status: &'static str,
    progress: Steps,
    /// RFC 3339; empty as long as it depends on someone else.
    estimated_completion: String,
    /// What is being done, or waited for, for people.
    current_step: String,
}

/// Each `pending`, `in_progress`, `completed` or `failed`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Steps {
    /// Stays pending where the transcript is given by hand.
    audio_upload: &'static str,
    transcription: &'static str,
    soap_generation: &'static str,
    checklist_evaluation: &'static str,
}

/// How far a consultation has come.
#[utoipa::path(
    get, path = "/api/encounters/{id}/status/", tag = "Encounters", security(("bearer" = [])),
    params(("id" = u64, Path)),
    responses(
        (status = 200, description = "Where it stands.", body = Answer<Standing>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        Errors
    )
)]
pub async fn status(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<Json<Answer<Standing>>> {
    let encounter = encounter::status(&house, &ctx, id).await?;
    Ok(Json(Answer::new(Standing::new(&encounter, house.note_time(), ctx.now), ctx.now)))
}

impl Standing {
    /// `note_time` is how long a note takes.
    fn new(encounter: &Encounter, note_time: Duration, now: Time) -> Self {
        let progress = &encounter.progress;
        let completion = match encounter.status {
            EncounterStatus::Processing => {
                // Begun, or to be begun anew when it is due; what takes longer than it should may end at any moment.
                let begun = encounter.due.filter(|_| progress.soap_generation == StepState::Pending);
                let takes = i64::try_from(note_time.as_millis()).unwrap_or(i64::MAX);
                Some(begun.unwrap_or(encounter.updated_at).plus(takes).max(now))
            }
            EncounterStatus::Completed => Some(encounter.updated_at),
            EncounterStatus::Pending | EncounterStatus::Failed => None,
        };
        Self {
            encounter_id: encounter.id.get(),
            status: encounter.status.word(),
            progress: Steps {
                audio_upload: progress.audio_upload.word(),
                transcription: progress.transcription.word(),
                soap_generation: progress.soap_generation.word(),
                checklist_evaluation: progress.checklist_evaluation.word(),
            },
            estimated_completion: completion.map(|time| time.to_string()).unwrap_or_default(),
            current_step: current_step(encounter),
        }
    }
}

fn current_step(encounter: &Encounter) -> String {
    if !encounter.waiting_for.is_empty() {
        return encounter.waiting_for.clone();
    }
    match encounter.status {
        EncounterStatus::Pending => "Waiting for the transcript".to_owned(),
        EncounterStatus::Processing => format!("Writing the SOAP note ({}% complete)", percent(encounter)),
        EncounterStatus::Completed => "Completed".to_owned(),
        EncounterStatus::Failed => "Failed".to_owned(),
    }
}

/// How many of the steps that there are for this consultation are done.
fn percent(encounter: &Encounter) -> usize {
    let progress = &encounter.progress;
    let mut steps = vec![progress.transcription, progress.soap_generation, progress.checklist_evaluation];
    if progress.audio_upload != StepState::Pending {
        steps.push(progress.audio_upload);
    }
    steps.iter().filter(|step| **step == StepState::Completed).count() * 100 / steps.len()
}

#[cfg(test)]
mod tests {
    use super::super::tests::pending;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_steps_are_told_as_documented() {
        let time = |text: &str| Time::parse(text).unwrap();
        let at =
            |encounter: &Encounter, now: &str| Standing::new(encounter, Duration::from_secs(3), time(now));
        let mut encounter = pending();
        let told = serde_json::to_value(at(&encounter, "2024-01-20T09:15:00Z")).unwrap();
        let steps = json!({
            "audio_upload": "pending", "transcription": "pending", "soap_generation": "pending",
            "checklist_evaluation": "pending"
        });
        let expected = json!({
            "encounter_id": 1, "status": "pending", "progress": steps, "estimated_completion": "",
            "current_step": "Waiting for the transcript."
        });
        assert_eq!(told, expected);

        encounter.waiting_for.clear();
        encounter.status = EncounterStatus::Processing;
        encounter.progress.transcription = StepState::Completed;
        encounter.progress.soap_generation = StepState::InProgress;
        encounter.due = Some(time("2024-01-20T09:17:00Z"));
        let writing = at(&encounter, "2024-01-20T09:15:01Z");
        assert_eq!(writing.estimated_completion, "2024-01-20T09:15:03Z");
        let late = at(&encounter, "2024-01-20T09:15:20Z");
        assert_eq!(late.estimated_completion, "2024-01-20T09:15:20Z");
        assert_eq!(writing.current_step, "Writing the SOAP note (33% complete)");
        // It failed, and is tried again when it is due.
        encounter.progress.soap_generation = StepState::Pending;
        let again = at(&encounter, "2024-01-20T09:15:20Z");
        assert_eq!(again.estimated_completion, "2024-01-20T09:17:03Z");
        encounter.progress.audio_upload = StepState::Completed;
        assert_eq!(percent(&encounter), 50);
    }
}
