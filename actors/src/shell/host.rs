//! The one ractor actor of the house: it hosts a [`Resident`].

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

    /// Answers one message. A refusal is an answer; [`Failure::Broken`] ends this activation.
    fn handle(&mut self, turn: &Turn, command: Self::Command) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
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
pub(crate) struct Envelope<R: Resident> {
    pub(crate) command: R::Command,
    pub(crate) reply: oneshot::Sender<Result<R::Answer, Failure>>,
    /// The message's place in hand. It goes with the message, not with who waits for the answer: an entity whose
    /// callers gave up is busy all the same.
    pub(crate) hand: InHand<R>,
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

    async fn pre_start(&self, _myself: ActorRef<Self::Msg>, turn: Turn) -> Result<Self::State, ActorProcessingErr> {
        let resident = R::activate(&turn).await?;
        Ok(Hosted { turn, resident })
    }

    async fn handle(&self, _: ActorRef<Self::Msg>, message: Self::Msg, state: &mut Self::State) -> Result<(), ActorProcessingErr> {
        state.turn.env.faults.point(R::KIND.name(), state.turn.id);
        let Envelope { command, reply, hand } = message;
        let result = state.resident.handle(&state.turn, command).await;
        let broken = match &result {
            Err(Failure::Broken(why)) => Some(why.clone()),
            _ => None,
        };
        drop(hand);
        // The caller may have stopped waiting; what was decided stands all the same.
        let _ = reply.send(result);
        broken.map_or(Ok(()), |why| Err(why.into()))
    }
}
