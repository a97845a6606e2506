//! Several commands in one commit.
//!
//! A commit costs a disk's sync, or a CQL server's lightweight transaction, whatever it holds. So commands that wait for
//! the same calendar are decided side by side, and those whose decisions do not meet are committed as one. Whoever is
//! refused, or meets another, is left to be carried out alone, after them.

use super::Calendar;
use crate::shell::aggregate::{Aggregate as _, Ended, MAX_ROUNDS, commit};
use crate::shell::{Failure, Turn};
use ward_domain::calendar::{Answer, CalendarCommand, Needs};
use ward_domain::decision::Decision;
use ward_domain::record::ClaimKey;
use ward_domain::refusal::Kind;
use ward_domain::time::Time;

/// A command's answer, if the commit stands, and what it claims.
struct Part {
    command: usize,
    answer: Answer,
    claims: Vec<ClaimKey>,
}

impl Calendar {
    /// Carries out what can stand in one commit. Nothing was done of a command without a result.
    pub(super) async fn together(
        &mut self,
        turn: &Turn,
        commands: &[CalendarCommand],
    ) -> Vec<Option<Result<Answer, Failure>>> {
        let mut results: Vec<_> = commands.iter().map(|_| None).collect();
        let mut wanted: Vec<usize> = (0..commands.len()).collect();
        for _ in 0..MAX_ROUNDS {
            if wanted.len() < 2 {
                break;
            }
            let slots =
                wanted.iter().filter_map(|at| commands.get(*at)).flat_map(|command| command.needs().slots);
            let needs = Needs { slots: slots.collect(), ..Needs::default() };
            if self.take_in_hand(turn, needs).await.is_err() {
                break;
            }
            let now = turn.now();
            let (decision, parts) = self.decide_together(now, commands, &wanted);
            if parts.len() < 2 {
                break;
            }
            match commit(turn, self.reference(turn), self.version, decision, now).await {
                Ok(Ended::Stands(version)) => {
                    self.version = version;
                    for part in parts {
                        if let Some(result) = results.get_mut(part.command) {
                            *result = Some(Ok(part.answer));
                        }
                    }
                    break;
                }
                Ok(Ended::Stale) => {
                    if self.reload(turn).await.is_err() {
                        break;
                    }
                }
                Ok(Ended::Taken(key)) => {
                    let free = parts.iter().filter(|part| !part.claims.contains(&key));
                    wanted = free.map(|part| part.command).collect();
                }
                // Each alone may be little enough.
                Err(Failure::Refused(refusal)) if refusal.kind == Kind::TooLarge => break,
                Err(failure) => {
                    for part in parts {
                        if let Some(result) = results.get_mut(part.command) {
                            *result = Some(Err(failure.clone()));
                        }
                    }
                    break;
                }
            }
        }
        results
    }

    /// Decides commands side by side, and joins what does not meet.
    fn decide_together(
        &self,
        now: Time,
        commands: &[CalendarCommand],
        wanted: &[usize],
    ) -> (Decision, Vec<Part>) {
        let (mut all, mut parts) = (Decision::default(), Vec::with_capacity(wanted.len()));
        for at in wanted {
            let Some(Ok((decision, answer))) =
                commands.get(*at).map(|command| self.view.decide(now, command))
            else {
                continue;
            };
            let claims = decision.claims.iter().map(|op| op.key().clone()).collect();
            if all.join(decision).is_ok() {
                parts.push(Part { command: *at, answer, claims });
            }
        }
        (all, parts)
    }
}
