//! What an invitation and a patient's access make of what they are told.

use super::access::{AccessStatus, Ended, PatientAccess};
use super::invitation::Invitation;
use crate::decision::{Change, Decision};
use crate::id::UserId;
use crate::record::ClaimOp;
use crate::refusal::Refusal;
use crate::time::Time;

/// What was given to, or through, a telephone number; kept under an id of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneGrant {
    /// An invitation into a role.
    Invitation(Invitation),
    /// A doctor's access to what is kept of a patient.
    Access(PatientAccess),
}

/// What can be told to it.
#[derive(Debug, Clone)]
pub enum PhoneGrantCommand {
    /// Invites a number.
    Invite {
        /// How.
        invitation: Box<Invitation>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Takes an invitation back, or away once it was followed.
    EndInvitation,
    /// Notes that a doctor has asked for access.
    Ask(
        /// How.
        Box<PatientAccess>,
    ),
    /// The patient has given it.
    Grant {
        /// The digest of the token that the doctor is given, hex.
        token: String,
    },
    /// Ends access before its time; ended twice, it was ended once.
    EndAccess {
        /// Who says so.
        by: UserId,
    },
    /// Goes, where its time is over and nothing of it is to stay.
    Lapse,
}

/// What a decision makes of it.
type Decided = (Decision, Option<PhoneGrant>);

impl PhoneGrant {
    /// Decides a command on what is kept, if anything is.
    pub fn decide(kept: Option<&Self>, now: Time, command: &PhoneGrantCommand) -> Result<Decided, Refusal> {
        match (command, kept) {
            (PhoneGrantCommand::Invite { invitation, claims }, None) => {
                let mut all = claims.clone();
                let (key, expires) = (invitation.claim(), Some(invitation.until));
                all.push(ClaimOp::Take { key, body: Vec::new(), expires });
                let changes = vec![Change::create(&**invitation)];
                let decision = Decision { changes, claims: all, ..Decision::default() };
                Ok((decision, Some(Self::Invitation((**invitation).clone()))))
            }
            (PhoneGrantCommand::EndInvitation, Some(Self::Invitation(invitation))) => Ok(gone(invitation)),
            (PhoneGrantCommand::EndInvitation, _) => Err(Refusal::not_found("Invitation")),
            (PhoneGrantCommand::Ask(access), None) => {
                let changes = vec![Change::create(&**access)];
                let decision = Decision { changes, ..Decision::default() };
                Ok((decision, Some(Self::Access((**access).clone()))))
            }
            (PhoneGrantCommand::Grant { token }, Some(Self::Access(access)))
                if access.status(now) == AccessStatus::Pending =>
            {
                Ok(changed(access, access.grant(now, token)))
            }
            (PhoneGrantCommand::EndAccess { by }, Some(Self::Access(access))) => {
                let ended = Some(access.ended.unwrap_or(Ended { by: *by, at: now }));
                Ok(changed(access, PatientAccess { ended, ..access.clone() }))
            }
            (PhoneGrantCommand::Grant { .. } | PhoneGrantCommand::EndAccess { .. }, _) => {
                Err(Refusal::not_found("Access"))
            }
            (PhoneGrantCommand::Lapse, Some(Self::Invitation(invitation))) if invitation.until <= now => {
                Ok(gone(invitation))
            }
            // What was given stays to be looked at; a request that nobody answered does not.
            (PhoneGrantCommand::Lapse, Some(Self::Access(access)))
                if access.granted.is_none() && access.lapses() <= now =>
            {
                let changes = vec![Change::remove(access)];
                Ok((Decision { changes, ..Decision::default() }, None))
            }
            (PhoneGrantCommand::Lapse, kept) => Ok((Decision::default(), kept.cloned())),
            (PhoneGrantCommand::Invite { .. } | PhoneGrantCommand::Ask(_), Some(_)) => {
                Err(Refusal::conflict("grant_exists", "This exists already."))
            }
        }
    }
}

fn gone(invitation: &Invitation) -> Decided {
    let claims = vec![ClaimOp::Release { key: invitation.claim() }];
    (Decision { changes: vec![Change::remove(invitation)], claims, ..Decision::default() }, None)
}

fn changed(before: &PatientAccess, after: PatientAccess) -> Decided {
    let changes = if *before == after { Vec::new() } else { vec![Change::update(before, &after)] };
    (Decision { changes, ..Decision::default() }, Some(PhoneGrant::Access(after)))
}
