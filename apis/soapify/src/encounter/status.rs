//! `GET /api/encounters/{id}/status/`: how far a consultation has come. Clients poll it.

use crate::answer::{Answer, Errors, Refused};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
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
    Ok(Json(Answer::new(Standing::new(&encounter, house.completion(&encounter, ctx.now)), ctx.now)))
}

impl Standing {
    pub(super) fn new(encounter: &Encounter, completion: Option<Time>) -> Self {
        let progress = &encounter.progress;
        Self {
            encounter_id: encounter.id.get(),
            status: encounter.status.word(),
            progress: Steps {
                audio_upload: progress.audio_upload.word(),
                transcription: progress.transcription.word(),
                soap_generation: progress.soap_generation.word(),
                checklist_evaluation: progress.checklist_evaluation.word(),
            },
            estimated_completion: completion.map(|time| Moment::from(time).to_string()).unwrap_or_default(),
            current_step: current_step(encounter),
        }
    }
}

pub(super) fn current_step(encounter: &Encounter) -> String {
    if !encounter.waiting_for.is_empty() {
        return encounter.waiting_for.clone();
    }
    match encounter.status {
        EncounterStatus::Pending => "Waiting for the recording or the transcript".to_owned(),
        EncounterStatus::Processing => {
            let progress = &encounter.progress;
            let open = |state| matches!(state, StepState::Pending | StepState::InProgress);
            if open(progress.audio_upload) && encounter.audio.is_some()
                || progress.transcription == StepState::Pending
            {
                format!("Listening through the recording ({}% complete)", encounter.percent())
            } else if open(progress.transcription) {
                format!("Transcribing audio ({}% complete)", encounter.percent())
            } else {
                format!("Writing the SOAP note ({}% complete)", encounter.percent())
            }
        }
        EncounterStatus::Completed => "Completed".to_owned(),
        EncounterStatus::Failed => "Failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::pending;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_steps_are_told_as_documented() {
        let mut encounter = pending();
        let told = serde_json::to_value(Standing::new(&encounter, None)).unwrap();
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
        let time = Time::parse("2024-01-20T09:15:03Z").unwrap();
        let writing = Standing::new(&encounter, Some(time));
        assert_eq!(writing.estimated_completion, "2024-01-20T09:15:03Z");
        assert_eq!(writing.current_step, "Writing the SOAP note (33% complete)");
        encounter.progress.audio_upload = StepState::Completed;
        encounter.progress.transcription = StepState::InProgress;
        encounter.work.percent = 75;
        assert_eq!(Standing::new(&encounter, None).current_step, "Transcribing audio (43% complete)");
    }
}
