//! Placing a ticket: what an approver would approve, rendered from what the database knows now.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Int4, Jsonb, Nullable, Text, Untyped, Uuid as SqlUuid};
use serde_json::{Value, json};
use shepherd_domain::environment::Environment;
use shepherd_domain::ids::{ClusterId, PrincipalId, TicketId};
use shepherd_domain::manifest::VmOrder;
use shepherd_domain::placement::{
    ClusterStatus, ModifiedSpec, Placement, StorageClass, Target, Warning, approved_disk_gib, place,
};
use shepherd_domain::policy::Permission;
use shepherd_domain::size::SizeSpec;
use shepherd_domain::template::TemplateSpec;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use super::Ticket;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::Resource;
use crate::pipeline::Batch;
use crate::stored;

/// What an approver chooses.
#[derive(Clone, Debug)]
pub struct Choice {
    pub cluster: ClusterId,
    /// Absent: the version that was asked for.
    pub template_version: Option<i32>,
    /// Absent: the cluster's default.
    pub storage_class: Option<String>,
    /// Resources in place of the size's, as a whole.
    pub modified_spec: Option<ModifiedSpec>,
}

/// What would be approved.
#[derive(Clone, Debug)]
pub struct Preview {
    pub digest: String,
    pub manifest: Value,
    pub namespace: String,
    pub warnings: Vec<Warning>,
}

/// Everything that a placement is made from, in one row.
#[derive(QueryableByName)]
pub(super) struct Material {
    #[diesel(embed)]
    pub(super) ticket: Ticket,
    #[diesel(sql_type = Text)]
    pub(super) physical_name: String,
    #[diesel(sql_type = Text)]
    namespace_environment: String,
    #[diesel(sql_type = Bool)]
    namespace_enabled: bool,
    #[diesel(sql_type = Bool)]
    size_enabled: bool,
    #[diesel(sql_type = Bool)]
    requester_enabled: bool,
    #[diesel(sql_type = Text)]
    system_name: String,
    #[diesel(sql_type = Text)]
    service_name: String,
    #[diesel(sql_type = Jsonb)]
    size_spec: Value,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    version_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    version_status: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    version_spec: Option<Value>,
    #[diesel(sql_type = Nullable<Text>)]
    cluster_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    cluster_environment: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    cluster_enabled: Option<bool>,
    #[diesel(sql_type = Nullable<Text>)]
    cluster_status: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    cluster_verdict: Option<Value>,
}

/// A placement with what an approval keeps of it.
pub(super) struct Placed {
    pub(super) placement: Placement,
    pub(super) template_id: Uuid,
    pub(super) template_snapshot: Value,
    pub(super) size_snapshot: Value,
}

impl Store {
    /// Renders the ticket as it would run with `choice`, and its digest.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, and every refusal of [`place`].
    pub async fn ticket_preview(&self, ctx: &Ctx, id: TicketId, choice: &Choice) -> Result<Preview> {
        let (actor, rows) = self.read(ctx, material(ctx, id, choice)).await?;
        let material = rows.into_iter().next();
        let material = material
            .filter(|material| actor.allows(Permission::TicketRead, material.ticket.scope()))
            .ok_or_else(|| Refusal::not_found("ticket"))?;
        let resource = Resource::new("ticket", id, &material.ticket.vm_name);
        self.allow(ctx, &actor, Permission::ApprovalDecide, material.ticket.scope(), resource).await?;
        let placed = material.place(choice)?;
        Ok(Preview {
            digest: placed.placement.digest.as_str().to_owned(),
            manifest: placed.placement.manifest,
            namespace: material.physical_name,
            warnings: placed.placement.warnings,
        })
    }
}

/// Reads [`Material`]; no row when the tenant has no such ticket.
pub(super) fn material(ctx: &Ctx, id: TicketId, choice: &Choice) -> impl Batch<Vec<Material>, Untyped> + use<> {
    sql_query(
        "select t.*, n.physical_name, n.environment as namespace_environment, \
           n.enabled as namespace_enabled, z.enabled as size_enabled, q.enabled as requester_enabled, y.name as system_name, \
           s.name as service_name, z.spec as size_spec, \
           v.id as version_id, v.status as version_status, v.spec as version_spec, \
           c.name as cluster_name, c.environment as cluster_environment, c.enabled as cluster_enabled, \
           c.status as cluster_status, c.verdict as cluster_verdict \
         from tickets t \
         join principals q on q.tenant_id = t.tenant_id and q.id = t.requester_id \
         join services s on s.tenant_id = t.tenant_id and s.id = t.service_id \
         join systems y on y.tenant_id = t.tenant_id and y.id = t.system_id \
         join namespaces n on n.tenant_id = t.tenant_id and n.id = t.namespace_id \
         join instance_sizes z on z.id = t.instance_size_id \
         join templates a on a.id = t.template_id \
         left join templates v on v.name = a.name and case when $4::int is null then v.id = a.id else v.version = $4 end \
         left join clusters c on c.id = $3 \
         where t.tenant_id = $1 and t.id = $2",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<SqlUuid, _>(choice.cluster.0)
    .bind::<Nullable<Int4>, _>(choice.template_version)
}

impl Material {
    /// # Errors
    /// `NOT_FOUND` for an unknown cluster or template version, `NOT_USABLE` for a version that is a draft or
    /// archived and for whatever was disabled since the request, and every refusal of [`place`].
    pub(super) fn place(&self, choice: &Choice) -> Result<Placed> {
        let parts = [
            ("namespace", self.namespace_enabled),
            ("instance_size", self.size_enabled),
            ("requester", self.requester_enabled),
        ];
        if let Some((resource, _)) = parts.into_iter().find(|(_, enabled)| !enabled) {
            let params = json!({"resource": resource, "state": "disabled"});
            return Err(Refusal::new(Code::NotUsable).with(params).into());
        }
        let (Some(template_id), Some(status), Some(template_snapshot)) =
            (self.version_id, &self.version_status, &self.version_spec)
        else {
            return Err(Refusal::not_found("template").into());
        };
        // A version that was deprecated after the request may still be approved; the request is older.
        if status != "active" && status != "deprecated" {
            return Err(Refusal::new(Code::NotUsable).with(json!({"resource": "template", "state": status})).into());
        }
        let template: TemplateSpec = stored::read(template_snapshot)?;
        let size: SizeSpec = stored::read(&self.size_spec)?;
        let modified = choice.modified_spec.as_ref();
        let size = modified.map_or_else(|| Ok(size.clone()), |spec| spec.apply(&size, &template.boot_source))?;
        let disk_gib = approved_disk_gib(modified, self.ticket.disk_gib, &size);
        let order = VmOrder {
            ticket: TicketId(self.ticket.id),
            requester: PrincipalId(self.ticket.requester_id),
            system: &self.system_name,
            service: &self.service_name,
            instance: self.ticket.instance,
            name: &self.ticket.vm_name,
            namespace: &self.physical_name,
            template: &template,
            size: &size,
            disk_gib,
            storage_class: choice.storage_class.as_deref(),
        };
        let placement = self.on_target(choice, &order)?;
        let size_snapshot = stored::write(&size)?;
        Ok(Placed { placement, template_id, template_snapshot: template_snapshot.clone(), size_snapshot })
    }

    fn on_target(&self, choice: &Choice, order: &VmOrder<'_>) -> Result<Placement> {
        let (Some(name), Some(environment), Some(enabled), Some(status), Some(verdict)) = (
            &self.cluster_name,
            &self.cluster_environment,
            self.cluster_enabled,
            &self.cluster_status,
            &self.cluster_verdict,
        ) else {
            return Err(Refusal::not_found("cluster").into());
        };
        let storage_classes: Vec<StorageClass> = match verdict.get("storage_classes") {
            Some(classes) => stored::read(classes)?,
            None => Vec::new(),
        };
        let unreadable = |what: &str| Error::Stored(format!("{what} of a cluster"));
        let target = Target {
            id: choice.cluster,
            name,
            environment: Environment::from_word(environment).ok_or_else(|| unreadable("environment"))?,
            enabled,
            status: ClusterStatus::from_word(status).ok_or_else(|| unreadable("status"))?,
            storage_classes: &storage_classes,
        };
        let environment = Environment::from_word(&self.namespace_environment);
        Ok(place(order, environment.ok_or_else(|| unreadable("namespace environment"))?, &target)?)
    }
}
