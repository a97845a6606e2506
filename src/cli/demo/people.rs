//! The demo's people, all invented, and how they come to have accounts.

use super::client::Call;
use super::hospital::Hospital;
use super::stage::Stage;
use super::trouble::Trouble;
use serde_json::json;
use ward_scribe::consultations::{self, Consultation};

/// Someone with an account.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub id: u64,
    pub name: String,
    pub email: String,
    /// Their access token; empty until they have logged in.
    pub token: String,
}

/// A doctor to be.
pub(super) struct Doctor {
    first_name: &'static str,
    last_name: &'static str,
    department: &'static str,
    /// ISO 639-1: whose patients they see.
    pub language: &'static str,
    years: u32,
}

/// The doctors, in the order in which they join.
pub(super) const DOCTORS: &[Doctor] = &[
    Doctor {
        first_name: "Helena",
        last_name: "Aldous",
        department: "General Practice",
        language: "en",
        years: 14,
    },
    Doctor {
        first_name: "Rupert",
        last_name: "Thornquist",
        department: "Internal Medicine",
        language: "en",
        years: 9,
    },
    Doctor {
        first_name: "سپیده", last_name: "راستین", department: "Neurology", language: "fa", years: 11
    },
    Doctor {
        first_name: "Lucía",
        last_name: "Montferrer",
        department: "Family Medicine",
        language: "es",
        years: 6,
    },
];

/// A patient to be.
pub(super) struct Patient {
    pub name: String,
    age: i16,
    gender: String,
    blood_type: &'static str,
    allergies: &'static str,
}

/// The patients, in the order in which they join: those of the consultations, and four who have not been seen yet.
pub(super) fn patients() -> Vec<Patient> {
    let seen = consultations::all().iter().map(|one: &Consultation| Patient {
        name: one.patient_name.clone(),
        age: i16::try_from(one.patient_age).unwrap_or_default(),
        gender: one.patient_gender.clone(),
        blood_type: "",
        allergies: "",
    });
    let new = [
        ("Cressida Holloway", 41, "female", "O+", "Penicillin"),
        ("Anselm Brightwater", 72, "male", "A-", ""),
        ("Noor Vandermeer", 19, "female", "B+", "Peanuts"),
        ("Joaquín Peñalver", 63, "male", "AB+", "Latex"),
    ];
    let new = new.map(|(name, age, gender, blood_type, allergies)| Patient {
        name: name.to_owned(),
        age,
        gender: gender.to_owned(),
        blood_type,
        allergies,
    });
    seen.chain(new).collect()
}

/// Gives the next doctor an account.
pub(super) async fn join_doctor(stage: &mut Stage, hospital: &mut Hospital) -> Result<(), Trouble> {
    let number = hospital.doctors.len();
    let Some(doctor) = DOCTORS.get(number) else { return Ok(()) };
    let name = format!("Dr. {} {}", doctor.first_name, doctor.last_name);
    let email = hospital.address(&format!("doctor{}", number + 1));
    let body = json!({
        "email": email,
        "username": format!("doctor{}-{}", number + 1, hospital.short),
        "password": hospital.password,
        "first_name": doctor.first_name,
        "last_name": doctor.last_name,
        "role": "doctor",
        "hospital": hospital.id,
        "department": doctor.department,
        "license_number": format!("MD{}{}", hospital.short.to_uppercase(), number + 1),
        "years_of_experience": doctor.years,
    });
    let call = Call::post("/api/auth/users/", body).by(&hospital.admin.token);
    let made = stage.step(&format!("The administrator gives {name} an account."), call).await?;
    hospital.doctors.push(Person { id: made.id("/id")?, name, email, token: String::new() });
    Ok(())
}

/// Gives a patient an account.
pub(super) async fn join_patient(
    stage: &mut Stage,
    hospital: &mut Hospital,
    patient: &Patient,
) -> Result<(), Trouble> {
    let number = hospital.patients.len() + 1;
    let email = hospital.address(&format!("patient{number}"));
    let (first_name, last_name) = patient.name.rsplit_once(' ').unwrap_or((patient.name.as_str(), ""));
    let born = hospital.zone.date(hospital.now).year() - patient.age;
    let body = json!({
        "email": email,
        "username": format!("patient{number}-{}", hospital.short),
        "password": hospital.password,
        "first_name": first_name,
        "last_name": last_name,
        "role": "patient",
        "hospital": hospital.id,
        // The first of January, so that they are of their age all year.
        "date_of_birth": format!("{born:04}-01-01"),
        "gender": patient.gender,
        "blood_type": patient.blood_type,
        "allergies": patient.allergies,
    });
    let call = Call::post("/api/auth/users/", body).by(&hospital.admin.token);
    let made = stage
        .step(&format!("The administrator gives the patient {} an account.", patient.name), call)
        .await?;
    let name = patient.name.clone();
    hospital.patients.push(Person { id: made.id("/id")?, name, email, token: String::new() });
    Ok(())
}

/// Logs someone in, unless they are; their access token.
pub(super) async fn log_in(
    stage: &mut Stage,
    person: &mut Person,
    password: &str,
) -> Result<String, Trouble> {
    if person.token.is_empty() {
        let call = Call::post("/api/auth/login/", json!({ "email": person.email, "password": password }));
        let reply = stage.step(&format!("{} logs in.", person.name), call).await?;
        person.token = reply.text("/tokens/access")?;
    }
    Ok(person.token.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn twelve_patients_and_a_doctor_for_every_language() {
        let names: HashSet<String> = patients().into_iter().map(|patient| patient.name).collect();
        assert_eq!(names.len(), 12, "twelve different people");
        for one in consultations::all() {
            assert!(DOCTORS.iter().any(|doctor| doctor.language == one.language), "nobody sees {}", one.slug);
        }
    }
}
