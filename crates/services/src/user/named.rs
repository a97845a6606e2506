//! People that a request names by their id, in its body or its query.

use crate::{Ctx, Fail, House};
use ward_domain::account::Account;
use ward_domain::id::Id;
use ward_domain::policy::{self, Action, Grant, Role};
use ward_domain::refusal::Refusal;

impl House {
    /// The doctor or patient of an id that a field of the role's name holds; another hospital's is none.
    pub(crate) async fn named(&self, ctx: &Ctx, role: Role, id: Id) -> Result<Account, Fail> {
        let account = self.find::<Account>(&ctx.scope, id).await?.map(|found| found.document);
        let account = account.filter(|account| account.role == role);
        account
            .ok_or_else(|| Refusal::field(role.word(), format!("There is no such {}.", role.word())).into())
    }

    /// Refuses a filter that names nobody, to callers who may see people of that role. To others nothing is said of
    /// whether someone exists: their list holds what is their own, or nothing.
    pub(crate) async fn check_filter(&self, ctx: &Ctx, role: Role, id: Option<Id>) -> Result<(), Fail> {
        let Some(id) = id else { return Ok(()) };
        let own = ctx.role == role && id == ctx.user.id();
        if !own && policy::grant(ctx.role, role.resource(), Action::Read) == Grant::Any {
            self.named(ctx, role, id).await?;
        }
        Ok(())
    }
}
