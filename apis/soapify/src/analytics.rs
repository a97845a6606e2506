//! `GET /api/analytics/dashboard/`: figures of consultations (document 000, *Get Analytics Dashboard*).

use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::encounter::EncounterStatus;
use ward_domain::encounter::note::readable;
use ward_domain::zone::Zone;
use ward_http::{Caller, Outcome, Params, bounds};
use ward_services::analytics::{self, Dashboard, Period};
use ward_services::{Filters, House};

/// The most complaints that are named.
const MAX_COMPLAINTS: usize = 10;
const MINUTE_MS: f64 = 60_000.0;
const SECOND_MS: f64 = 1_000.0;
const PERIODS: [(&str, Wanted); 6] = [
    ("today", Wanted::Calendar(Period::Today)),
    ("week", Wanted::Calendar(Period::Week)),
    ("month", Wanted::Calendar(Period::Month)),
    ("quarter", Wanted::Calendar(Period::Quarter)),
    ("year", Wanted::Calendar(Period::Year)),
    ("custom", Wanted::Custom),
];

#[derive(Debug, Clone, Copy)]
enum Wanted {
    Calendar(Period),
    Custom,
}

/// Figures of consultations by the day on which they took place.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figures {
    period: Days,
    summary: Summary,
    trends: Trends,
    quality_metrics: Quality,
    /// False where so much has just changed that some of it is not in the figures yet.
    is_up_to_date: bool,
}

/// Days of the hospital, both inclusive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Days {
    #[schema(format = Date)]
    start: String,
    #[schema(format = Date)]
    end: String,
}

/// All days together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    total_encounters: u64,
    /// By the name that the doctor wrote: two patients of one name count as one.
    total_patients: u64,
    /// In minutes, of those whose length is known.
    avg_encounter_duration: f64,
    total_audio_minutes: f64,
    /// Consultations that have a note.
    soap_notes_generated: u64,
    /// In seconds, from the transcript to the note.
    avg_processing_time: f64,
    /// `pending`, `processing`, `completed`, `failed`.
    encounters_by_status: BTreeMap<&'static str, u64>,
    /// Notes that are signed.
    signed_notes: u64,
    /// Versions of notes that persons wrote.
    note_edits: u64,
    /// Addenda to signed notes.
    addenda: u64,
}

/// Day by day, and what they were about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trends {
    /// Every day of the period.
    encounters_by_day: Vec<DayCount>,
    /// The ten most common, by the symptoms that were found in what was said.
    common_complaints: Vec<Complaint>,
    /// Days on which there are notes.
    processing_times: Vec<DayTime>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DayCount {
    #[schema(format = Date)]
    date: String,
    count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "as the document names them")]
pub struct Complaint {
    #[schema(example = "Headache")]
    complaint: String,
    count: u64,
    /// Of all consultations, with one decimal.
    percentage: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DayTime {
    #[schema(format = Date)]
    date: String,
    avg_seconds: f64,
}

/// Each 0 to 1, and 0 where there is nothing to judge.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quality {
    avg_checklist_score: f64,
    /// How much of what a note has room for notes say.
    documentation_completeness: f64,
    ai_confidence_avg: f64,
}

/// Figures of consultations: a doctor's own, or for the administrator the hospital's.
#[utoipa::path(
    get, path = "/api/analytics/dashboard/", tag = "Search & Analytics", security(("bearer" = [])),
    params(
        ("period" = Option<String>, Query, description = "today, week (from Monday on), month (the default), quarter, year: that of today in the hospital's time zone. custom: from date_from to date_to."),
        ("date_from" = Option<String>, Query, description = "The first day of a custom period."),
        ("date_to" = Option<String>, Query, description = "The last day of a custom period, which has at most 366."),
    ),
    responses((status = 200, description = "The figures.", body = Answer<Figures>), Errors)
)]
pub async fn dashboard(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    params: Params,
) -> Outcome<Json<Answer<Figures>>> {
    let period = read(params, &house.zone(&ctx).await)?;
    let counted = analytics::dashboard(&house, &ctx, period).await?;
    Ok(Json(Answer::new(Figures::from(counted), ctx.now)))
}

fn read(mut params: Params, zone: &Zone) -> Outcome<Period> {
    let wanted = params.choice("period", &PERIODS);
    let asked = matches!(wanted, Some(Wanted::Custom));
    let Filters { from, until } = bounds::period(&mut params, zone);
    let dated = params.has("date_from") || params.has("date_to");
    let custom = asked || (dated && !params.has("period"));
    // One that is there and cannot be read is told as such; of the other nothing is said then.
    let unread = (params.has("date_from") && from.is_none()) || (params.has("date_to") && until.is_none());
    for name in ["date_from", "date_to"] {
        let given = params.has(name) || unread;
        params.errors().check(given || !custom, name, "A custom period needs both of its days.");
    }
    params.finish()?;
    Ok(match (custom, from, until, wanted) {
        (true, Some(from), Some(until), _) => Period::Custom(zone.date(from), zone.date(until)),
        (_, _, _, Some(Wanted::Calendar(period))) => period,
        _ => Period::Month,
    })
}

impl From<Dashboard> for Figures {
    fn from(counted: Dashboard) -> Self {
        let Dashboard { from, until, total, by_day, up_to_date } = counted;
        let all = total.encounters();
        let complaints = total.complaints().into_iter().take(MAX_COMPLAINTS);
        let timed = by_day.iter().filter(|(_, day)| day.notes() > 0);
        Self {
            period: Days { start: from.to_string(), end: until.to_string() },
            summary: Summary {
                total_encounters: all,
                total_patients: total.patients(),
                avg_encounter_duration: rounded(total.mean_duration_ms() / MINUTE_MS, 1),
                total_audio_minutes: rounded(whole(total.duration_ms()) / MINUTE_MS, 1),
                soap_notes_generated: total.notes(),
                avg_processing_time: rounded(total.mean_processing_ms() / SECOND_MS, 1),
                encounters_by_status: EncounterStatus::ALL
                    .into_iter()
                    .map(|status| (status.word(), total.by_status(status)))
                    .collect(),
                signed_notes: total.signed(),
                note_edits: total.edits(),
                addenda: total.addenda(),
            },
            trends: Trends {
                encounters_by_day: by_day
                    .iter()
                    .map(|(date, day)| DayCount { date: date.to_string(), count: day.encounters() })
                    .collect(),
                common_complaints: complaints
                    .map(|(tag, count)| Complaint {
                        complaint: readable(tag),
                        count,
                        percentage: rounded(whole(count) * 100.0 / whole(all.max(1)), 1),
                    })
                    .collect(),
                processing_times: timed
                    .map(|(date, day)| DayTime {
                        date: date.to_string(),
                        avg_seconds: rounded(day.mean_processing_ms() / SECOND_MS, 1),
                    })
                    .collect(),
            },
            quality_metrics: Quality {
                avg_checklist_score: rounded(total.mean_checklist(), 2),
                documentation_completeness: rounded(total.mean_fullness(), 2),
                ai_confidence_avg: rounded(total.mean_confidence(), 2),
            },
            is_up_to_date: up_to_date,
        }
    }
}

#[allow(clippy::cast_precision_loss)] // counts and milliseconds of years are below 2^53
fn whole(number: u64) -> f64 {
    number as f64
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let power = 10_f64.powi(decimals);
    (value * power).round() / power
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;
    use ward_domain::statistics::EncounterFigures;
    use ward_services::Fail;

    fn of(query: &str) -> Result<Period, Vec<String>> {
        read(Params::read(query), &Zone::UTC).map_err(|failure| match failure.fail() {
            Fail::Refused(refusal) => refusal.fields.iter().map(|field| field.field.to_string()).collect(),
            Fail::Fault(fault) => panic!("{fault}"),
        })
    }

    #[test]
    fn periods_are_read_and_a_custom_one_needs_its_days() {
        let custom = Period::Custom(date(2024, 1, 1), date(2024, 1, 31));
        for (query, expected) in [
            ("", Ok(Period::Month)),
            ("period=week&date_from=2024-01-01", Ok(Period::Week)),
            ("period=custom&date_from=2024-01-01&date_to=2024-01-31", Ok(custom)),
            ("date_from=2024-01-01&date_to=2024-01-31T10:00:00Z", Ok(custom)),
            ("period=custom", Err(vec!["date_from", "date_to"])),
            ("period=custom&date_from=soon&date_to=2024-01-31", Err(vec!["date_from"])),
            ("date_from=2024-01-01", Err(vec!["date_to"])),
            ("period=decade", Err(vec!["period"])),
        ] {
            let expected = expected.map_err(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(of(query), expected, "{query}");
        }
    }

    #[test]
    fn every_documented_key_is_there_when_there_is_nothing() {
        let day = date(2024, 1, 1);
        let counted = Dashboard {
            from: day,
            until: day,
            total: EncounterFigures::default(),
            by_day: vec![(day, EncounterFigures::default())],
            up_to_date: true,
        };
        let figures = serde_json::to_value(Figures::from(counted)).unwrap();
        let expected = json!({
            "period": {"start": "2024-01-01", "end": "2024-01-01"},
            "summary": {
                "total_encounters": 0, "total_patients": 0, "avg_encounter_duration": 0.0, "total_audio_minutes": 0.0,
                "soap_notes_generated": 0, "avg_processing_time": 0.0,
                "encounters_by_status": {"pending": 0, "processing": 0, "completed": 0, "failed": 0},
                "signed_notes": 0, "note_edits": 0, "addenda": 0
            },
            "trends": {
                "encounters_by_day": [{"date": "2024-01-01", "count": 0}], "common_complaints": [],
                "processing_times": []
            },
            "quality_metrics": {"avg_checklist_score": 0.0, "documentation_completeness": 0.0, "ai_confidence_avg": 0.0},
            "is_up_to_date": true
        });
        assert_eq!(figures, expected);
    }
}
