//! The one ractor actor of the house: it hosts a [`Resident`].

use super::admission::Permit;
use super::pool::InHand;
use super::{ActorKind, Failure};
use crate::Env;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::marker::PhantomData;
use std::sync::Arc;
use tokio::sync::oneshot;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// An entity's code without its life.
pub trait Resident: Sized + Send + Sync + 'static {
    /// What it is.
    const KIND: ActorKind;
    /// What it can be told.
    type Command: Send + 'static;
    /// What it answers.
    type Answer: Send + 'static;

    /// Rebuilds it from the store.
    fn activate(turn: &Turn) -> impl Future<Output = Result<Self, Failure>> + Send;

    /// Answers one message. A refusal is an answer; [`Failure::Broken`] and [`Failure::Unknown`] end this activation.
    fn handle(
        &mut self,
        turn: &Turn,
        command: Self::Command,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

/// What a message finds around it.
#[derive(Clone)]
pub struct Turn {
    /// The world.
    pub env: Arc<Env>,
    /// Whose data.
    pub scope: TenantScope,
    /// Which entity.
    pub id: Id,
}

impl Turn {
    /// The present moment.
    pub fn now(&self) -> Time {
        self.env.now()
    }
}

/// One message on its way. A single type for every kind: should the tree ever span processes, this is the one place
/// that must learn to serialize.
///
/// An actor may end with messages in its box. One that was not opened goes back to who sent it, and on to the next
/// activation: a panic costs the message that caused it and no other.
///
/// Boxed: a mailbox is made with room for some thirty messages, which would be most of what an idle actor weighs.
pub(crate) struct Envelope<R: Resident>(Option<Box<Letter<R>>>);

/// What is in an envelope.
pub(crate) struct Letter<R: Resident> {
    pub(crate) command: R::Command,
    pub(crate) reply: oneshot::Sender<Reply<R>>,
    /// The message's place in hand. It goes with the message, not with who waits for the answer: an entity whose
    /// callers gave up is busy all the same.
    pub(crate) hand: InHand<R>,
}

/// What comes back. Nothing does where the message was being handled when the actor ended.
pub(crate) enum Reply<R: Resident> {
    Answer(Result<R::Answer, Failure>),
    Unopened(R::Command, Option<Permit>),
}

impl<R: Resident> Envelope<R> {
    pub(crate) fn new(letter: Letter<R>) -> Self {
        Self(Some(Box::new(letter)))
    }

    /// What is in it; always something, the first time.
    pub(crate) fn open(mut self) -> Option<Letter<R>> {
        self.0.take().map(|letter| *letter)
    }
}

impl<R: Resident> Drop for Envelope<R> {
    fn drop(&mut self) {
        if let Some(Letter { command, reply, mut hand }) = self.0.take().map(|letter| *letter) {
            let permit = hand.permit.take();
            drop(hand);
            let _ = reply.send(Reply::Unopened(command, permit));
        }
    }
}

pub(crate) struct Host<R>(PhantomData<fn() -> R>);

impl<R> Default for Host<R> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

pub(crate) struct Hosted<R> {
    turn: Turn,
    resident: R,
}

impl<R: Resident> Actor for Host<R> {
    type Msg = Envelope<R>;
    type State = Hosted<R>;
    type Arguments = Turn;

    async fn pre_start(
        &self,
        _myself: ActorRef<Self::Msg>,
        turn: Turn,
    ) -> Result<Self::State, ActorProcessingErr> {
        let resident = R::activate(&turn).await?;
        Ok(Hosted { turn, resident })
    }

    async fn handle(
        &self,
        myself: ActorRef<Self::Msg>,
        message: Self::Msg,
        state: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        let Some(Letter { command, reply, hand }) = message.open() else { return Ok(()) };
        state.turn.env.faults.point(R::KIND.name(), state.turn.id);
        let result = state.resident.handle(&state.turn, command).await;
        let broken = match &result {
            Err(Failure::Broken(why)) => Some(why.clone()),
            // No fault of its own: it ends without a word to the supervisor.
            Err(Failure::Unknown(_)) => {
                myself.stop(None);
                None
            }
            _ => None,
        };
        drop(hand);
        // The caller may have stopped waiting; what was decided stands all the same.
        let _ = reply.send(Reply::Answer(result));
        broken.map_or(Ok(()), |why| Err(why.into()))
    }
}
