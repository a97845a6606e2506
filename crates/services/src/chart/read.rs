//! One document of a chart.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::chart::ChartDocument;
use ward_domain::id::Id;
use ward_domain::policy::Action;

/// A document that the caller may read.
pub async fn read<D: ChartDocument>(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<D>, Fail> {
    Ok(house.chart_document(ctx, id, D::RESOURCE, Action::Read).await?.0)
}
