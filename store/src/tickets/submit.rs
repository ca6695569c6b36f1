//! Submitting a request: two round trips, one commit.

use diesel::prelude::*;
use diesel::sql_types::{Array, Double, Jsonb, Text, Uuid as SqlUuid};
use diesel::{insert_into, sql_query, update};
use serde_json::{Value, json};
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{InstanceSizeId, NamespaceId, ServiceId, TemplateId, TicketId, WorkspaceId};
use shepherd_domain::name::vm_name;
use shepherd_domain::placement::asked_disk_gib;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::size::SizeSpec;
use shepherd_domain::template::BootSource;
use shepherd_domain::{Code, Refusal};
use std::time::Duration;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::notices::NoticeKind;
use crate::orders::{OrderKind, ticket_workflow};
use crate::pipeline::All;
use crate::schema::{instance_sizes, namespaces, services, tickets};
use crate::stored;
use crate::tx::Tx;
use crate::visible::roles_with;

/// A request for a VM.
#[derive(Clone, Debug)]
pub struct Submission {
    pub service: ServiceId,
    pub namespace: NamespaceId,
    pub template: TemplateId,
    pub instance_size: InstanceSizeId,
    pub disk_gib: Option<i32>,
    pub reason: String,
    /// How long the request waits for a decision.
    pub timeout: Duration,
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = SqlUuid)]
    workspace_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    system_id: Uuid,
    #[diesel(sql_type = Text)]
    system: String,
    #[diesel(sql_type = Text)]
    service: String,
}

#[derive(QueryableByName)]
struct Template {
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Jsonb)]
    boot_source: Value,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What a submission is checked against.
struct Context {
    place: Place,
    instance: i64,
    namespace: String,
    environment: String,
    size: SizeSpec,
    boot_source: BootSource,
    approvers: Vec<Uuid>,
}

impl Store {
    /// Stores a ticket, its pending decision and the order to start its workflow.
    ///
    /// # Errors
    /// `NOT_FOUND` for a Service, namespace, template or size that the caller may not use, `PERMISSION_DENIED`,
    /// `NOT_USABLE`, `DISK_OUT_OF_RANGE`, `DISK_NOT_SIZABLE`, `NO_APPROVERS`, `DUPLICATE_PENDING_REQUEST` with the ticket that is
    /// pending.
    pub async fn ticket_submit(&self, ctx: &Ctx, new: Submission) -> Result<TicketId> {
        let id = TicketId(Uuid::now_v7());
        let mut tx = self.tx(ctx).await?;
        let context = look_up(&mut tx, ctx, &new).await?;
        let name = vm_name(&context.namespace, &context.place.system, &context.place.service, context.instance)?;
        let workspace = WorkspaceId(context.place.workspace_id);
        let details = json!({
            "service_id": new.service, "namespace_id": new.namespace, "template_id": new.template,
            "instance_size_id": new.instance_size, "disk_gib": new.disk_gib, "reason": new.reason,
            "instance": context.instance,
        });
        let leaf = Leaf::new(Action::VmRequest, Resource::new("ticket", id, &name), details).workspace(workspace);
        tx.allow(Permission::VmCreate, Scope::Workspace(workspace), leaf.clone()).await?;
        let disk_gib = asked_disk_gib(&context.boot_source, &context.size, new.disk_gib)?;
        let requester = tx.actor()?.principal.0;
        if context.approvers.is_empty() {
            return Err(tx.refuse(Refusal::new(Code::NoApprovers), leaf).await);
        }
        write_ticket(&mut tx, id, &new, &context.place, context.instance, &name, disk_gib)?;
        let payload = json!({
            "ticket_id": id, "timeout_seconds": new.timeout.as_secs(), "workspace_id": workspace,
            "requester_id": requester, "environment": context.environment, "vm_name": name,
        });
        tx.order(id.0, ticket_workflow(id), OrderKind::TicketStart, payload);
        tx.notify(context.approvers, NoticeKind::ApprovalPending, id, json!({"vm_name": name}));
        tx.event("ticket", id.0, Some(workspace), Some(requester), "PENDING");
        tx.made(id.0);
        match tx.commit(leaf).await {
            Ok(()) => Ok(id),
            Err(error) if error.constraint() == Some("tickets_one_pending") => {
                Err(self.duplicate(ctx, requester, &new).await)
            }
            Err(error) => Err(gone(error)),
        }
    }

    async fn duplicate(&self, ctx: &Ctx, requester: Uuid, new: &Submission) -> Error {
        let pending = tickets::table
            .filter(tickets::tenant_id.eq(ctx.tenant.0).and(tickets::requester_id.eq(requester)))
            .filter(tickets::service_id.eq(new.service.0).and(tickets::namespace_id.eq(new.namespace.0)))
            .filter(tickets::template_id.eq(new.template.0).and(tickets::instance_size_id.eq(new.instance_size.0)))
            .filter(tickets::state.eq("PENDING"))
            .select(tickets::id);
        match self.read::<Vec<Uuid>, _, _>(ctx, pending).await {
            Ok((_, ids)) => {
                let params = json!({"ticket_id": ids.first(), "operation": "CREATE"});
                Refusal::new(Code::DuplicatePendingRequest).with(params).into()
            }
            Err(error) => error,
        }
    }
}

/// Everything that the submission depends on, in one flush. The instance number is taken here and given back by a
/// rollback.
async fn look_up(tx: &mut Tx, ctx: &Ctx, new: &Submission) -> Result<Context> {
    let tenant = ctx.tenant.0;
    let deciders = roles_with(Permission::ApprovalDecide);
    let place = sql_query(
        "select y.workspace_id, y.id as system_id, y.name as system, s.name as service from services s \
         join systems y on y.tenant_id = s.tenant_id and y.id = s.system_id where s.tenant_id = $1 and s.id = $2",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(new.service.0);
    let number = update(services::table.filter(services::tenant_id.eq(tenant).and(services::id.eq(new.service.0))))
        .set(services::next_instance.eq(services::next_instance + 1))
        .returning(services::next_instance - 1);
    let namespace = namespaces::table
        .filter(namespaces::tenant_id.eq(tenant).and(namespaces::id.eq(new.namespace.0)))
        .select((namespaces::name, namespaces::environment, namespaces::enabled));
    let template = sql_query("select status, spec -> 'boot_source' as boot_source from templates where id = $1")
        .bind::<SqlUuid, _>(new.template.0);
    let size = instance_sizes::table
        .filter(instance_sizes::id.eq(new.instance_size.0))
        .select((instance_sizes::spec, instance_sizes::enabled));
    let approvers = sql_query(
        "select distinct p.id from role_bindings b join principals p on p.tenant_id = b.tenant_id and p.id = b.principal_id \
         join sessions o on o.tenant_id = b.tenant_id and o.id = $4 \
         left join local_credentials c on c.tenant_id = p.tenant_id and c.principal_id = p.id \
         where b.tenant_id = $1 and p.enabled and b.role = any($3) and p.id <> o.principal_id \
           and o.principal_id not in (p.created_by, b.granted_by) and c.reset_by is distinct from o.principal_id and (b.workspace_id is null or b.workspace_id = \
         (select y.workspace_id from services s join systems y on y.tenant_id = s.tenant_id and y.id = s.system_id \
          where s.tenant_id = $1 and s.id = $2))",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(new.service.0)
    .bind::<Array<Text>, _>(deciders)
    .bind::<SqlUuid, _>(ctx.session());
    type Rows = (Vec<Place>, Vec<i64>, Vec<(String, String, bool)>, Vec<Template>, Vec<(Value, bool)>, Vec<Id>);
    let batch = All((place, number, namespace, template, size, approvers));
    let (place, number, namespace, template, size, approvers): Rows = tx.fetch(batch).await?;
    let found = (place, number, namespace, template, size);
    judge(found, approvers.into_iter().map(|row| row.id).collect())
}

type Found = (Vec<Place>, Vec<i64>, Vec<(String, String, bool)>, Vec<Template>, Vec<(Value, bool)>);

/// Whether everything was found and is in use.
fn judge((place, number, namespace, template, size): Found, approvers: Vec<Uuid>) -> Result<Context> {
    let missing = |resource: &'static str| Error::from(Refusal::not_found(resource));
    let unusable = |resource: &'static str, state: &str| {
        Err(Refusal::new(Code::NotUsable).with(json!({"resource": resource, "state": state})).into())
    };
    let (place, instance) =
        place.into_iter().next().zip(number.into_iter().next()).ok_or_else(|| missing("service"))?;
    let (namespace, environment, enabled) = namespace.into_iter().next().ok_or_else(|| missing("namespace"))?;
    let template = template.into_iter().next().ok_or_else(|| missing("template"))?;
    let (size, size_enabled) = size.into_iter().next().ok_or_else(|| missing("instance_size"))?;
    if !enabled {
        return unusable("namespace", "disabled");
    }
    if template.status != "active" {
        return unusable("template", &template.status);
    }
    if !size_enabled {
        return unusable("instance_size", "disabled");
    }
    let (size, boot_source) = (stored::read(&size)?, stored::read(&template.boot_source)?);
    Ok(Context { place, instance, namespace, environment, size, boot_source, approvers })
}

/// Refuses what was deleted after it was looked up.
fn gone(error: Error) -> Error {
    error
        .refuse_on("tickets_tenant_id_namespace_id_fkey", || Refusal::not_found("namespace"))
        .refuse_on("tickets_instance_size_id_fkey", || Refusal::not_found("instance_size"))
}

fn write_ticket(
    tx: &mut Tx,
    id: TicketId,
    new: &Submission,
    place: &Place,
    instance: i64,
    name: &str,
    disk_gib: Option<i32>,
) -> Result<()> {
    let (tenant, requester) = (tx.ctx().tenant.0, tx.actor()?.principal.0);
    tx.write(insert_into(tickets::table).values((
        tickets::tenant_id.eq(tenant),
        tickets::id.eq(id.0),
        tickets::workspace_id.eq(place.workspace_id),
        tickets::system_id.eq(place.system_id),
        tickets::service_id.eq(new.service.0),
        tickets::namespace_id.eq(new.namespace.0),
        tickets::template_id.eq(new.template.0),
        tickets::instance_size_id.eq(new.instance_size.0),
        tickets::requester_id.eq(requester),
        tickets::reason.eq(new.reason.clone()),
        tickets::instance.eq(instance),
        tickets::vm_name.eq(name.to_owned()),
        tickets::disk_gib.eq(disk_gib),
    )));
    tx.write(
        sql_query(
            "insert into approval_requests (tenant_id, id, ticket_id, requester_id, expires_at) \
             values ($1, $2, $3, $4, now() + make_interval(secs => $5))",
        )
        .bind::<SqlUuid, _>(tenant)
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(id.0)
        .bind::<SqlUuid, _>(requester)
        .bind::<Double, _>(new.timeout.as_secs_f64()),
    );
    Ok(())
}
