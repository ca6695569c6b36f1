//! A person's own notifications. Nobody reads or marks another's.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::update;
use serde_json::{Value, json};
use shepherd_domain::Refusal;
use shepherd_domain::audit::Action;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::{Leaf, Resource};
use crate::page::{Cursor, CursorPage, TOTAL_CAP};
use crate::pipeline::All;
use crate::schema::{notifications, sessions};

/// A notification as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub struct Notification {
    pub id: Uuid,
    pub kind: String,
    pub ticket_id: Uuid,
    pub params: Value,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The caller's notifications, newest first; only the unread ones if so asked.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn notifications_list(
        &self,
        ctx: &Ctx,
        unread: bool,
        before: Option<Cursor>,
        per_page: i64,
    ) -> Result<CursorPage<Notification>> {
        let matching = || {
            let all = own(ctx).into_boxed();
            if unread { all.filter(notifications::read_at.is_null()) } else { all }
        };
        let rows = matching()
            .filter(notifications::id.lt(before.map_or(Uuid::max(), |cursor| cursor.0)))
            .select(Notification::as_select())
            .order(notifications::id.desc())
            .limit(per_page + 1);
        let counted = matching().select(notifications::id).limit(TOTAL_CAP);
        let (_, (rows, counted)): (_, (Vec<Notification>, Vec<Uuid>)) = self.read(ctx, All((rows, counted))).await?;
        let total = i64::try_from(counted.len()).unwrap_or(TOTAL_CAP);
        Ok(CursorPage::cut(rows, per_page, total, |notification| notification.id))
    }

    /// How many notifications the caller has not read, counted up to [`TOTAL_CAP`].
    ///
    /// # Errors
    /// Those of the session.
    pub async fn notifications_unread(&self, ctx: &Ctx) -> Result<i64> {
        let unread = own(ctx).filter(notifications::read_at.is_null()).select(notifications::id).limit(TOTAL_CAP);
        let (_, unread): (_, Vec<Uuid>) = self.read(ctx, unread).await?;
        Ok(i64::try_from(unread.len()).unwrap_or(TOTAL_CAP))
    }

    /// Marks one of the caller's notifications as read. Doing so again changes nothing.
    ///
    /// # Errors
    /// `NOT_FOUND` also for another person's.
    pub async fn notification_read(&self, ctx: &Ctx, id: Uuid) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let this = || own(ctx).filter(notifications::id.eq(id));
        let change = update(this().filter(notifications::read_at.is_null()))
            .set(notifications::read_at.eq(diesel::dsl::now))
            .returning((notifications::kind, notifications::ticket_id));
        let found = this().select(notifications::id);
        let (changed, found): (Vec<(String, Uuid)>, Vec<Uuid>) = tx.fetch(All((change, found))).await?;
        if found.is_empty() {
            return Err(Refusal::not_found("notification").into());
        }
        let Some((kind, ticket)) = changed.into_iter().next() else { return Ok(()) };
        let resource = Resource::new("notification", id, kind);
        tx.commit(Leaf::new(Action::NotificationRead, resource, json!({"ticket_id": ticket}))).await
    }

    /// Marks all of the caller's notifications as read.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn notifications_read_all(&self, ctx: &Ctx) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let change = update(own(ctx).filter(notifications::read_at.is_null()))
            .set(notifications::read_at.eq(diesel::dsl::now))
            .returning(notifications::id);
        let changed: Vec<Uuid> = tx.fetch(change).await?;
        if changed.is_empty() {
            return Ok(());
        }
        let resource = Resource::new("notification", "", "");
        tx.commit(Leaf::new(Action::NotificationRead, resource, json!({"count": changed.len()}))).await
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn own(ctx: &Ctx) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let session: Uuid = ctx.session();
    let caller = sessions::table.filter(sessions::tenant_id.eq(tenant).and(sessions::id.eq(session)));
    notifications::table
        .filter(notifications::tenant_id.eq(tenant))
        // One value, looked up once: with `in` the planner may walk everybody's.
        .filter(notifications::recipient_id.nullable().eq(caller.select(sessions::principal_id).single_value()))
}
