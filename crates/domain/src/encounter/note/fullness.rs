//! How much of what a note has room for it says.

use super::Sections;

impl Sections {
    /// 0 to 1: the share of a note's ten parts that say something. What a consultation had no cause for counts as not
    /// said, so this compares notes with each other and none with an ideal.
    pub fn fullness(&self) -> f64 {
        let (subjective, objective) = (&self.subjective, &self.objective);
        let (assessment, plan) = (&self.assessment, &self.plan);
        let said = [
            !subjective.chief_complaint.trim().is_empty(),
            !subjective.history_of_present_illness.trim().is_empty(),
            !subjective.review_of_systems.is_empty(),
            !objective.vital_signs.is_empty(),
            !objective.physical_exam.is_empty(),
            !assessment.primary_diagnosis.trim().is_empty(),
            !assessment.clinical_reasoning.trim().is_empty(),
            !plan.medications.is_empty() || !plan.diagnostic_tests.is_empty(),
            !plan.follow_up.timing.trim().is_empty() || !plan.follow_up.condition.trim().is_empty(),
            !plan.patient_education.is_empty(),
        ];
        let parts = u32::try_from(said.len()).unwrap_or(1);
        let full = u32::try_from(said.into_iter().filter(|said| *said).count()).unwrap_or(0);
        f64::from(full) / f64::from(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::FollowUp;
    use super::*;

    #[test]
    fn what_says_something_counts() {
        let mut sections = Sections::default();
        assert!(sections.fullness().abs() < f64::EPSILON);
        sections.subjective.chief_complaint = "Headache".into();
        sections.subjective.history_of_present_illness = "  ".into();
        sections.plan.follow_up = FollowUp { timing: "1 week".into(), ..FollowUp::default() };
        assert!((sections.fullness() - 0.2).abs() < f64::EPSILON);
    }
}
