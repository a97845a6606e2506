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
    type Command: Send + Sync + 'static;
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

    /// Answers what it can of several messages that go together: of each, in their order, the answer, or nothing where
    /// nothing was done of it. Those are handled one by one after it.
    fn handle_together(
        &mut self,
        _turn: &Turn,
        commands: &[Self::Command],
    ) -> impl Future<Output = Vec<Option<Result<Self::Answer, Failure>>>> + Send {
        std::future::ready(commands.iter().map(|_| None).collect())
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
/// Each letter has one knock, so a knock finds a letter, perhaps another's, unless that went along with one before. An
/// actor may end with knocks in its box: for each that it did not answer a letter goes back to who sent it, and on to the
/// next activation. A cell has one actor in its life, so no other's letters are meant. A panic costs the messages that
/// were in hand and no other.
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
    /// Nothing came of it together with others.
    pub(crate) alone: bool,
}

impl<R: Resident> Letter<R> {
    fn goes_together(&self) -> bool {
        !self.alone && R::goes_together(&self.command)
    }
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
            let count = letters.iter().take(most).take_while(|letter| letter.goes_together()).count();
            letters.drain(..count).map(|letter| *letter).collect()
        })
    }

    /// Puts letters back in front, whose knocks have yet to come.
    fn put_back(&self, back: Vec<Box<Letter<R>>>) {
        self.with(|letters| back.into_iter().rev().for_each(|letter| letters.push_front(letter)));
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
        if let Some(letter) = self.0.take().and_then(|cell| cell.tray.next()) {
            let Letter { command, reply, mut hand, .. } = *letter;
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
        let (left, mut end) = state.answer_together(first, &cell.tray).await;
        if let Some(letter) = left {
            let Letter { command, reply, hand, .. } = *letter;
            let result = state.resident.handle(&state.turn, command).await;
            end.note(&result);
            tell::<R>(reply, hand, result);
        }
        match end {
            End::Not => Ok(()),
            // No fault of its own: it ends without a word to the supervisor.
            End::Over => {
                myself.stop(None);
                Ok(())
            }
            End::Broken(why) => Err(why.into()),
        }
    }
}

/// Whether an activation ends by what it answered.
enum End {
    Not,
    /// It does not know what it holds.
    Over,
    Broken(String),
}

impl End {
    fn note<A>(&mut self, result: &Result<A, Failure>) {
        match (result, &self) {
            (Err(Failure::Broken(why)), _) => *self = Self::Broken(why.clone()),
            (Err(Failure::Unknown(_)), Self::Not) => *self = Self::Over,
            _ => {}
        }
    }
}

fn tell<R: Resident>(reply: oneshot::Sender<Reply<R>>, hand: InHand<R>, result: Result<R::Answer, Failure>) {
    drop(hand);
    // The caller may have stopped waiting; what was decided stands all the same.
    let _ = reply.send(Reply::Answer(result));
}

impl<R: Resident> Hosted<R> {
    /// Answers a letter together with those of its like right behind it, as far as they go together. Gives the first of
    /// which nothing came; the others go back into the tray, where each will be by itself, and costs nobody else anything.
    async fn answer_together(
        &mut self,
        first: Box<Letter<R>>,
        tray: &Tray<R>,
    ) -> (Option<Box<Letter<R>>>, End) {
        let more = if first.goes_together() { tray.together(MOST_TOGETHER - 1) } else { Vec::new() };
        if more.is_empty() {
            return (Some(first), End::Not);
        }
        let letters = std::iter::once(*first).chain(more);
        let (commands, waiting): (Vec<_>, Vec<_>) =
            letters.map(|Letter { command, reply, hand, .. }| (command, (reply, hand))).unzip();
        let results = self.resident.handle_together(&self.turn, &commands).await;
        debug_assert_eq!(results.len(), commands.len(), "each command has its result");
        let results = results.into_iter().chain(std::iter::repeat_with(|| None));
        let (mut left, mut end) = (Vec::new(), End::Not);
        for ((command, (reply, hand)), result) in commands.into_iter().zip(waiting).zip(results) {
            if let Some(result) = result {
                end.note(&result);
                tell::<R>(reply, hand, result);
            } else {
                left.push(Box::new(Letter { command, reply, hand, alone: true }));
            }
        }
        // One knock was for all of them, so one of them has no knock to come.
        let next = if matches!(end, End::Not) && !left.is_empty() { Some(left.remove(0)) } else { None };
        tray.put_back(left);
        (next, end)
    }
}
