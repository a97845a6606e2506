//! Logging in by e-mail address, user name or telephone number.

use super::code::Second;
use crate::{Fail, House, RequestMeta};
use ward_actors::Failure;
use ward_domain::account::{Account, AccountCommand, LogInCheck, Proofs, Session};
use ward_domain::contact::{MAX_EMAIL, MAX_PASSWORD, phone_key};
use ward_domain::id::{Id, UserId};
use ward_domain::record::{Key, List};
use ward_domain::refusal::{Kind, Refusal};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{HOUR, Time};
use ward_store::Bounds;

/// Hospitals in which one log-in is looked for.
const MAX_MATCHES: usize = 8;

/// What someone logs in with.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// E-mail address, user name or telephone number.
    pub log_in: String,
    /// The password.
    pub password: String,
    /// The hospital, where they say it.
    pub hospital: Option<Id>,
    /// What they show beside it.
    pub second: Option<Second>,
}

/// A log-in that worked.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// Whose data.
    pub tenant: TenantId,
    /// Who.
    pub account: Account,
    /// Their session.
    pub session: Session,
    /// Good for requests.
    pub access: String,
    /// Until when.
    pub access_expires: Time,
    /// Good for new access tokens until the session ends.
    pub refresh: String,
}

/// Logs someone in. The same refusal answers an unknown log-in and a wrong password, after the same time, and after too
/// many of either the same pause.
pub async fn log_in(house: &House, meta: &RequestMeta, credentials: Credentials) -> Result<LoggedIn, Fail> {
    let Credentials { log_in, password, hospital, second } = credentials;
    let unknown =
        || Refusal::new(Kind::Unauthenticated, "invalid_credentials", "Log-in or password is wrong.");
    if log_in.chars().count() > MAX_EMAIL || password.chars().count() > MAX_PASSWORD {
        return Err(unknown().into());
    }
    let keys = house.log_in_keys(&log_in);
    let (mut right, mut locked) = (Vec::new(), None);
    let candidates = candidates(house, meta, &log_in, hospital).await?;
    if candidates.is_empty() {
        house.guard.check(&keys, house.env.now())?;
        house.passwords.matches(password, None).await?;
        house.guard.wrong(&keys, house.env.now())?;
        return Err(unknown().into());
    }
    for (scope, user) in candidates {
        let Some(account) = house.find::<Account>(&scope, user.id()).await? else { continue };
        let account = account.document;
        if let Err(refusal) = account.failures.check(house.env.now()) {
            house.trace_log_in(&scope, meta, user, false).await?;
            locked = Some(refusal);
            continue;
        }
        let hash = account.password_hash;
        if house.passwords.matches(password.clone(), Some(hash.clone())).await? {
            right.push((scope, user, LogInCheck::Right { hash }));
        } else if let Noted::Locked(refusal) =
            note(house, meta, &scope, user, LogInCheck::Wrong, None).await?
        {
            locked = Some(refusal);
        }
    }
    // What one account counts is counted of the name too: where else it has none says nothing then.
    let wrong = |refusal: Refusal| {
        let _ = house.guard.wrong(&keys, house.env.now());
        Err(refusal.into())
    };
    match right.len() {
        0 => match locked {
            Some(refusal) => Err(refusal.into()),
            None => wrong(unknown()),
        },
        1 => {
            let (scope, user, check) = right.remove(0);
            match note(house, meta, &scope, user, check, second.as_ref()).await? {
                Noted::Opened(logged_in) => {
                    house.guard.right(keys);
                    Ok(*logged_in)
                }
                Noted::Locked(refusal) => Err(refusal.into()),
                Noted::WrongSecond => wrong(wrong_second()),
                Noted::Wrong => wrong(unknown()),
            }
        }
        _ => {
            Err(Refusal::field("hospital", "You have an account at several hospitals: say which one.").into())
        }
    }
}

/// Where this log-in has an account: in the hospital that the host or the caller names, else in the default one if it has
/// one there, else anywhere.
pub(super) async fn candidates(
    house: &House,
    meta: &RequestMeta,
    log_in: &str,
    hospital: Option<Id>,
) -> Result<Vec<(TenantScope, UserId)>, Fail> {
    let mut rows = Vec::new();
    for key in house.log_in_keys(log_in) {
        rows.extend(
            house.env.store.platform_list(List::LogIns, &Key::hash(&key), Bounds::ALL, MAX_MATCHES).await?,
        );
    }
    rows.sort_by_key(|row| (row.tenant, row.id));
    rows.dedup_by_key(|row| (row.tenant, row.id));
    if let Some(tenant) = house.named_tenant(meta, hospital).await? {
        rows.retain(|row| row.tenant == tenant);
    } else if let Some(tenant) = house.default_tenant()
        && rows.iter().any(|row| row.tenant == tenant)
    {
        rows.retain(|row| row.tenant == tenant);
    }
    let mut found = Vec::new();
    for row in rows {
        if let Ok(scope) = house.tenancy.register.scope(row.tenant).await? {
            found.push((scope, row.id.into()));
        }
    }
    Ok(found)
}

/// What was shown beside password or code is wrong.
pub(super) fn wrong_second() -> Refusal {
    let message = "This code is wrong, was used already, or is not of now.";
    Refusal::new(Kind::Unauthenticated, "totp_invalid", message)
}

/// How an attempt ended.
pub(super) enum Noted {
    /// A session opened.
    Opened(Box<LoggedIn>),
    /// Too many wrong ones: not even the right one counts now.
    Locked(Refusal),
    /// The password was right, and what was shown beside it was not.
    WrongSecond,
    /// It was wrong, or the account changed meanwhile.
    Wrong,
}

/// Tells the account how its check ended.
pub(super) async fn note(
    house: &House,
    meta: &RequestMeta,
    scope: &TenantScope,
    user: UserId,
    check: LogInCheck,
    second: Option<&Second>,
) -> Result<Noted, Fail> {
    let now = house.env.now();
    let right = matches!(check, LogInCheck::Right { .. } | LogInCheck::Phone { .. });
    let session = Session {
        id: house.new_id()?.into(),
        user,
        face: meta.face,
        address: meta.address.map(|address| address.to_string()).unwrap_or_default(),
        created_at: now,
        renewed_at: None,
        expires_at: now.plus(house.settings.session_hours * HOUR),
    };
    let second = second.map(|shown| house.second_factor(user, shown));
    let command = AccountCommand::LogIn { check, second, session: Box::new(session.clone()) };
    let state = match house.actors.accounts.ask(scope, user.id(), house.settings.deadline, command).await {
        Ok(state) => state,
        Err(Failure::Refused(refusal)) if refusal.kind != Kind::Overloaded => {
            house.trace_log_in(scope, meta, user, false).await?;
            return if refusal.kind == Kind::Limited {
                Ok(Noted::Locked(refusal))
            } else {
                Err(refusal.into())
            };
        }
        Err(failure) => return Err(failure.into()),
    };
    let opened = right && state.sessions.iter().any(|open| open.id == session.id);
    house.trace_log_in(scope, meta, user, opened).await?;
    let (true, Some(account)) = (opened, state.account) else {
        let second = right && state.proofs.as_ref().is_some_and(Proofs::has_totp);
        return Ok(if second { Noted::WrongSecond } else { Noted::Wrong });
    };
    let (access, access_expires) = house.tokens.access(scope.tenant(), account.role, &session, now);
    let refresh = house.tokens.refresh(scope.tenant(), account.role, &session, now);
    let tenant = scope.tenant();
    Ok(Noted::Opened(Box::new(LoggedIn { tenant, account, session, access, access_expires, refresh })))
}

impl House {
    /// The keyed hashes that a log-in may stand under: as a name or an address, and as a telephone number.
    pub(crate) fn log_in_keys(&self, log_in: &str) -> Vec<[u8; 16]> {
        let name = log_in.trim().to_lowercase();
        let mut keys = vec![self.log_in_hash(&name)];
        if let Some(phone) = phone_key(log_in).filter(|phone| *phone != name) {
            keys.push(self.log_in_hash(&phone));
        }
        keys
    }

    /// The keyed hash of a log-in in its comparable form.
    pub(crate) fn log_in_hash(&self, key: &str) -> [u8; 16] {
        self.log_in_key.short_mac(&[b"log-in", key.as_bytes()])
    }
}
