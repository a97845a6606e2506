//! What someone did to what, in the words of the trail.

use crate::policy::{Action, Resource};

macro_rules! deeds {
    ($($(#[$doc:meta])* $deed:ident = $word:literal),+ $(,)?) => {
        /// What someone did, as it stands in the trail: one list, for those who write entries and those who count them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Deed { $($(#[$doc])* $deed),+ }

        impl Deed {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$deed),+];

            /// The word in the trail. It is on disk: never give a word a second meaning.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$deed => $word),+ }
            }
        }
    };
}

deeds! {
    /// Made one.
    Create = "create",
    /// Saw one.
    Read = "read",
    /// Saw many.
    List = "list",
    /// Changed one.
    Update = "update",
    /// Deleted or deactivated one.
    Delete = "delete",
    /// Said that it takes place.
    Confirm = "confirm",
    /// Said that it does not.
    Cancel = "cancel",
    /// Said that it took place.
    Complete = "complete",
    /// Logged in, or tried to.
    LogIn = "log_in",
    /// Logged out.
    LogOut = "log_out",
    /// Registered.
    Register = "register",
    /// Changed their password.
    ChangePassword = "change_password",
    /// Began a new data key.
    RotateKeys = "rotate_keys",
    /// Had a search index fed anew.
    RebuildSearch = "rebuild_search",
    /// Had figures counted anew.
    RecountStatistics = "recount_statistics",
    /// Wrote everything that the house keeps into a file.
    BackUp = "back_up",
    /// Broke the glass before a chart.
    BreakGlass = "break_glass",
    /// Saw one thing of a chart that nothing but broken glass opened.
    ReadBreakGlass = "read_break_glass",
    /// Saw a list of a chart that nothing but broken glass opened.
    ListBreakGlass = "list_break_glass",
    /// Took what was deleted away for good, when its time was over.
    Purge = "purge",
    /// Was sent a code for a new password.
    AskResetPassword = "ask_reset_password",
    /// Set a new password by such a code, or tried to.
    ResetPassword = "reset_password",
    /// Was sent a code that confirms an e-mail address.
    AskVerifyEmail = "ask_verify_email",
    /// Confirmed an e-mail address.
    VerifyEmail = "verify_email",
    /// Began to set up a second factor.
    BeginTotp = "begin_totp",
    /// Set up a second factor.
    ConfirmTotp = "confirm_totp",
    /// Drew new recovery codes.
    RenewRecovery = "renew_recovery_codes",
    /// Took their second factor away.
    RemoveTotp = "remove_totp",
    /// Took another's second factor away.
    ResetTotp = "reset_totp",
    /// Was sent a code to log in with.
    AskLogInCode = "ask_log_in_code",
    /// Looked at their sessions.
    ListSessions = "list_sessions",
    /// Ended one of their sessions, or all others.
    EndSession = "end_session",
    /// Merged two accounts of one patient, or gave something of the one to the other.
    Merge = "merge",
}

impl From<Action> for Deed {
    fn from(action: Action) -> Self {
        match action {
            Action::Create => Self::Create,
            Action::Read => Self::Read,
            Action::List => Self::List,
            Action::Update => Self::Update,
            Action::Delete => Self::Delete,
            Action::Confirm => Self::Confirm,
            Action::Cancel => Self::Cancel,
            Action::Complete => Self::Complete,
            Action::Merge => Self::Merge,
        }
    }
}

/// The word of a resource in the trail.
pub fn resource_word(resource: Resource) -> &'static str {
    match resource {
        Resource::Hospital => "hospital",
        Resource::Statistics => "statistics",
        Resource::Practitioner => "practitioner",
        Resource::Patient => "patient",
        Resource::Member => "member",
        Resource::Slot => "slot",
        Resource::Appointment => "appointment",
        Resource::WaitingEntry => "waiting_entry",
        Resource::CalendarLink => "calendar_link",
        Resource::Encounter => "encounter",
        Resource::NoteSignature => "note_signature",
        Resource::NoteAddendum => "note_addendum",
        Resource::NoteExport => "note_export",
        Resource::EncounterStatistics => "encounter_statistics",
        Resource::MedicalRecord => "medical_record",
        Resource::Attachment => "attachment",
        Resource::Treatment => "treatment",
        Resource::MedicationRequest => "medication_request",
        Resource::BreakGlass => "break_glass",
        Resource::AuditLog => "audit_log",
        Resource::Server => "server",
        Resource::Webhook => "webhook",
        Resource::Specialty => "specialty",
        Resource::DoctorSpecialty => "doctor_specialty",
        Resource::SubscriptionPlan => "subscription_plan",
        Resource::Subscription => "subscription",
        Resource::Wallet => "wallet",
        Resource::Payment => "payment",
        Resource::Refund => "refund",
        Resource::Withdrawal => "withdrawal",
        Resource::Invitation => "invitation",
        Resource::PatientAccess => "patient_access",
    }
}
