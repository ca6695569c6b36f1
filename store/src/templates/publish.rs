//! Life of a published version: draft, active, deprecated, archived. One way, one active version a name.

use diesel::prelude::*;
use diesel::update;
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::TemplateId;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::template::TemplateStatus;

use super::{Template, conflict, draft, leaf, locked};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::pipeline::All;
use crate::schema::templates;

impl Store {
    /// Publishes a draft; the version that was active until now is deprecated with it.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `NOT_DRAFT`.
    pub async fn template_activate(&self, ctx: &Ctx, id: TemplateId) -> Result<Template> {
        let mut tx = self.tx(ctx).await?;
        let template = locked(&mut tx, id).await?;
        let activation = leaf(Action::TemplateActivate, &template, json!({"version": template.version}));
        tx.allow(Permission::TemplateManage, Scope::Tenant, activation.clone()).await?;
        draft(&template)?;
        let (drafted, active) = (TemplateStatus::Draft.as_str(), TemplateStatus::Active.as_str());
        let of_name = templates::table.filter(templates::name.eq(template.name.clone()));
        let earlier = update(of_name.filter(templates::status.eq(active)))
            .set(templates::status.eq(TemplateStatus::Deprecated.as_str()))
            .returning(Template::as_returning());
        let change = update(templates::table.find(id.0).filter(templates::status.eq(drafted)))
            .set(templates::status.eq(active))
            .returning(Template::as_returning());
        let moved = tx.fetch(All((earlier, change))).await;
        let (earlier, after): (Vec<Template>, Vec<Template>) = moved
            .map_err(|error| error.refuse_on("templates_one_active", || conflict(&template.name, &template.status)))?;
        let after = after.into_iter().next().ok_or_else(|| conflict(&template.name, &template.status))?;
        for earlier in &earlier {
            let details = json!({"version": earlier.version, "replaced_by": after.version});
            tx.leaf(leaf(Action::TemplateDeprecate, earlier, details))?;
        }
        tx.commit(activation).await?;
        Ok(after)
    }

    /// Ends the use of the active version for new VMs.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `STATE_CONFLICT` unless it is active.
    pub async fn template_deprecate(&self, ctx: &Ctx, id: TemplateId) -> Result<Template> {
        self.move_on(ctx, id, TemplateStatus::Active, TemplateStatus::Deprecated, Action::TemplateDeprecate).await
    }

    /// Hides a deprecated version.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `STATE_CONFLICT` unless it is deprecated.
    pub async fn template_archive(&self, ctx: &Ctx, id: TemplateId) -> Result<Template> {
        self.move_on(ctx, id, TemplateStatus::Deprecated, TemplateStatus::Archived, Action::TemplateArchive).await
    }

    async fn move_on(
        &self,
        ctx: &Ctx,
        id: TemplateId,
        from: TemplateStatus,
        to: TemplateStatus,
        action: Action,
    ) -> Result<Template> {
        let mut tx = self.tx(ctx).await?;
        let template = locked(&mut tx, id).await?;
        let leaf = leaf(action, &template, json!({"version": template.version}));
        tx.allow(Permission::TemplateManage, Scope::Tenant, leaf.clone()).await?;
        let change = update(templates::table.find(id.0).filter(templates::status.eq(from.as_str())))
            .set(templates::status.eq(to.as_str()))
            .returning(Template::as_returning());
        let after = tx.one(change).await?.ok_or_else(|| conflict(&template.name, &template.status))?;
        tx.commit(leaf).await?;
        Ok(after)
    }
}
