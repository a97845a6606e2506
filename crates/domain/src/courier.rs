//! Messages on their way out: what is asked for, what is sent, and what happens when sending fails.

use crate::account::SecurityChange;
use crate::decision::{Change, Decision};
use crate::id::{AppointmentId, BreakGlassId, EventId, Id, MessageId, SlotId, UserId, WaitingEntryId};
use crate::record::{ClaimKey, ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::Refusal;
use crate::time::{DAY, MINUTE, Time};
use serde::{Deserialize, Serialize};

/// Why someone is written to. It carries ids only: the words are made when the message is enqueued, from what the
/// records say then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "occasion", rename_all = "snake_case")]
pub enum Occasion {
    /// An appointment is near.
    AppointmentReminder {
        /// Which.
        appointment: AppointmentId,
        /// How near.
        minutes_before: i64,
    },
    /// A doctor has broken the glass before a patient's chart: the hospital is told.
    BreakGlass {
        /// Which time.
        opened: BreakGlassId,
    },
    /// A slot is offered to who waited for one.
    SlotOffered {
        /// Whose place on the waiting list it was.
        entry: WaitingEntryId,
        /// Which slot.
        slot: SlotId,
    },
    /// Something changed in how someone logs in.
    AccountSecured {
        /// What.
        change: SecurityChange,
        /// When.
        at: Time,
    },
    /// A doctor was paid.
    PaymentReceived {
        /// Which payment.
        transaction: crate::id::TransactionId,
    },
    /// A webhook took nothing for too long and is told nothing any more.
    WebhookDisabled {
        /// Which.
        webhook: crate::id::WebhookId,
    },
}

/// What is to be sent, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRequest {
    /// Whom it is for; `None`: the hospital itself, at the address where the platform writes to.
    pub recipient: Option<UserId>,
    /// Why.
    pub occasion: Occasion,
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    #[default]
    Mail,
    /// By SMS; it has no subject.
    Sms,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// It waits for its first or next attempt.
    Queued,
    /// An attempt is under way. If nobody hears how it ended, it is made again when [`OutgoingMessage::due`] says; of a one-time
    /// code it is not: see [`OutgoingMessage::once_until`].
    Sending,
    /// The gateway took it.
    Sent,
    /// Nobody will take it: refused for good, or tried for too long. It stays to be looked at.
    Dead,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMessage {
    /// Its id; its `Message-ID` is made of it, so that a repeated attempt is the same message.
    pub id: MessageId,
    /// How it travels.
    #[serde(default)]
    pub channel: Channel,
    /// Whom it is for; `None`: the hospital itself, or a number that nobody has an account with.
    pub recipient: Option<UserId>,
    /// Their address, or number.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Where it stands.
    pub status: MessageStatus,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub due: Time,
    /// What the gateway said last; no address in it.
    pub last_error: String,
    /// Of a one-time code: until when it is good. After a crash in mid-send it is not sent again, after this time it is not
    /// tried any more, and what it says is forgotten once it is on its way.
    #[serde(default)]
    pub once_until: Option<Time>,
    /// When it was enqueued.
    pub created_at: Time,
}

impl Document for OutgoingMessage {
    const KIND: RecordKind = RecordKind::OutgoingMessage;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let mut rows =
            vec![IndexRow { list: List::Messages, eq: Key::all(), sort: self.created_at.sort_key() }];
        let again = self.status == MessageStatus::Sending && self.once_until.is_none();
        if self.status == MessageStatus::Queued || again {
            rows.push(IndexRow { list: List::MessagesDue, eq: Key::all(), sort: self.due.sort_key() });
        }
        rows
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The gateway took it.
    Accepted,
    /// It may work later.
    Failed(
        /// Why.
        String,
    ),
    /// It never will.
    Refused(
        /// Why.
        String,
    ),
}

/// What can be told to a courier.
#[derive(Debug, Clone)]
pub enum CourierCommand {
    /// Takes a message on, once for each event.
    Enqueue {
        /// The message.
        message: Box<OutgoingMessage>,
        /// The event that asked for it.
        event: EventId,
    },
    /// Begins an attempt.
    Begin {
        /// Which.
        message: MessageId,
    },
    /// Notes how an attempt ended.
    Attempted {
        /// Of which message.
        message: MessageId,
        /// How.
        attempt: Attempt,
    },
}

/// How long whoever begins an attempt has for it: then it is made again, under the same `Message-ID`. Longer than a
/// gateway may take by the settings that Ward comes with, so that of several processes that find a message due one sends it.
pub const UNDER_WAY: i64 = 5 * MINUTE;
/// How long a message is tried.
pub const GIVE_UP_AFTER: i64 = 3 * DAY;

/// The pause after so many attempts: one minute, doubling, at most six hours, varied by up to a fifth so that
/// messages that failed together do not come back together.
pub fn pause_after(attempts: u32, id: MessageId) -> i64 {
    let base = MINUTE << attempts.saturating_sub(1).min(9);
    let base = base.min(6 * 60 * MINUTE);
    let spread = i64::try_from(id.get() % 1000).unwrap_or(0);
    base + base * spread / 5000
}

/// Takes a message on; the claim refuses the second time.
pub fn enqueue(message: &OutgoingMessage, event: EventId, now: Time) -> Decision {
    let claim =
        ClaimOp::Take { key: ClaimKey::delivery(event), body: Vec::new(), expires: Some(now.plus(30 * DAY)) };
    Decision { changes: vec![Change::create(message)], claims: vec![claim], happenings: Vec::new() }
}

impl OutgoingMessage {
    /// The same with an attempt under way from now on.
    #[must_use]
    pub fn sending(self, now: Time) -> Self {
        Self { status: MessageStatus::Sending, due: now.plus(UNDER_WAY), ..self }
    }
}

/// Writes an attempt down before it is made, so that nobody else makes it; of one that must not be made twice the due list
/// knows nothing from then on. An empty decision: there is nothing to begin, or another has it in hand.
pub fn begin(old: &OutgoingMessage, now: Time) -> (Decision, OutgoingMessage) {
    let mut new = old.clone();
    match old.once_until {
        None if matches!(old.status, MessageStatus::Queued | MessageStatus::Sending) && old.due <= now => {
            new = new.sending(now);
        }
        Some(until) if old.status == MessageStatus::Queued && until > now => new = new.sending(now),
        Some(_) if old.status == MessageStatus::Queued => {
            new.status = MessageStatus::Dead;
            "It was good no more before it could be sent.".clone_into(&mut new.last_error);
            new.body.clear();
        }
        _ => return (Decision::default(), new),
    }
    (Decision { changes: vec![Change::update(old, &new)], ..Decision::default() }, new)
}

/// Notes how an attempt ended.
pub fn attempted(
    old: &OutgoingMessage,
    attempt: &Attempt,
    now: Time,
) -> Result<(Decision, OutgoingMessage), Refusal> {
    let mut new = old.clone();
    if !matches!(old.status, MessageStatus::Queued | MessageStatus::Sending) {
        return Ok((Decision::default(), new));
    }
    new.attempts += 1;
    match attempt {
        Attempt::Accepted => {
            new.status = MessageStatus::Sent;
            new.last_error.clear();
        }
        Attempt::Failed(why) => {
            new.last_error.clone_from(why);
            new.status = MessageStatus::Queued;
            new.due = now.plus(pause_after(new.attempts, new.id));
            let too_late = new.once_until.is_some_and(|until| new.due >= until);
            if too_late || new.due.millis() - new.created_at.millis() > GIVE_UP_AFTER {
                new.status = MessageStatus::Dead;
            }
        }
        Attempt::Refused(why) => {
            new.last_error.clone_from(why);
            new.status = MessageStatus::Dead;
        }
    }
    if new.once_until.is_some() && matches!(new.status, MessageStatus::Sent | MessageStatus::Dead) {
        new.body.clear();
    }
    Ok((Decision { changes: vec![Change::update(old, &new)], ..Decision::default() }, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> OutgoingMessage {
        OutgoingMessage {
            id: Id::new(77).unwrap().into(),
            channel: Channel::Mail,
            recipient: None,
            to: "a@example.org".into(),
            subject: "s".into(),
            body: "b".into(),
            status: MessageStatus::Queued,
            attempts: 0,
            due: Time::from_millis(0),
            last_error: String::new(),
            once_until: None,
            created_at: Time::from_millis(0),
        }
    }

    fn code() -> OutgoingMessage {
        OutgoingMessage { once_until: Some(Time::from_millis(30 * MINUTE)), ..message() }
    }

    #[test]
    fn a_code_is_tried_again_while_it_is_good_and_forgotten_when_it_is_gone() {
        let now = Time::from_millis(5);
        let sending = begin(&code(), now).1;
        assert_eq!((sending.status, sending.body.as_str()), (MessageStatus::Sending, "b"));
        // In no due list: whoever comes after a crash does not send it again.
        assert!(sending.index().iter().all(|row| row.list != List::MessagesDue));
        assert!(begin(&sending, now).0.is_empty());
        let sent = attempted(&sending, &Attempt::Accepted, now).unwrap().1;
        assert_eq!((sent.status, sent.body.as_str()), (MessageStatus::Sent, ""));
        let (mut at, mut attempts, mut now) = (code(), 0, now);
        while at.status == MessageStatus::Queued {
            at = begin(&at, now).1;
            at = attempted(&at, &Attempt::Failed("451".into()), now).unwrap().1;
            attempts += 1;
            now = at.due;
        }
        assert_eq!((at.status, at.body.as_str()), (MessageStatus::Dead, ""));
        assert!((3..8).contains(&attempts), "{attempts}");
        let late = begin(&code(), Time::from_millis(30 * MINUTE)).1;
        assert_eq!((late.status, late.body.as_str()), (MessageStatus::Dead, ""));
    }

    #[test]
    fn of_two_that_find_a_message_due_one_sends_it_and_what_is_not_heard_of_again_is_sent_again() {
        let now = Time::from_millis(5);
        let sending = begin(&message(), now).1;
        assert_eq!((sending.status, sending.due), (MessageStatus::Sending, now.plus(UNDER_WAY)));
        assert!(begin(&sending, now.plus(UNDER_WAY - 1)).0.is_empty(), "another has it in hand");
        let due = |message: &OutgoingMessage| {
            message.index().into_iter().find(|row| row.list == List::MessagesDue).map(|row| row.sort)
        };
        assert_eq!(due(&sending), Some(now.plus(UNDER_WAY).sort_key()));
        let again = begin(&sending, now.plus(UNDER_WAY)).1;
        assert_eq!(again.due, now.plus(2 * UNDER_WAY));
        let sent = attempted(&again, &Attempt::Accepted, now).unwrap().1;
        assert_eq!(due(&sent), None);
        assert!(begin(&sent, now.plus(DAY)).0.is_empty());
        let early = OutgoingMessage { due: now.plus(1), ..message() };
        assert!(begin(&early, now).0.is_empty());
    }

    #[test]
    fn failures_are_tried_for_three_days_with_growing_pauses_and_then_lie_dead() {
        let (mut at, mut now, mut pauses) = (message(), Time::from_millis(0), Vec::new());
        while at.status == MessageStatus::Queued {
            at = attempted(&at, &Attempt::Failed("451".into()), now).unwrap().1;
            pauses.push(at.due.millis() - now.millis());
            now = at.due;
        }
        assert_eq!(at.status, MessageStatus::Dead);
        assert!(pauses.is_sorted() && (15..40).contains(&pauses.len()), "{pauses:?}");
        assert!(now.millis() > GIVE_UP_AFTER && now.millis() < GIVE_UP_AFTER + 8 * 60 * MINUTE);
    }

    #[test]
    fn a_refusal_is_final_and_an_answer_after_the_end_changes_nothing() {
        let now = Time::from_millis(5);
        let dead = attempted(&message(), &Attempt::Refused("550".into()), now).unwrap().1;
        assert_eq!(dead.status, MessageStatus::Dead);
        assert!(attempted(&dead, &Attempt::Accepted, now).unwrap().0.is_empty());
    }
}
