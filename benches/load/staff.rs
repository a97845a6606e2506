//! A hospital with real accounts, made over HTTP as its administrator makes them.

use super::client::{Call, Connection};
use super::server::ADMIN;
use serde_json::{Value, json};
use std::net::SocketAddr;

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
    pub async fn join(address: SocketAddr, doctors: usize) -> Self {
        let mut server = Connection::open(address).await;
        let platform = log_in(&mut server, ADMIN.0, ADMIN.1).await;
        let hospital = json!({"name": "Load", "city": "Berlin", "state": "BE", "country": "DE", "hospital_type": "general",
            "contact_email": "load@load.example", "contact_phone": "+49 30 1234567"});
        let made = server.must(&Call::post("/medcor/api/hospitals/", &platform, hospital)).await;
        let mut admin = person("admin", 0, &made["id"]);
        admin["setup_code"] = made["setup_code"].clone();
        server.must(&Call::post("/medcor/api/auth/register/", "", admin)).await;
        let admin = log_in(&mut server, "admin0@load.example", PASSWORD).await;
        let mut all = Vec::new();
        for number in 0..doctors {
            let account = person("doctor", number, &made["id"]);
            let account = server.must(&Call::post("/medcor/api/auth/users/", &admin, account)).await;
            let token = log_in(&mut server, &format!("doctor{number}@load.example"), PASSWORD).await;
            all.push(Doctor { id: account["id"].as_u64().unwrap(), token });
        }
        let patient = person("patient", 0, &made["id"]);
        let patient = server.must(&Call::post("/medcor/api/auth/users/", &admin, patient)).await;
        let (hospital, patient) = (made["id"].as_u64().unwrap(), patient["id"].as_u64().unwrap());
        Self { hospital, doctors: all, patient }
    }
}

fn person(role: &str, number: usize, hospital: &Value) -> Value {
    json!({"email": format!("{role}{number}@load.example"), "username": format!("{role}{number}.load"), "password": PASSWORD,
        "password_confirm": PASSWORD, "first_name": "A", "last_name": "B", "role": role, "hospital": hospital})
}

async fn log_in(server: &mut Connection, email: &str, password: &str) -> String {
    let body = json!({"email": email, "password": password});
    let answer = server.must(&Call::post("/medcor/api/auth/login/", "", body)).await;
    answer["tokens"]["access"].as_str().unwrap().to_owned()
}
