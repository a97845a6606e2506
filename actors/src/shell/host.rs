//! The one ractor actor of the house: it hosts a [`Resident`].

use super::admission::Permit;
use super::pool::{Cell, InHand};
use super::{ActorKind, Failure};
use crate::Env;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// The most messages that are answered together.
const MOST_TOGETHER: usize = 32;

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

    /// Whether a message may be answered together with others of its like that wait right behind it.
    fn goes_together(_command: &Self::Command) -> bool {
        false
    }

    /// Answers messages that go together, or a single one: an answer for each, in their order.
    fn handle_together(
        &mut self,
        turn: &Turn,
        commands: Vec<Self::Command>,
    ) -> impl Future<Output = Vec<Result<Self::Answer, Failure>>> + Send {
        async {
            let mut results = Vec::with_capacity(commands.len());
            for command in commands {
                results.push(self.handle(turn, command).await);
            }
            results
        }
    }
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

/// Says that a letter lies in an entity's tray. A single type for every kind: should the tree ever span processes, this
/// and the letter are what must learn to serialize.
///
/// Each letter has one knock, so a knock finds a letter unless that went along with one before. An actor may end with
/// knocks in its box: for each that it did not answer one letter goes back to who sent it, and on to the next
/// activation. A panic costs the messages that were in hand and no other.
pub(crate) struct Knock<R: Resident>(Option<Arc<Cell<R>>>);

/// What waits for an entity, the first in front. Boxed, so that an idle one weighs little.
pub(crate) struct Tray<R: Resident>(Mutex<VecDeque<Box<Letter<R>>>>);

/// A message on its way.
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

impl<R: Resident> Default for Tray<R> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<R: Resident> Tray<R> {
    fn with<A>(&self, work: impl FnOnce(&mut VecDeque<Box<Letter<R>>>) -> A) -> A {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn next(&self) -> Option<Box<Letter<R>>> {
        self.with(VecDeque::pop_front)
    }

    /// The letters right in front that go together, at most so many.
    fn together(&self, most: usize) -> Vec<Letter<R>> {
        self.with(|letters| {
            let fit = letters.iter().take(most).take_while(|letter| R::goes_together(&letter.command));
            let count = fit.count();
            letters.drain(..count).map(|letter| *letter).collect()
        })
    }
}

impl<R: Resident> Knock<R> {
    /// Puts a letter into the tray of its entity.
    pub(crate) fn with(letter: Letter<R>) -> Self {
        let cell = letter.hand.cell();
        cell.tray.with(|letters| letters.push_back(Box::new(letter)));
        Self(Some(cell))
    }

    /// Whose tray it is about; always someone's, the first time.
    fn answer(mut self) -> Option<Arc<Cell<R>>> {
        self.0.take()
    }
}

impl<R: Resident> Drop for Knock<R> {
    fn drop(&mut self) {
        if let Some(Letter { command, reply, mut hand }) =
            self.0.take().and_then(|cell| cell.tray.next()).map(|letter| *letter)
        {
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
    type Msg = Knock<R>;
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
        let Some(cell) = message.answer() else { return Ok(()) };
        let Some(first) = cell.tray.next() else { return Ok(()) };
        state.turn.env.faults.point(R::KIND.name(), state.turn.id);
        let goes_together = R::goes_together(&first.command);
        let more = if goes_together { cell.tray.together(MOST_TOGETHER - 1) } else { Vec::new() };
        let letters = std::iter::once(*first).chain(more);
        let (commands, waiting): (Vec<_>, Vec<_>) =
            letters.map(|Letter { command, reply, hand }| (command, (reply, hand))).unzip();
        let results = state.resident.handle_together(&state.turn, commands).await;
        let mut broken = None;
        for ((reply, hand), result) in waiting.into_iter().zip(results) {
            match &result {
                Err(Failure::Broken(why)) => broken = Some(why.clone()),
                // No fault of its own: it ends without a word to the supervisor.
                Err(Failure::Unknown(_)) => myself.stop(None),
                _ => {}
            }
            drop(hand);
            // The caller may have stopped waiting; what was decided stands all the same.
            let _ = reply.send(Reply::Answer(result));
        }
        broken.map_or(Ok(()), |why| Err(why.into()))
    }
}
