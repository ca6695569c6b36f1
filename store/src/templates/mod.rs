//! Templates: versions of what VMs boot from, shared by all tenants.

use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::{delete, insert_into, update};
use serde_json::{Value, json};
use shepherd_domain::audit::Action;
use shepherd_domain::digest;
use shepherd_domain::ids::TemplateId;
use shepherd_domain::name::Label;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::template::{BootSource, TemplateSpec, TemplateStatus};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::templates;
use crate::stored;
use crate::systems::already_exists;
use crate::tx::Tx;
use crate::visible::holds;

mod publish;

/// States that everybody sees; the others are for those who manage templates.
const PUBLIC: [&str; 2] = [TemplateStatus::Active.as_str(), TemplateStatus::Deprecated.as_str()];

/// A version of a template as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = templates)]
pub struct Template {
    pub id: Uuid,
    pub name: String,
    pub version: i32,
    pub status: String,
    pub display_name: String,
    pub description: String,
    pub os_family: String,
    pub os_version: String,
    spec: Value,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Template {
    /// The part that reaches the manifest.
    ///
    /// # Errors
    /// `Stored` when it cannot be read.
    pub fn spec(&self) -> Result<TemplateSpec> {
        stored::read(&self.spec)
    }
}

/// Which templates.
#[derive(Clone, Debug, Default)]
pub struct TemplateFilter {
    pub name: Option<String>,
    pub status: Option<TemplateStatus>,
}

/// What people read of a template.
#[derive(Clone, Debug)]
pub struct Description {
    pub display_name: String,
    pub description: String,
    pub os_family: String,
    pub os_version: String,
}

/// A draft to be created.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    pub name: Label,
    pub description: Description,
    pub spec: TemplateSpec,
}

/// What may change in a draft; absent members stay.
#[derive(Clone, Debug, Default)]
pub struct TemplateChange {
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub os_family: Option<String>,
    pub os_version: Option<String>,
    pub boot_source: Option<BootSource>,
    pub cloud_init: Option<Option<String>>,
}

impl Store {
    /// Versions of templates that the caller may see, by name, newest version first.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` without any grant to read templates.
    pub async fn templates_list(&self, ctx: &Ctx, filter: &TemplateFilter, page: PageQuery) -> Result<Page<Template>> {
        let matching = || {
            let seen = templates::status.eq_any(PUBLIC).or(holds(ctx, Permission::TemplateManage));
            let mut all = templates::table.filter(seen).into_boxed();
            if let Some(name) = &filter.name {
                all = all.filter(templates::name.eq(name.clone()));
            }
            if let Some(status) = filter.status {
                all = all.filter(templates::status.eq(status.as_str()));
            }
            all
        };
        let rows = matching().select(Template::as_select()).limit(page.per_page).offset(page.offset());
        let rows = if page.descending {
            rows.order((templates::name.desc(), templates::version.desc()))
        } else {
            rows.order((templates::name.asc(), templates::version.desc()))
        };
        let batch = All((rows, matching().count()));
        let (actor, (items, total)): (_, (Vec<Template>, Vec<i64>)) = self.read(ctx, batch).await?;
        let resource = Resource::new("template", "", "");
        self.allow(ctx, &actor, Permission::TemplateRead, Scope::Any, resource).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One version of a template.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for drafts and archived versions without permission to manage templates.
    pub async fn template_view(&self, ctx: &Ctx, id: TemplateId) -> Result<Template> {
        let query = templates::table.find(id.0).select(Template::as_select());
        let (actor, rows): (_, Vec<Template>) = self.read(ctx, query).await?;
        visible(&actor, rows.into_iter().next())
    }

    /// Creates a draft: the next version of its name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `ALREADY_EXISTS` when there is a draft of that name, `STATE_CONFLICT` when another one
    /// was created in between, and those of [`TemplateSpec::check`].
    pub async fn template_create(&self, ctx: &Ctx, new: NewTemplate) -> Result<Template> {
        new.spec.check()?;
        let (id, name) = (Uuid::now_v7(), new.name.as_str());
        let resource = Resource::new("template", id, name);
        let mut tx = self.tx(ctx).await?;
        let newest = templates::table.filter(templates::name.eq(name.to_owned())).select(max(templates::version));
        let version = tx.one::<Option<i32>, _, _>(newest).await?.flatten().unwrap_or(0).saturating_add(1);
        let text = &new.description;
        let details = json!({"after": recorded(version, text, &new.spec)});
        let leaf = Leaf::new(Action::TemplateCreate, resource, details).platform();
        tx.allow(Permission::TemplateManage, Scope::Tenant, leaf.clone()).await?;
        let row = (
            templates::id.eq(id),
            templates::name.eq(name.to_owned()),
            templates::version.eq(version),
            templates::status.eq(TemplateStatus::Draft.as_str()),
            templates::display_name.eq(text.display_name.clone()),
            templates::description.eq(text.description.clone()),
            templates::os_family.eq(text.os_family.clone()),
            templates::os_version.eq(text.os_version.clone()),
            templates::spec.eq(stored::write(&new.spec)?),
            templates::created_by.eq(tx.actor()?.principal.0),
        );
        let insert = insert_into(templates::table).values(row).returning(Template::as_returning());
        let template = tx.one(insert).await.map_err(|error| {
            error
                .refuse_on("templates_one_draft", || already_exists("template", name))
                .refuse_on("templates_name_version_key", || conflict(name, TemplateStatus::Draft.as_str()))
        })?;
        tx.made(id);
        tx.commit(leaf).await?;
        template.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))
    }

    /// Changes a draft.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `NOT_DRAFT`, and those of [`TemplateSpec::check`].
    pub async fn template_update(&self, ctx: &Ctx, id: TemplateId, change: TemplateChange) -> Result<Template> {
        let mut tx = self.tx(ctx).await?;
        let before = locked(&mut tx, id).await?;
        let (old, old_spec) = (described(&before), before.spec()?);
        let spec = TemplateSpec {
            boot_source: change.boot_source.unwrap_or_else(|| old_spec.boot_source.clone()),
            cloud_init: change.cloud_init.unwrap_or_else(|| old_spec.cloud_init.clone()),
        };
        let text = Description {
            display_name: change.display_name.unwrap_or_else(|| old.display_name.clone()),
            description: change.description.unwrap_or_else(|| old.description.clone()),
            os_family: change.os_family.unwrap_or_else(|| old.os_family.clone()),
            os_version: change.os_version.unwrap_or_else(|| old.os_version.clone()),
        };
        let (was, is) = (recorded(before.version, &old, &old_spec), recorded(before.version, &text, &spec));
        let leaf = leaf(Action::TemplateUpdate, &before, json!({"before": was, "after": is}));
        tx.allow(Permission::TemplateManage, Scope::Tenant, leaf.clone()).await?;
        draft(&before)?;
        spec.check()?;
        let change = update(templates::table.find(id.0).filter(templates::status.eq(TemplateStatus::Draft.as_str())))
            .set((
                templates::display_name.eq(text.display_name),
                templates::description.eq(text.description),
                templates::os_family.eq(text.os_family),
                templates::os_version.eq(text.os_version),
                templates::spec.eq(stored::write(&spec)?),
            ))
            .returning(Template::as_returning());
        let after = tx.one(change).await?;
        tx.commit(leaf).await?;
        after.ok_or_else(|| Refusal::not_found("template").into())
    }

    /// Deletes a draft. Published versions are kept for ever.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `NOT_DRAFT`.
    pub async fn template_delete(&self, ctx: &Ctx, id: TemplateId) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let template = locked(&mut tx, id).await?;
        let before = recorded(template.version, &described(&template), &template.spec()?);
        let leaf = leaf(Action::TemplateDelete, &template, json!({"before": before}));
        tx.allow(Permission::TemplateManage, Scope::Tenant, leaf.clone()).await?;
        draft(&template)?;
        tx.write(delete(templates::table.find(id.0)));
        tx.commit(leaf).await
    }
}

/// The version, if the caller may see it.
fn visible(actor: &Actor, template: Option<Template>) -> Result<Template> {
    let manages = actor.allows(Permission::TemplateManage, Scope::Tenant);
    let reads = actor.allows(Permission::TemplateRead, Scope::Any);
    template
        .filter(|template| reads && (manages || PUBLIC.contains(&template.status.as_str())))
        .ok_or_else(|| Refusal::not_found("template").into())
}

async fn locked(tx: &mut Tx, id: TemplateId) -> Result<Template> {
    let template = tx.one(templates::table.find(id.0).select(Template::as_select()).for_update()).await?;
    visible(tx.actor()?, template)
}

fn draft(template: &Template) -> Result<()> {
    if template.status == TemplateStatus::Draft.as_str() {
        return Ok(());
    }
    Err(Refusal::new(Code::NotDraft).with(json!({"resource": "template", "status": template.status})).into())
}

fn conflict(name: &str, status: &str) -> Refusal {
    Refusal::new(Code::StateConflict).with(json!({"resource": "template", "name": name, "status": status}))
}

fn described(template: &Template) -> Description {
    Description {
        display_name: template.display_name.clone(),
        description: template.description.clone(),
        os_family: template.os_family.clone(),
        os_version: template.os_version.clone(),
    }
}

/// What the audit log keeps. People put first passwords into cloud-init, so only its hash is kept.
fn recorded(version: i32, text: &Description, spec: &TemplateSpec) -> Value {
    let hash = spec.cloud_init.as_ref().map(|text| digest::of_text(text));
    json!({
        "version": version, "display_name": text.display_name, "description": text.description,
        "os_family": text.os_family, "os_version": text.os_version, "boot_source": spec.boot_source,
        "cloud_init": hash,
    })
}

fn leaf(action: Action, template: &Template, details: Value) -> Leaf {
    Leaf::new(action, Resource::new("template", template.id, &template.name), details).platform()
}
