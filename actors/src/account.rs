//! The account's actor: one per user, keyed by the user's id.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::account::{
    Account as AccountDocument, AccountCommand, AccountState, CalendarLink, MergePlan, Proofs, Session,
    in_progress,
};
use ward_domain::decision::Decision;
use ward_domain::record::{AggregateKind, ClaimKey, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::{AggregateRef, ListQuery, Stored, Version};

/// A user's account and open sessions.
#[derive(Debug, Default)]
pub struct Account {
    version: Version,
    state: AccountState,
}

impl Resident for Account {
    const KIND: ActorKind = ActorKind::Account;
    type Command = AccountCommand;
    type Answer = AccountState;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut account = Self::default();
        account.reload(turn).await?;
        Ok(account)
    }

    async fn handle(&mut self, turn: &Turn, command: AccountCommand) -> Result<AccountState, Failure> {
        carry_out(self, turn, &command).await
    }
}

impl Aggregate for Account {
    type Command = AccountCommand;
    type Answer = AccountState;
    type Next = AccountState;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Account, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let account = load::<AccountDocument>(turn, turn.id).await?.map(|(account, _)| account);
        let page = turn
            .env
            .store
            .list(&turn.scope, &ListQuery::all(List::SessionsByUser, Key::of(turn.id.get())))
            .await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        let stored = turn.env.store.get_many(&turn.scope, Session::KIND, &ids).await?;
        let sessions = stored.into_iter().map(Stored::document).collect::<Result<_, _>>()?;
        let proofs = load::<Proofs>(turn, turn.id).await?.map(|(proofs, _)| proofs);
        let merge = load::<MergePlan>(turn, turn.id).await?.map(|(plan, _)| plan);
        self.version = version;
        self.state = AccountState { account, sessions, proofs, merge, links: Vec::new() };
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &AccountCommand) -> Result<(), Failure> {
        self.state.links.clear();
        if matches!(command, AccountCommand::AddCalendarLink { .. } | AccountCommand::RevokeCalendarLink(_)) {
            let query = ListQuery::all(List::CalendarLinksByUser, Key::of(turn.id.get()));
            let page = turn.env.store.list(&turn.scope, &query).await?;
            let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
            let stored = turn.env.store.get_many(&turn.scope, CalendarLink::KIND, &ids).await?;
            self.state.links = stored.into_iter().map(Stored::document).collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &AccountCommand,
    ) -> Result<(Decision, AccountState, AccountState), Refusal> {
        let (decision, next) = self.state.decide(now, self.version, command)?;
        Ok((decision, next.clone(), next))
    }

    fn apply(&mut self, version: Version, next: AccountState) {
        self.version = version;
        self.state = next;
    }

    fn claim_refusal(&self, key: &ClaimKey, command: &AccountCommand) -> Refusal {
        if *key == ClaimKey::first_admin() {
            return Refusal::forbidden(
                "This hospital has an administrator already: ask them for an account.",
            );
        }
        if key.is_merge() {
            return in_progress();
        }
        let (profile, log_ins) = match command {
            AccountCommand::Create { account, .. } => (&account.profile, &account.log_ins),
            AccountCommand::Edit { profile, log_ins, .. } => (&**profile, log_ins),
            _ => return Refusal::conflict("log_in_taken", "Someone else logs in by that name."),
        };
        // The log-ins stand in the order e-mail, user name, telephone number, without those that are empty.
        let named = [
            ("email", &profile.email),
            ("username", &profile.username),
            ("phone_number", &profile.phone_number),
        ];
        let named = named.into_iter().filter(|(_, value)| !value.is_empty());
        let field = named
            .zip(log_ins)
            .find(|(_, hash)| key.is_log_in(hash))
            .map_or("username", |((field, _), _)| field);
        Refusal::conflict("log_in_taken", "Someone else logs in by that name.")
            .and_field(field, "Already in use.")
    }
}
