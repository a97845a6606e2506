//! The second factor, on every API that has a password log-in.

use super::{later, letters};
use crate::kit::{Hospital, PASSWORD, Reply, Server};
use crate::otp::{code_in, texts};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;

/// What an authenticator app shows for a secret in base32 at a time.
fn app(secret: &str, seconds: i64) -> String {
    let (mut key, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in secret.bytes() {
        let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            key.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(seconds / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

struct Someone<'s> {
    server: &'s Server,
    email: &'s str,
}

impl Someone<'_> {
    async fn log_in(&self, api: &str, more: Value) -> Reply {
        let mut body = json!({"email": self.email, "password": PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.server.post(&format!("/{api}/api/auth/login/"), "", body).await
    }

    fn now(&self, secret: &str) -> String {
        app(secret, self.server.house.env.now().seconds())
    }

    /// The secret and the recovery codes.
    async fn set_up(&self, token: &str) -> (String, Vec<String>) {
        let begun = self.server.post("/api/auth/totp/", token, Value::Null).await;
        assert_eq!(begun.headers["cache-control"], "no-store");
        let begun = begun.expect(200);
        let secret = begun["secret"].as_str().unwrap().to_owned();
        assert!(begun["otpauth_url"].as_str().unwrap().contains(&format!("secret={secret}&issuer=")));
        assert!(begun["qr_code"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"));
        let confirm = async |code: &str| {
            self.server.post("/api/auth/totp/confirm/", token, json!({"code": code})).await
        };
        assert_eq!(confirm("000000x").await.status, 400);
        let codes = confirm(&self.now(&secret)).await.expect(200);
        let codes = codes["recovery_codes"].as_array().unwrap();
        (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_by_every_api() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "factor").await;
    let doctor = Someone { server: &server, email: "smith@factor.example" };
    let (secret, recovery) = doctor.set_up(&hospital.doctor).await;
    assert_eq!(recovery.len(), 10);
    letters(&server, doctor.email, "Log-in codes are in use now", 1).await;
    for (api, said) in
        [("medcor", "TOTP_REQUIRED"), ("soapify", "TOTP_REQUIRED"), ("healthcare", "totp_required")]
    {
        let asked = doctor.log_in(api, json!({})).await;
        assert!(asked.status == 401 && asked.text.contains(said), "{api}: {}", asked.text);
        // The step in which it was set up is used up.
        let used = doctor.log_in(api, json!({"totp_code": doctor.now(&secret)})).await;
        assert!(
            used.status == 401 && used.text.to_lowercase().contains("totp_invalid"),
            "{api}: {}",
            used.text
        );
        later(&server, 31_000).await;
        assert_eq!(doctor.log_in(api, json!({"totp_code": doctor.now(&secret)})).await.status, 200, "{api}");
    }
    let by_recovery = async |code: &str| doctor.log_in("medcor", json!({"recovery_code": code})).await.status;
    assert_eq!(by_recovery(&recovery[0]).await, 200);
    assert_eq!(by_recovery(&recovery[0]).await, 401, "each works once");
    assert_eq!(by_recovery(&recovery[1].to_lowercase().replace('-', " ")).await, 200);

    // New ones end the old.
    later(&server, 31_000).await;
    let token = doctor.log_in("medcor", json!({"totp_code": doctor.now(&secret)})).await.expect(200);
    let token = token["tokens"]["access"].as_str().unwrap();
    let renew =
        async |code: &str| server.post("/api/auth/totp/recovery-codes/", token, json!({"code": code})).await;
    assert_eq!(renew("000000x").await.status, 400);
    later(&server, 31_000).await;
    let renewed = renew(&doctor.now(&secret)).await.expect(200)["recovery_codes"].clone();
    assert_eq!(by_recovery(&recovery[2]).await, 401);
    assert_eq!(by_recovery(renewed[0].as_str().unwrap()).await, 200);

    // Its owner takes it away, for both.
    let remove = async |password: &str, code: &str| {
        let body = json!({"password": password, "code": code});
        server.call("DELETE", "/api/auth/totp/", token, &body).await
    };
    let refused = remove("not this one", renewed[1].as_str().unwrap()).await.expect(400);
    assert!(refused["error"]["details"]["password"].is_array(), "{refused}");
    remove(PASSWORD, renewed[1].as_str().unwrap()).await.expect(204);
    assert_eq!(doctor.log_in("medcor", json!({})).await.status, 200);
    assert_eq!(remove(PASSWORD, "123456").await.status, 409);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_helps_who_lost_their_device_and_guesses_of_codes_are_counted() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "device").await;
    let doctor = Someone { server: &server, email: "smith@device.example" };
    let (_, recovery) = doctor.set_up(&hospital.doctor).await;
    for _ in 0..5 {
        assert_eq!(doctor.log_in("medcor", json!({"totp_code": "00000x"})).await.status, 401);
    }
    assert_eq!(doctor.log_in("medcor", json!({"recovery_code": recovery[0]})).await.status, 429);
    later(&server, 31_000).await;
    let path = format!("/api/auth/users/{}/totp/", hospital.doctor_id);
    for token in [&hospital.patient, &hospital.doctor] {
        assert_eq!(server.call("DELETE", &path, token, &Value::Null).await.status, 403);
    }
    server.call("DELETE", &path, &hospital.admin, &Value::Null).await.expect(204);
    assert_eq!(
        server.get("/api/auth/profile/", &hospital.doctor).await.status,
        401,
        "its sessions have ended"
    );
    assert_eq!(doctor.log_in("medcor", json!({})).await.status, 200);
    letters(&server, doctor.email, "Log-in codes are not in use any more", 1).await;
    let trail = server.get("/healthcare/api/audit/logs/?page_size=100", &hospital.admin).await.expect(200);
    let trail = trail["data"]["results"].as_array().unwrap();
    assert!(
        trail.iter().any(|entry| entry["action"] == "reset_totp" && entry["status"] == "success"),
        "{trail:?}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_by_sms_does_not_stand_in_for_the_second_factor() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "sms").await;
    let admin = Someone { server: &server, email: "admin@sms.example" };
    let (secret, _) = admin.set_up(&hospital.admin).await;
    let phone = "+12125550101";
    let path = "/soapify/api/integrations/otp/";
    let send = json!({"phone_number": phone, "hospital": hospital.id});
    server.post(&format!("{path}send/"), "", send.clone()).await.expect(200);
    let code = code_in(&texts(&server, phone, 1).await[0]);
    let verify = async |more: Value| {
        let mut body = json!({"phone_number": phone, "otp_code": code});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.post(&format!("{path}verify/"), "", body).await
    };
    // Who has not the code does not learn that more is wanted.
    let other = if code == "000000" { "111111" } else { "000000" };
    let stranger = json!({"phone_number": phone, "otp_code": other});
    let refused = server.post(&format!("{path}verify/"), "", stranger).await.expect(401);
    assert_eq!(refused["error"]["code"], "AUTH_INVALID_CREDENTIALS");
    let asked = verify(json!({})).await.expect(401);
    assert_eq!(asked["error"]["code"], "TOTP_REQUIRED", "{asked}");
    later(&server, 31_000).await;
    let opened = verify(json!({"totp_code": admin.now(&secret)})).await.expect(200);
    assert_eq!(opened["data"]["user"]["role"], "admin");
    assert_eq!(verify(json!({"totp_code": admin.now(&secret)})).await.status, 401, "the code was used");
    server.stop().await;
}
