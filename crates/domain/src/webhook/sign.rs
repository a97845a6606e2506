//! Signatures: how a receiver knows that a body is Ward's and whole.
//!
//! Two forms go out beside each other. The API's own header holds the lower-case hex of HMAC-SHA256 over the raw body,
//! keyed with the secret as it is written. The headers of Standard Webhooks (standardwebhooks.com) sign id, time and
//! body; a secret `whsec_…` is the base64 of the key there, any other is the key as it is written.

use crate::face::Face;
use crate::secret::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret that Ward makes begins with.
pub const PREFIX: &str = "whsec_";

/// A secret of these random bytes.
pub fn secret_of(bytes: &[u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The header in which an API's clients look for the signature of the newest secret.
pub const fn header(face: Face) -> &'static str {
    match face {
        Face::Mark => "x-mark-signature",
        Face::Medcor => "x-medcor-signature",
        Face::Soapify => "x-soapify-signature",
        Face::Chatbot => "x-chatbot-signature",
        Face::Healthcare => "x-healthcare-signature",
    }
}

/// The headers of one attempt. `secrets` are those that are good now, the newest first.
pub fn headers(face: Face, id: &str, seconds: i64, body: &[u8], secrets: &[&str]) -> Vec<(String, String)> {
    let standard: Vec<String> = secrets.iter().map(|secret| standard(secret, id, seconds, body)).collect();
    let mut headers = vec![
        ("webhook-id".to_owned(), id.to_owned()),
        ("webhook-timestamp".to_owned(), seconds.to_string()),
        ("webhook-signature".to_owned(), standard.join(" ")),
    ];
    let own = header(face);
    let named = [own.to_owned(), format!("{own}-old")];
    headers.extend(named.into_iter().zip(secrets.iter().map(|secret| plain(secret, body))));
    headers
}

/// Hex over the body alone.
pub fn plain(secret: &str, body: &[u8]) -> String {
    hex(&mac(secret.as_bytes(), &[body]))
}

/// `v1,` and base64 over id, time and body.
pub fn standard(secret: &str, id: &str, seconds: i64, body: &[u8]) -> String {
    let decoded = secret.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
    let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
    let signed = mac(&key, &[id.as_bytes(), b".", seconds.to_string().as_bytes(), b".", body]);
    format!("v1,{}", STANDARD.encode(signed))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
