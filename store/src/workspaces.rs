//! Workspaces: parts of a tenant that roles can be bound in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::workspaces;

/// A workspace as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = workspaces)]
pub struct Workspace {
    pub id: Uuid,
    pub name: String,
    pub region: String,
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// Workspaces of the tenant, by name; everybody who is signed in may see them.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn workspaces_list(&self, ctx: &Ctx, page: PageQuery) -> Result<Page<Workspace>> {
        let all = || workspaces::table.filter(workspaces::tenant_id.eq(ctx.tenant.0)).into_boxed();
        let rows = all().select(Workspace::as_select()).limit(page.per_page).offset(page.offset());
        let rows =
            if page.descending { rows.order(workspaces::name.desc()) } else { rows.order(workspaces::name.asc()) };
        let batch = All((rows, all().count()));
        let (_, (items, total)): (_, (Vec<Workspace>, Vec<i64>)) = self.read(ctx, batch).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }
}
