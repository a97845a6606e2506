//! The demo's hospital, and how it joins the platform.

use super::client::Call;
use super::people::Person;
use super::slots::Offer;
use super::stage::Stage;
use super::trouble::Trouble;
use http::StatusCode;
use serde_json::json;
use ward_domain::secret::hex;
use ward_domain::time::Time;
use ward_domain::zone::Zone;

/// Where the demo's hospital lies.
pub(super) const TIME_ZONE: &str = "Europe/Madrid";

/// The demo's hospital as far as it has come.
pub(super) struct Hospital {
    pub id: u64,
    pub name: String,
    /// Eight hex digits that no other demo has.
    pub short: String,
    pub zone: Zone,
    /// When the demo began.
    pub now: Time,
    /// Of all its people; made for this run.
    pub password: String,
    pub admin: Person,
    pub doctors: Vec<Person>,
    pub patients: Vec<Person>,
    /// What the doctors offer, in the order of `doctors`.
    pub offers: Vec<Offer>,
}

impl Hospital {
    /// An e-mail address of the hospital. `.example` never gets mail (RFC 2606).
    pub fn address(&self, name: &str) -> String {
        format!("{name}@demo-{}.example", self.short)
    }
}

/// The platform admin lets a hospital join, and its first administrator registers and logs in.
pub(super) async fn join(
    stage: &mut Stage,
    email: &str,
    password: &str,
    now: Time,
) -> Result<Hospital, Trouble> {
    stage.chapter("A hospital joins (secrets are masked; empty fields and what is long are not shown)");
    let call = Call::post("/api/auth/login/", json!({ "email": email, "password": password }));
    let logged_in =
        stage.step("The platform admin logs in.", call).await.map_err(|trouble| match trouble {
            Trouble::Step { status, body, .. } if status == StatusCode::UNAUTHORIZED => {
                Trouble::WrongLogIn { status, body }
            }
            other => other,
        })?;
    let platform = logged_in.text("/tokens/access")?;

    let short = hex(&random::<4>());
    let name = format!("Demo Hospital {short}");
    let mut hospital = Hospital {
        id: 0,
        name,
        zone: Zone::named(TIME_ZONE).unwrap_or(Zone::UTC),
        now,
        password: format!("demo-{}", hex(&random::<8>())),
        admin: Person { name: "The administrator".to_owned(), ..Person::default() },
        short,
        doctors: Vec::new(),
        patients: Vec::new(),
        offers: Vec::new(),
    };
    hospital.admin.email = hospital.address("admin");
    let body = json!({
        "name": hospital.name,
        "city": "Madrid",
        "state": "Madrid",
        "country": "Spain",
        "hospital_type": "general",
        "contact_email": hospital.admin.email,
        "contact_phone": "+34-910-555-010",
        "time_zone": TIME_ZONE,
    });
    let made = stage
        .step(
            "They create a hospital; the answer holds a one-time code for its first administrator.",
            Call::post("/api/hospitals/", body).by(&platform),
        )
        .await?;
    hospital.id = made.id("/id")?;
    register(stage, &mut hospital, &made.text("/setup_code")?).await?;
    Ok(hospital)
}

async fn register(stage: &mut Stage, hospital: &mut Hospital, setup_code: &str) -> Result<(), Trouble> {
    let body = json!({
        "email": hospital.admin.email,
        "password": hospital.password,
        "password_confirm": hospital.password,
        "first_name": "Beatrix",
        "last_name": "Ashgrove",
        "role": "admin",
        "hospital": hospital.id,
        "setup_code": setup_code,
    });
    let call = Call::post("/api/auth/register/", body);
    let made = stage
        .step("With that code the hospital's first administrator registers, without a log-in.", call)
        .await?;
    hospital.admin.id = made.id("/id").or_else(|_| made.id("/user/id"))?;
    super::people::log_in(stage, &mut hospital.admin, &hospital.password).await?;
    Ok(())
}

/// Random bytes, fit for a password.
#[allow(clippy::disallowed_methods, reason = "a client of its own: it holds none of the house's keys")]
fn random<const N: usize>() -> [u8; N] {
    use rand::RngCore as _;
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
