//! Where a tenant's data lie: its space, which is the tenant in one of its lives.
//!
//! Destroying a tenant begins a new life, so that versions may start again without meeting the deletion marks of the
//! old one, and so that whatever an old process still writes lands where nobody looks.

use crate::connection::{Connection, Write};
use crate::fault::Fault;
use crate::options::Options;
use crate::value::{blob, int, num};
use moka::sync::Cache;
use std::time::Duration;
use ward_domain::tenancy::TenantId;

/// How long a process may go on in a life that another process has ended.
const KNOWN_FOR: Duration = Duration::from_secs(5);
const TENANTS: u64 = 10_000;

/// A tenant in one of its lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Space {
    pub(crate) tenant: TenantId,
    pub(crate) life: i32,
    pub(crate) bytes: Vec<u8>,
}

impl Space {
    pub(crate) fn new(realm: &[u8], tenant: TenantId, life: i32) -> Self {
        let bytes = [realm, &tenant.get().to_be_bytes(), &life.to_be_bytes()].concat();
        Self { tenant, life, bytes }
    }

    /// Back from its bytes.
    pub(crate) fn read(realm: &[u8], bytes: &[u8]) -> Option<Self> {
        let (tenant, life) = bytes.strip_prefix(realm)?.split_first_chunk::<8>()?;
        let tenant = TenantId::from_number(u64::from_be_bytes(*tenant));
        let life = i32::from_be_bytes(life.try_into().ok()?);
        Some(Self { tenant, life, bytes: bytes.to_vec() })
    }

    /// As the server takes it.
    pub(crate) fn key(&self) -> scylla::value::CqlValue {
        blob(self.bytes.as_slice())
    }
}

/// The lives that this process knows of.
pub(crate) struct Lives(Cache<TenantId, i32>);

impl Lives {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(TENANTS).time_to_live(KNOWN_FOR).build())
    }

    /// The tenant's space, as of a few seconds ago at most.
    pub(crate) async fn space(
        &self,
        connection: &Connection,
        options: &Options,
        tenant: TenantId,
    ) -> Result<Space, Fault> {
        if let Some(life) = self.0.get(&tenant) {
            return Ok(Space::new(&options.realm, tenant, life));
        }
        let values = vec![blob(options.realm.as_slice()), num(tenant.get())];
        let rows = connection.rows::<(i32,)>(&connection.statements.life, values).await?;
        let life = rows.first().map_or(0, |(life,)| *life);
        self.0.insert(tenant, life);
        Ok(Space::new(&options.realm, tenant, life))
    }

    /// Begins the tenant's next life; gives the space that has ended.
    pub(crate) async fn end(
        &self,
        connection: &Connection,
        options: &Options,
        tenant: TenantId,
    ) -> Result<Space, Fault> {
        let st = &connection.statements;
        let key = || vec![blob(options.realm.as_slice()), num(tenant.get())];
        loop {
            let rows = connection.rows::<(i32,)>(&st.life_serial, key()).await?;
            let life = rows.first().map_or(0, |(life,)| *life);
            let next = int(life + 1);
            let part = if rows.is_empty() {
                Write::new(&st.life_first, [key(), vec![next]].concat())
            } else {
                Write::new(&st.life_next, [vec![next], key(), vec![int(life)]].concat())
            };
            if connection.transact(vec![part]).await? {
                self.0.insert(tenant, life + 1);
                return Ok(Space::new(&options.realm, tenant, life));
            }
        }
    }
}
