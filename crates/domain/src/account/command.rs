//! What can be told to an account.

use super::code::CodePurpose;
use super::merge::MergePlan;
use super::totp::{SECRET_BYTES, SecondFactor};
use super::{Account, CalendarLink, Profile, Session};
use crate::id::{AppointmentId, CalendarLinkId, SessionId};
use crate::record::ClaimOp;

/// What checking a password against a hash said, off the actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogInCheck {
    /// It matches the hash given here.
    Right {
        /// The hash it was checked against: if the password was changed meanwhile, the log-in is refused.
        hash: String,
    },
    /// It does not.
    Wrong,
    /// There was none: they have shown a code that went to a telephone number.
    Phone {
        /// The keyed hash of the number, hex: where it is no log-in of the account any more, the log-in is refused.
        log_in: String,
        /// The number.
        phone: String,
    },
}

/// What can be told to an account.
#[derive(Debug, Clone)]
pub enum AccountCommand {
    /// Makes it.
    Create {
        /// The whole account.
        account: Box<Account>,
        /// Further claims of the same commit: the hospital's first administrator, a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes who they are.
    Edit {
        /// All of it.
        profile: Box<Profile>,
        /// The keyed hashes of the log-ins of that profile, hex.
        log_ins: Vec<String>,
        /// What two accounts of one person have in common, as keyed hashes: see [`Account::fingerprints`].
        fingerprints: Vec<String>,
        /// Whether it is its owner who changes it.
        own: bool,
        /// The version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Lets them log in, or not (any more: that ends every session).
    SetActive(
        /// Whether they may.
        bool,
    ),
    /// Sets a new password and ends every other session.
    SetPassword {
        /// Argon2id in PHC form.
        hash: String,
        /// The session that stays.
        keep: Option<SessionId>,
    },
    /// Opens a session, or counts a wrong password or a wrong second factor.
    LogIn {
        /// What the check said.
        check: LogInCheck,
        /// What was shown beside the password.
        second: Option<SecondFactor>,
        /// The session that opens if all is well.
        session: Box<Session>,
    },
    /// Counts a wrong password of someone who is logged in.
    WrongPassword,
    /// Ends a session.
    LogOut {
        /// Which.
        session: SessionId,
    },
    /// Ends all sessions but one.
    EndOthers {
        /// The one that stays.
        keep: SessionId,
    },
    /// Notes that a session was given a new token.
    Renewed {
        /// Which.
        session: SessionId,
    },
    /// Adds a link to the user's calendar.
    AddCalendarLink {
        /// The link.
        link: Box<CalendarLink>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Revokes a link to the user's calendar.
    RevokeCalendarLink(
        /// Which.
        CalendarLinkId,
    ),
    /// Gives out a code.
    IssueCode {
        /// What for.
        purpose: CodePurpose,
        /// Its keyed hash, hex.
        hash: String,
    },
    /// Shows a code and sets a new password: ends every session.
    ResetPassword {
        /// The code's keyed hash, hex.
        code: String,
        /// Argon2id in PHC form.
        password: String,
    },
    /// Shows a code: the e-mail address is theirs.
    VerifyEmail {
        /// The code's keyed hash, hex.
        code: String,
    },
    /// Begins to set up a second factor.
    BeginTotp {
        /// What the authenticator app is given.
        secret: [u8; SECRET_BYTES],
    },
    /// Ends setting it up: from now on log-ins ask for it.
    ConfirmTotp {
        /// The first code.
        code: String,
        /// Keyed hashes of the recovery codes, hex.
        recovery: Vec<String>,
    },
    /// Gives out new recovery codes in the place of all others.
    RenewRecovery {
        /// A code of now.
        code: String,
        /// Keyed hashes of the new ones, hex.
        recovery: Vec<String>,
    },
    /// Takes the second factor away, by its owner.
    RemoveTotp {
        /// What checking the password said.
        check: LogInCheck,
        /// A code of now, or a recovery code.
        second: SecondFactor,
    },
    /// Takes the second factor away, by an administrator: ends every session.
    ResetTotp,
    /// Begins to be merged into another account.
    BeginMerge(
        /// How.
        Box<MergePlan>,
    ),
    /// Carries a merge on.
    CarryMergeOn(
        /// How.
        MergeProgress,
    ),
    /// Adds the allergies of someone who was merged into this account.
    AddAllergies(
        /// As they stood there.
        String,
    ),
}

/// What became of a part of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeProgress {
    /// The survivor is as it must be: from now on this account is another's.
    Go,
    /// It is not: everything stays as it was.
    Drop,
    /// Everything moved that could.
    Moved(
        /// What.
        Moved,
    ),
}

/// What moved from a duplicate to the patient who stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many appointments, this time.
    pub appointments: u64,
    /// How many documents of the chart, this time.
    pub documents: u64,
    /// Appointments that could not.
    pub attention: Vec<AppointmentId>,
}
