//! Who takes payments.

use super::OpenError;
use crate::settings::{PaymentKind, Settings};
use std::sync::Arc;
use ward_gateways::PaymentGateway;
use ward_gateways::payment::{Sandbox, SignedGateway};
use ward_services::payment::Payments;
use ward_tenants::MasterKeys;

/// The configured gateway and terms. A provider is not asked for anything here.
pub fn payments(settings: &Settings, master: &MasterKeys) -> Result<Payments, OpenError> {
    let gateway: Option<Arc<dyn PaymentGateway>> = match settings.payments.gateway {
        PaymentKind::None => None,
        PaymentKind::Sandbox => {
            let previous = master.derive_previous("sandbox payments");
            Some(Arc::new(Sandbox::new(&master.derive("sandbox payments"), &previous)))
        }
        PaymentKind::Signed => Some(Arc::new(signed(settings)?)),
    };
    Ok(Payments { gateway, terms: settings.payments.terms() })
}

fn signed(settings: &Settings) -> Result<SignedGateway, OpenError> {
    SignedGateway::new(settings.payments.signed(&settings.server.public_url))
        .map_err(|error| OpenError(format!("payments.url: {error}")))
}

/// What patients pay through, for `ward check`.
pub fn described(settings: &Settings) -> Result<String, OpenError> {
    let currency = &settings.payments.currency;
    Ok(match settings.payments.gateway {
        PaymentKind::None => "none: doctors cannot ask patients to pay".to_owned(),
        PaymentKind::Sandbox => format!("sandbox, in {currency}: no money moves"),
        PaymentKind::Signed => format!("{}, in {currency}", signed(settings)?.describe()),
    })
}
