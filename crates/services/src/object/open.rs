//! Following a link.

use crate::{Fail, House};
use ward_domain::chart::{Attachment, MedicalRecord};
use ward_domain::encounter::NoteExport;
use ward_domain::encounter::Recording;
use ward_domain::tenancy::TenantScope;
use ward_gateways::objects::{ByteRange, Link, LinkError, Media, Object, ObjectError, ObjectKey, ObjectKind};

/// What is asked for of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// A part; `None`: all of it.
    pub range: Option<ByteRange>,
    /// The state of which the part must be; of another the whole is wanted (RFC 9110, 13.1.5).
    pub if_range: Option<String>,
}

/// How an object is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// As what.
    pub media: Media,
    /// Under which name it is saved.
    pub name: String,
    /// Its entity tag, with the quotes. An object is put once under an id of its own, so that the id is the tag.
    pub tag: String,
    /// True where it is a part.
    pub part: bool,
}

/// Where a link led.
pub enum Opened {
    /// To an object, or the part of it that was asked for.
    Object(Shown, Object),
    /// Nowhere, or nowhere any more.
    NoLink(LinkError),
    /// It is good, but its object is not to be had.
    NoObject(ObjectError),
}

/// Follows a link. A hospital that is suspended or gone shows nothing.
pub async fn open(house: &House, link: &str, asked: Asked) -> Result<Opened, Fail> {
    let link = match house.links.read(link, house.env.now()) {
        Ok(link) => link,
        Err(error) => return Ok(Opened::NoLink(error)),
    };
    let scope = house.tenancy.register.scope(link.tenant).await??;
    let Some(mut shown) = shown(house, &scope, &link).await? else {
        return Ok(Opened::NoLink(LinkError::Unknown));
    };
    let key = shown_object(house, &scope, &link).await?;
    let Some(key) = key else { return Ok(Opened::NoLink(LinkError::Unknown)) };
    shown.tag = format!("\"{}-{}\"", key.kind.name(), key.id);
    let same = asked.if_range.is_none_or(|state| state == shown.tag);
    let range = asked.range.filter(|_| same);
    shown.part = range.is_some();
    Ok(match house.env.objects.get(&scope, key, range).await {
        Ok(object) => Opened::Object(shown, object),
        Err(error) => Opened::NoObject(error),
    })
}

/// The object behind a link. That of a recording names its encounter, whose object may be put together anew.
async fn shown_object(house: &House, scope: &TenantScope, link: &Link) -> Result<Option<ObjectKey>, Fail> {
    if link.key.kind != ObjectKind::Audio {
        return Ok(Some(link.key));
    }
    let recording = house.find::<Recording>(scope, link.key.id).await?;
    let Some(recording) = recording else { return Ok(Some(link.key)) };
    Ok(recording.document.object.map(|id| ObjectKey { kind: ObjectKind::Audio, id }))
}

/// How an object is shown; `None` where the record that shows it was deleted after the link was given out.
async fn shown(house: &House, scope: &TenantScope, link: &Link) -> Result<Option<Shown>, Fail> {
    let id = link.key.id;
    let mut name = format!("{id}.{}", link.media.extension());
    if link.key.kind == ObjectKind::Attachment {
        let found = house.find::<Attachment>(scope, id).await?.map(|found| found.document);
        let Some(found) = found.filter(|found| found.deleted.is_none()) else { return Ok(None) };
        let record = house.find::<MedicalRecord>(scope, found.record.id()).await?;
        if record.is_none_or(|record| record.document.deleted.is_some()) {
            return Ok(None);
        }
        name = found.name.saved_as(link.media);
    }
    if link.key.kind == ObjectKind::Export {
        let found = house.find::<NoteExport>(scope, id).await?.map(|found| found.document);
        // A file whose record never came to stand is shown to nobody.
        let Some(found) = found else { return Ok(None) };
        name = found.file_name();
    }
    let tag = format!("\"{}-{id}\"", link.key.kind.name());
    Ok(Some(Shown { media: link.media, name, tag, part: false }))
}
