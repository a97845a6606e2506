//! The courier's actor: one per hospital, keyed by the hospital's id. It owns what is on its way out.
//!
//! Sending may take long, so an attempt runs beside the actor and comes back as a message. It is written down before it
//! begins: several processes on one store find the same message due, and one sends it. A message's `Message-ID` is made of
//! its id: after a crash in mid-send the same message goes out again, and the receiver sees that it is one.

mod leaving;
mod letters;

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::collections::HashMap;
use ward_domain::courier::{
    self, Attempt, Channel, CourierCommand, MessageRequest, MessageStatus, OutgoingMessage, UNDER_WAY,
};
use ward_domain::decision::Decision;
use ward_domain::id::{EventId, MessageId, UserId};
use ward_domain::record::{AggregateKind, ClaimKey};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::{AggregateRef, Version};

/// The most attempts of one hospital at a time.
const MAX_AT_ONCE: usize = 8;

/// What can be told to a courier.
#[derive(Debug, Clone)]
pub enum CourierMessage {
    /// Takes on what an event asks for.
    Take {
        /// What and to whom.
        request: MessageRequest,
        /// Which event.
        event: EventId,
    },
    /// Takes on a letter or a text that holds a one-time code: the code stands in no event, and here only until it is on its
    /// way.
    Post(Box<CodeLetter>),
    /// Notes how an attempt ended.
    Attempted {
        /// Of which message.
        message: MessageId,
        /// How.
        attempt: Attempt,
    },
    /// Tries messages that are due.
    Work(
        /// Which.
        Vec<MessageId>,
    ),
}

/// A letter or a text with a one-time code.
#[derive(Clone)]
pub struct CodeLetter {
    /// How it travels.
    pub channel: Channel,
    /// Whom it is for, where they have an account.
    pub recipient: Option<UserId>,
    /// Their address, or number.
    pub to: String,
    /// Subject line; a text has none.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Until when it is of use.
    pub until: Time,
}

impl std::fmt::Debug for CodeLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeLetter").field("recipient", &self.recipient).finish_non_exhaustive()
    }
}

/// A hospital's courier.
#[derive(Debug, Default)]
pub struct Courier {
    version: Version,
    in_hand: Option<OutgoingMessage>,
    under_way: HashMap<MessageId, Time>,
}

impl Resident for Courier {
    const KIND: ActorKind = ActorKind::Courier;
    type Command = CourierMessage;
    type Answer = ();

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut courier = Self::default();
        courier.reload(turn).await?;
        Ok(courier)
    }

    async fn handle(&mut self, turn: &Turn, message: CourierMessage) -> Result<(), Failure> {
        match message {
            CourierMessage::Take { request, event } => self.take(turn, &request, event).await,
            CourierMessage::Post(letter) => self.post(turn, *letter).await,
            CourierMessage::Attempted { message, attempt } => {
                self.under_way.remove(&message);
                let result = carry_out(self, turn, &CourierCommand::Attempted { message, attempt }).await;
                let channel = self.in_hand.take().map(|message| message.channel).unwrap_or_default();
                if result? == MessageStatus::Dead {
                    leaving::given_up(channel);
                }
                Ok(())
            }
            CourierMessage::Work(due) => {
                let now = turn.now();
                self.under_way.retain(|_, since| since.plus(UNDER_WAY) > now);
                for id in due {
                    if !self.under_way.contains_key(&id) {
                        self.attempt(turn, id).await?;
                    }
                }
                Ok(())
            }
        }
    }
}

impl Courier {
    async fn take(&mut self, turn: &Turn, request: &MessageRequest, event: EventId) -> Result<(), Failure> {
        let Some(mut message) = letters::compose(turn, request).await? else { return Ok(()) };
        let at_once = self.has_place();
        if at_once {
            message = message.sending(turn.now());
        }
        let command = CourierCommand::Enqueue { message: Box::new(message.clone()), event };
        match carry_out(self, turn, &command).await {
            Ok(_) if at_once => self.send(turn, message),
            // The due row brings it back, or the event came a second time and its message is on its way.
            Ok(_) | Err(Failure::Repeated) => {}
            Err(other) => return Err(other),
        }
        Ok(())
    }

    async fn post(&mut self, turn: &Turn, letter: CodeLetter) -> Result<(), Failure> {
        let CodeLetter { channel, recipient, to, subject, body, until } = letter;
        let mut message = letters::message(turn, recipient, to, (subject, body))?;
        message.channel = channel;
        message.once_until = Some(until);
        // Nobody offers it a second time: an id of its own stands for the event.
        let event = turn.env.ids.next()?.into();
        let id = message.id;
        carry_out(self, turn, &CourierCommand::Enqueue { message: Box::new(message), event }).await?;
        self.attempt(turn, id).await
    }

    fn has_place(&self) -> bool {
        self.under_way.len() < MAX_AT_ONCE
    }

    /// Begins an attempt, unless enough are under way, the message is not due, or another has it in hand: the due row brings
    /// it back.
    async fn attempt(&mut self, turn: &Turn, id: MessageId) -> Result<(), Failure> {
        if !self.has_place() {
            return Ok(());
        }
        let begun = carry_out(self, turn, &CourierCommand::Begin { message: id }).await;
        let message = self.in_hand.take();
        if begun? == MessageStatus::Sending
            && let Some(message) = message
        {
            self.send(turn, message);
        }
        Ok(())
    }

    /// Makes an attempt that was begun, beside the actor.
    fn send(&mut self, turn: &Turn, message: OutgoingMessage) {
        self.under_way.insert(message.id, turn.now());
        let turn = turn.clone();
        let tasks = turn.env.tasks.clone();
        tasks.spawn(async move {
            let attempt = leaving::leave(&turn, &message).await;
            if let Some(actors) = turn.env.actors() {
                actors.couriers.tell(
                    turn.scope,
                    turn.id,
                    CourierMessage::Attempted { message: message.id, attempt },
                );
            }
        });
    }
}

impl Aggregate for Courier {
    type Command = CourierCommand;
    /// Where the message stands now. Of one that is begun [`MessageStatus::Sending`] is said only to whoever begins it.
    type Answer = MessageStatus;
    type Next = ();

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Courier, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        self.version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &CourierCommand) -> Result<(), Failure> {
        if let CourierCommand::Attempted { message, .. } | CourierCommand::Begin { message } = command {
            self.in_hand = load::<OutgoingMessage>(turn, message.id()).await?.map(|(message, _)| message);
        }
        Ok(())
    }

    fn decide(&self, now: Time, command: &CourierCommand) -> Result<(Decision, MessageStatus, ()), Refusal> {
        let (decision, status) = match command {
            CourierCommand::Enqueue { message, event } => {
                (courier::enqueue(message, *event, now), message.status)
            }
            CourierCommand::Begin { .. } => match &self.in_hand {
                Some(message) => {
                    let (decision, message) = courier::begin(message, now);
                    let status = if decision.is_empty() { MessageStatus::Queued } else { message.status };
                    (decision, status)
                }
                None => (Decision::default(), MessageStatus::Sent),
            },
            CourierCommand::Attempted { attempt, .. } => match &self.in_hand {
                Some(message) => {
                    let (decision, message) = courier::attempted(message, attempt, now)?;
                    (decision, message.status)
                }
                // It went with its hospital.
                None => (Decision::default(), MessageStatus::Sent),
            },
        };
        Ok((decision, status, ()))
    }

    fn apply(&mut self, version: Version, (): ()) {
        self.version = version;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &CourierCommand) -> Refusal {
        Refusal::conflict("message_taken", "This message is on its way already.")
    }
}
