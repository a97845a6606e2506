//! Ports to the outside, and their adapters.
//!
//! A port is a trait that says what the house needs; an adapter serves it. Nothing here decides anything about a
//! hospital: what to send, to whom and how often is decided by the callers, and which adapter serves a port is chosen
//! by the program's settings. No adapter logs, or puts in an error, an address or a word of what it carries.
//!
//! - [`mail`]: letters out. [`mail::OutboxFolder`] where nothing is configured, [`mail::Smtp`] for the real thing.
//! - [`sms`]: texts out. [`sms::SmsOutbox`] where nothing is configured, [`sms::Kavenegar`] or [`sms::Twilio`] for the real
//!   thing.
//! - [`scribe`]: a consultation's note. [`scribe::RuleScribe`] runs Ward's own rules on this machine.
//! - [`objects`]: audio and attachments. The port and its links only: the adapters seal what they keep with keys of the
//!   store's port, and live in `ward_objects`.
//! - [`embedder`]: what texts are about, as vectors. Ward's own maker of them is `ward_concepts`; [`embedder::OpenAi`] asks
//!   a server.
//! - [`speech`]: what is said in a recording. [`speech::NoSpeech`] where nothing is configured, [`speech::OpenAiSpeech`] asks a
//!   server.
//! - [`webhook`]: events to the URLs that a hospital has named. [`webhook::Https`] reaches public addresses only.
//! - [`scan`]: malware in what people send in. [`scan::NoScanner`] where nothing is configured, [`scan::Clamd`] for the real
//!   thing.
//! - [`payment`]: pages on which patients pay. [`payment::Sandbox`] moves no money; [`payment::SignedGateway`] asks a
//!   provider that tells by signed callbacks.
//!
//! To add an adapter: a file beside the others, the port's trait for it, and a line in the program's wiring.

pub mod embedder;
pub mod mail;
pub mod objects;
mod outside;
pub mod payment;
pub mod scan;
pub mod scribe;
mod shelf;
pub mod sms;
pub mod speech;
pub mod webhook;

pub use embedder::{EmbedError, Embedder};
pub use mail::{Mail, MailError, Mailer, Sender};
pub use objects::{Links, Objects};
pub use payment::PaymentGateway;
pub use scan::{NoScanner, Scanner};
pub use scribe::{ClinicalScribe, Hints, ScribeError};
pub use sms::{Sms, SmsError, SmsSender};
pub use speech::{NoSpeech, SpeechToText};
pub use webhook::WebhookSender;
