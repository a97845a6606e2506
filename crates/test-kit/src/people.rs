//! Hospitals and the people in them, made by the real actors.

use crate::{DEADLINE, Kit};
use ward_actors::hospital::HospitalMessage;
use ward_domain::account::{Account, AccountCommand, Failures, Profile};
use ward_domain::hospital::{
    DataKeyRecord, Hospital, HospitalCommand, HospitalProfile, HospitalStatus, KeyRing, Plan, Setup,
};
use ward_domain::id::UserId;
use ward_domain::policy::Role;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::DAY;

impl Kit {
    /// A hospital that joins, on a plan without quotas.
    pub async fn hospital(&self, name: &str) -> TenantScope {
        let (id, now) = (self.id(), self.env.now());
        let hospital = Hospital {
            id: id.into(),
            profile: HospitalProfile {
                name: name.into(),
                time_zone: "UTC".into(),
                ..HospitalProfile::default()
            },
            status: HospitalStatus::Active,
            plan: Plan {
                code: "unlimited".into(),
                max_doctors: None,
                max_patients: None,
                max_members: None,
                max_appointments_per_month: None,
            },
            subscription: None,
            setup: Setup { code_digest: String::new(), until: now.plus(DAY) },
            created_at: now,
            updated_at: now,
        };
        let key = DataKeyRecord { id: self.id(), number: 1, key: String::new(), created_at: now };
        let keys = KeyRing { hospital: id.into(), keys: vec![key] };
        let create = HospitalMessage::Do(Box::new(HospitalCommand::Create {
            hospital: Box::new(hospital),
            keys,
            claims: Vec::new(),
        }));
        self.actors.hospitals.ask(&ward_tenants::platform(), id, DEADLINE, create).await.unwrap();
        self.hospitals.scope(ward_domain::id::HospitalId::from(id).into()).await.unwrap().unwrap()
    }

    /// A doctor.
    pub async fn doctor(&self, scope: &TenantScope, name: &str) -> UserId {
        self.person(scope, Role::Doctor, name).await
    }

    /// A patient with an address to write to.
    pub async fn patient(&self, scope: &TenantScope, name: &str) -> UserId {
        self.person(scope, Role::Patient, name).await
    }

    /// So many patients.
    pub async fn patients(&self, scope: &TenantScope, count: usize) -> Vec<UserId> {
        let mut patients = Vec::with_capacity(count);
        for number in 0..count {
            patients.push(self.patient(scope, &format!("Patient {number}")).await);
        }
        patients
    }

    async fn person(&self, scope: &TenantScope, role: Role, name: &str) -> UserId {
        let (id, now) = (self.id(), self.env.now());
        let profile =
            Profile { first_name: name.into(), email: format!("u{id}@home.example"), ..Profile::default() };
        let account = Account {
            id: id.into(),
            role,
            active: true,
            profile,
            password_hash: String::new(),
            log_ins: Vec::new(),
            failures: Failures::default(),
            created_at: now,
            updated_at: now,
            last_log_in: None,
            email_verified: false,
            phone_unproven: false,
            merged_into: None,
            fingerprints: Vec::new(),
        };
        let create = AccountCommand::Create { account: Box::new(account), claims: Vec::new() };
        self.actors.accounts.ask(scope, id, DEADLINE, create).await.unwrap();
        id.into()
    }
}
