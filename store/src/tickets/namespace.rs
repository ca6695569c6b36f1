//! Who counts on a namespace of a cluster, so that an undo does not take it away from under a run.
//!
//! Two tickets may share one. The one that takes back writes its step first and then looks for approvals; the one
//! that starts was approved first and then looks for such steps. Whichever comes second sees the other.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Uuid as SqlUuid;
use shepherd_domain::ids::TicketId;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;

#[derive(QueryableByName)]
#[expect(dead_code, reason = "that there is one says it all")]
struct Other {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Store {
    /// Whether another ticket's VM stands in this ticket's namespace on the same cluster, or was approved to.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn namespace_shared(&self, ctx: &Ctx, id: TicketId) -> Result<bool> {
        let query = sql_query(
            "select o.id from vms v \
             join vms o on o.tenant_id = v.tenant_id and o.cluster_id = v.cluster_id \
               and o.physical_namespace = v.physical_namespace and o.ticket_id <> v.ticket_id \
             join tickets t on t.tenant_id = o.tenant_id and t.id = o.ticket_id \
               and t.state in ('APPROVED', 'EXECUTING', 'SUCCESS') \
             where v.tenant_id = $1 and v.ticket_id = $2 limit 1",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0);
        let (_, rows): (_, Vec<Other>) = self.read(ctx, query).await?;
        Ok(!rows.is_empty())
    }

    /// Whether another ticket is removing this ticket's namespace on the same cluster at the moment.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn namespace_leaving(&self, ctx: &Ctx, id: TicketId) -> Result<bool> {
        let query = sql_query(
            "select o.id from vms v \
             join vms o on o.tenant_id = v.tenant_id and o.cluster_id = v.cluster_id \
               and o.physical_namespace = v.physical_namespace and o.ticket_id <> v.ticket_id \
             join tickets t on t.tenant_id = o.tenant_id and t.id = o.ticket_id and t.state = 'EXECUTING' \
             join ticket_steps s on s.tenant_id = t.tenant_id and s.ticket_id = t.id \
               and s.name = 'remove_namespace' and s.state in ('RUNNING', 'RETRYING') \
             where v.tenant_id = $1 and v.ticket_id = $2 limit 1",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0);
        let (_, rows): (_, Vec<Other>) = self.read(ctx, query).await?;
        Ok(!rows.is_empty())
    }
}
