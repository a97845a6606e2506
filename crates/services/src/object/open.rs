//! Following a link.

use crate::{Fail, House};
use ward_gateways::objects::{ByteRange, Link, LinkError, Object, ObjectError};

/// Where a link led.
pub enum Opened {
    /// To an object, or the part of it that was asked for.
    Object(Link, Object),
    /// Nowhere, or nowhere any more.
    NoLink(LinkError),
    /// It is good, but its object is not to be had.
    NoObject(ObjectError),
}

/// Follows a link. A hospital that is suspended or gone shows nothing.
pub async fn open(house: &House, link: &str, range: Option<ByteRange>) -> Result<Opened, Fail> {
    let link = match house.links.read(link, house.env.now()) {
        Ok(link) => link,
        Err(error) => return Ok(Opened::NoLink(error)),
    };
    let scope = house.tenancy.register.scope(link.tenant).await??;
    Ok(match house.env.objects.get(&scope, link.key, range).await {
        Ok(object) => Opened::Object(link, object),
        Err(error) => Opened::NoObject(error),
    })
}
