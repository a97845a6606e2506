//! Who may look into a chart: the one way to a document of it. What is refused leaves a trace here; so does what is
//! shown. What is changed is traced by the use case that changes it, when it is known how that ended.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_actors::chart::ChartMessage;
use ward_domain::audit::Deed;
use ward_domain::calendar::Appointment;
use ward_domain::chart::access::{Opening, Standing, relates, relation_period};
use ward_domain::chart::{Answer, BreakGlass, ChartCommand, ChartDocument};
use ward_domain::id::{BreakGlassId, Id, UserId};
use ward_domain::policy::{self, Action, Grant, Resource, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_store::{Bounds, ListQuery, Slice};

/// Rows looked at in one step.
const STEP: usize = 50;

/// What of a chart someone stands before, and what they are about to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Door {
    /// What.
    pub action: Action,
    /// With what.
    pub resource: Resource,
    /// What that is called.
    pub what: &'static str,
    /// Whose chart.
    pub patient: UserId,
    /// Who wrote the document; `None` where the whole chart is meant.
    pub author: Option<UserId>,
    /// Which document.
    pub id: Option<Id>,
}

impl Door {
    /// The whole chart, to be looked through for documents of a sort.
    pub const fn whole<D: ChartDocument>(patient: UserId) -> Self {
        let (resource, what) = (D::RESOURCE, D::WHAT);
        Self { action: Action::List, resource, what, patient, author: None, id: None }
    }

    /// The same as an attempt, for the trail.
    pub fn attempt(&self) -> Attempt {
        Attempt { action: self.action, resource: self.resource, id: self.id, patients: vec![self.patient] }
    }
}

impl House {
    /// What opens a chart, or one document of it, to the caller. No trace yet.
    pub(crate) async fn opening(&self, ctx: &Ctx, door: &Door) -> Result<Result<Opening, Refusal>, Fail> {
        let mut standing = Standing {
            user: ctx.user,
            role: ctx.role,
            patient: door.patient,
            author: door.author,
            related: false,
            granted: None,
            glass: None,
        };
        // Who changes something must have written it; all else is opened by what opens the chart.
        let changes = matches!(door.action, Action::Update | Action::Delete);
        if !changes && ctx.role == Role::Doctor && door.author != Some(ctx.user) {
            standing.related = self.is_related(ctx, door.patient).await?;
            if !standing.related {
                standing.granted = self.granted_access(ctx, door.patient, door.resource, door.action).await?;
            }
            if !standing.related && standing.granted.is_none() {
                standing.glass = self.broken_glass(ctx, door.patient).await?;
            }
        }
        Ok(standing.open(door.resource, door.action, door.what))
    }

    /// What opens it; a refusal leaves a trace, and so does a look.
    pub(crate) async fn chart_access(&self, ctx: &Ctx, door: &Door) -> Result<Opening, Fail> {
        let opened = self.opening(ctx, door).await?;
        let opening = self.refusable(ctx, &door.attempt(), opened).await?;
        if matches!(door.action, Action::Read | Action::List) {
            self.trace_look(ctx, door.action, door.resource, opening, door.id, vec![door.patient]).await?;
        }
        Ok(opening)
    }

    /// A document of a chart that the caller may act on; what was deleted is there for nobody. `resource` is what they
    /// are about to see or change, where that is not the document itself.
    pub(crate) async fn chart_document<D: ChartDocument>(
        &self,
        ctx: &Ctx,
        id: Id,
        resource: Resource,
        action: Action,
    ) -> Result<(Versioned<D>, Opening), Fail> {
        if policy::grant(ctx.role, resource, action) == Grant::Never {
            self.permit(ctx, resource, action, false).await?;
        }
        let found = self.find::<D>(&ctx.scope, id).await?.filter(|found| !found.document.is_gone());
        let found = found.ok_or_else(|| Refusal::not_found(D::WHAT))?;
        let (patient, author) = (found.document.patient(), Some(found.document.author()));
        let door = Door { action, resource, what: D::WHAT, patient, author, id: Some(id) };
        let opening = self.chart_access(ctx, &door).await?;
        Ok((found, opening))
    }

    /// Someone looked into a chart; what nothing but broken glass opened is marked.
    pub(crate) async fn trace_look(
        &self,
        ctx: &Ctx,
        action: Action,
        resource: Resource,
        opening: Opening,
        id: Option<Id>,
        patients: Vec<UserId>,
    ) -> Result<(), Fail> {
        let deed = match (opening, action) {
            (Opening::BreakGlass(_), Action::Read) => Deed::ReadBreakGlass,
            (Opening::BreakGlass(_), Action::List) => Deed::ListBreakGlass,
            _ => action.into(),
        };
        self.trace_deed(ctx, deed, resource, id, patients).await
    }

    /// Tells a chart something.
    pub(crate) async fn tell_chart(
        &self,
        ctx: &Ctx,
        chart: UserId,
        command: ChartCommand,
    ) -> Result<Answer, Fail> {
        let message = ChartMessage::Do(Box::new(command));
        let answer = self.actors.charts.ask(&ctx.scope, chart.id(), ctx.deadline, message).await;
        answer
            .map_err(Self::in_flight)?
            .ok_or_else(|| Fail::Fault("a chart did not answer a command".to_owned()))
    }

    /// A document as it stands after a command.
    pub(crate) async fn standing<D: ChartDocument>(&self, ctx: &Ctx, id: Id) -> Result<Versioned<D>, Fail> {
        let found = self.find::<D>(&ctx.scope, id).await?;
        found.ok_or_else(|| Fail::Fault(format!("a {} was written and is not there", D::WHAT)))
    }

    /// Whether the caller has an appointment with a patient that opens the chart.
    async fn is_related(&self, ctx: &Ctx, patient: UserId) -> Result<bool, Fail> {
        let days = self.settings.chart_relation_days;
        let (from, until) = relation_period(ctx.now, days);
        let bounds = Bounds { from: from.sort_key(), until: until.sort_key() };
        let eq = Key::of(ctx.user.get()).and(patient.get());
        let all = ListQuery::all(List::DoctorPatientAppointments, eq);
        let mut query = ListQuery { bounds, descending: true, limit: STEP, ..all };
        loop {
            let rows = self.env.store.list(&ctx.scope, &query).await?.rows;
            let Some(last) = rows.last() else { return Ok(false) };
            query.slice = Slice::After { sort: last.sort, id: last.id };
            let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
            let found = self.find_many::<Appointment>(&ctx.scope, &ids).await?;
            if found.iter().any(|found| relates(&found.document, ctx.now, days)) {
                return Ok(true);
            }
        }
    }

    /// The glass that the caller broke before a patient's chart, if it is open still.
    async fn broken_glass(&self, ctx: &Ctx, patient: UserId) -> Result<Option<BreakGlassId>, Fail> {
        let now = self.env.now();
        let bounds = Bounds { from: now.sort_key(), until: u64::MAX };
        let eq = Key::of(ctx.user.get()).and(patient.get());
        let all = ListQuery::all(List::BreakGlassesByDoctorPatient, eq);
        let query = ListQuery { bounds, descending: true, limit: STEP, ..all };
        let rows = self.env.store.list(&ctx.scope, &query).await?.rows;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let found = self.find_many::<BreakGlass>(&ctx.scope, &ids).await?;
        let open = found.into_iter().map(|found| found.document).find(|glass| glass.is_active(now));
        Ok(open.map(|glass| glass.id))
    }
}
