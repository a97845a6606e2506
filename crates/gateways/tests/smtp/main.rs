//! The SMTP adapter against a real server (aiosmtpd), over real sockets.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here fails the test, helpers included

mod answers;
mod certificates;
mod letters;
mod security;

use certificates::Certificates;
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_gateways::mail::server::Server;
use ward_gateways::mail::{Mail, Security, Sender, SmtpSettings};

fn scope() -> TenantScope {
    #[allow(clippy::disallowed_methods)] // a test of a gateway stands for the tenants crate
    TenantScope::mint(TenantId::from_number(5))
}

/// A letter to `someone@home.example`, or to whom the server is to treat in its special way.
fn letter(id: u64, to: &str) -> Mail {
    Mail {
        message_id: Id::new(id).unwrap().into(),
        at: Time::parse("2025-01-20T09:00:00Z").unwrap(),
        from: Sender { name: "Ward".into(), address: "ward@hospital.example".into() },
        to: format!("{to}@home.example"),
        subject: "Your appointment".into(),
        text: "Dear patient,\nuntil tomorrow.\n".into(),
    }
}

/// Settings for a server without TLS.
fn plain(server: &Server) -> SmtpSettings {
    SmtpSettings { port: Some(server.port), security: Security::None, ..SmtpSettings::for_host("127.0.0.1") }
}

/// Settings that trust a test's authority.
fn trusting(certificates: &Certificates, security: Security, port: u16) -> SmtpSettings {
    let ca_file = Some(certificates.authority.clone());
    SmtpSettings { port: Some(port), security, ca_file, ..SmtpSettings::for_host("127.0.0.1") }
}
