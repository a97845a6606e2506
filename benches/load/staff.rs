//! A hospital with real accounts, made over HTTP as its administrator makes them.

use super::client::{Call, Connection};
use super::server::Server;
use super::town;
use serde_json::{Value, json};

const PASSWORD: &str = "a-password-of-9-figures";

/// A doctor who has logged in.
pub struct Doctor {
    /// The account.
    pub id: u64,
    /// Access token.
    pub token: String,
}

/// Who works in the hospital.
pub struct Staff {
    /// The hospital.
    pub hospital: u64,
    /// Its doctors.
    pub doctors: Vec<Doctor>,
    /// A patient of it.
    pub patient: u64,
}

impl Staff {
    /// A hospital joins, with so many doctors and one patient.
    pub async fn join(server: &Server, doctors: usize) -> Self {
        let (hospital, admin) = town::join(server).await;
        let mut http = Connection::open(server.address).await;
        let mut all = Vec::new();
        for number in 0..doctors {
            let account = person("doctor", number, hospital);
            let account = http.must(&Call::post("/medcor/api/auth/users/", &admin, account)).await;
            let token = town::log_in(&mut http, &format!("doctor{number}@load.example"), PASSWORD).await;
            all.push(Doctor { id: account["id"].as_u64().unwrap(), token });
        }
        let patient = person("patient", 0, hospital);
        let patient = http.must(&Call::post("/medcor/api/auth/users/", &admin, patient)).await;
        Self { hospital, doctors: all, patient: patient["id"].as_u64().unwrap() }
    }
}

fn person(role: &str, number: usize, hospital: u64) -> Value {
    json!({"email": format!("{role}{number}@load.example"), "username": format!("{role}{number}.load"), "password": PASSWORD,
        "password_confirm": PASSWORD, "first_name": "A", "last_name": "B", "role": role, "hospital": hospital})
}
