//! Lists that the platform reads across tenants.

use crate::fault::Fault;
use crate::house::House;
use crate::lists::{bucket, code};
use crate::open::{Set, read_bucket};
use crate::value::{big, blob, int, signed, unsigned};
use ward_domain::id::Id;
use ward_domain::record::{Key, List};
use ward_domain::tenancy::TenantId;
use ward_store::{Bounds, PlatformRow};

/// Rows in order, at most `limit`. Buckets that are found empty leave the set of open ones.
pub(crate) async fn rows(
    house: &House,
    list: List,
    eq: &Key,
    bounds: Bounds,
    limit: usize,
) -> Result<Vec<PlatformRow>, Fault> {
    house.check_open()?;
    let mut found = Vec::new();
    if bounds.from > bounds.until || limit == 0 {
        return Ok(found);
    }
    let code = code(list);
    let (from, until) = (signed(bounds.from), signed(bounds.until));
    let set = Set::Wide(code, eq.bytes().to_vec());
    let looked = house.options.stamp();
    let mut open = Vec::new();
    for item in house.open.items(&house.connection, &house.options, &set).await? {
        open.push((read_bucket(&item).ok_or_else(|| Fault::damaged("an open bucket"))?, item));
    }
    // As numbers: buckets of times before 1970 are negative.
    open.sort_by_key(|(number, _)| *number);
    for (number, item) in open {
        if number < bucket(code, from) || number > bucket(code, until) {
            continue;
        }
        let left = i32::try_from(limit - found.len()).unwrap_or(i32::MAX);
        let realm = blob(house.options.realm.as_slice());
        let values = vec![realm, int(code), blob(eq.bytes()), big(number), big(from), big(until), int(left)];
        let rows =
            house.connection.walk::<(i64, i64, i64)>(&house.connection.statements.wide, values).await?;
        let whole = bucket(code, from) < number && number < bucket(code, until);
        if rows.is_empty() && (whole || bounds == Bounds::ALL) {
            house.open.drop(&house.connection, &house.options, &set, &item, looked).await?;
        }
        for (sort, tenant, id) in rows {
            let id = Id::new(id.cast_unsigned()).ok_or_else(|| Fault::damaged("a platform-wide row"))?;
            let tenant = TenantId::from_number(tenant.cast_unsigned());
            found.push(PlatformRow { tenant, sort: unsigned(sort), id });
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}
