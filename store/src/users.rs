//! People of a tenant.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{delete, insert_into, update};
use serde_json::{Value, json};
use shepherd_domain::account::{Email, Username};
use shepherd_domain::audit::Action;
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::administrators::{self, Standing};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::{local_credentials, principals, tickets};
use crate::sessions::revoke_all;
use crate::systems::restricted;
use crate::tx::Tx;

/// A person as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = principals)]
pub struct Person {
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    pub email: Option<String>,
    pub enabled: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A person, and whether they must choose a password; nothing for people without a local account.
pub type User = (Person, Option<bool>);

/// A person to be created, with a local account.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub username: Username,
    pub display_name: String,
    pub email: Option<Email>,
    pub password_hash: String,
}

/// What to change; absent stays.
#[derive(Clone, Debug, Default)]
pub struct PersonChanges {
    pub display_name: Option<String>,
    /// `Some(None)` takes the address away.
    pub email: Option<Option<Email>>,
    pub enabled: Option<bool>,
}

impl Store {
    /// People by username, those whose username begins with `prefix`.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn users_list(&self, ctx: &Ctx, prefix: Option<String>, page: PageQuery) -> Result<Page<User>> {
        let pattern =
            prefix.map(|prefix| format!("{}%", prefix.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
        let matching = || {
            let all = principals::table
                .left_join(
                    local_credentials::table.on(local_credentials::tenant_id
                        .eq(principals::tenant_id)
                        .and(local_credentials::principal_id.eq(principals::id))),
                )
                .filter(principals::tenant_id.eq(ctx.tenant.0).and(principals::kind.eq("USER")))
                .into_boxed();
            match &pattern {
                Some(pattern) => all.filter(principals::username.like(pattern.clone())),
                None => all,
            }
        };
        let columns = (Person::as_select(), local_credentials::must_change_password.nullable());
        let rows = matching().select(columns).limit(page.per_page).offset(page.offset());
        let rows = if page.descending {
            rows.order(principals::username.desc())
        } else {
            rows.order(principals::username.asc())
        };
        let batch = All((rows, matching().count()));
        let (actor, (items, total)): (_, (Vec<User>, Vec<i64>)) = self.read(ctx, batch).await?;
        self.allow(ctx, &actor, Permission::UserRead, Scope::Any, Resource::new("user", "", "")).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One person; everybody sees themselves.
    ///
    /// # Errors
    /// `NOT_FOUND` also for a person whom the caller may not see.
    pub async fn user_view(&self, ctx: &Ctx, id: PrincipalId) -> Result<User> {
        let batch = All((find(ctx, id).select(Person::as_select()), must_change(ctx, id)));
        let (actor, (people, flags)): (_, (Vec<Person>, Vec<bool>)) = self.read(ctx, batch).await?;
        let person = people.into_iter().next();
        let seen = actor.principal == id || actor.allows(Permission::UserRead, Scope::Any);
        person.filter(|_| seen).map(|person| (person, flags.first().copied())).ok_or_else(missing)
    }

    /// Asks whether the caller may create people, before a password is hashed for one.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn user_create_allowed(&self, ctx: &Ctx, username: &Username) -> Result<()> {
        let mut tx = self.identified(ctx).await?;
        let leaf = Leaf::new(Action::UserCreate, Resource::new("user", "", username.as_str()), json!({}));
        tx.allow(Permission::UserManage, Scope::Tenant, leaf).await
    }

    /// Creates a person who must choose a password at the first sign-in.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; `ALREADY_EXISTS` with the field.
    pub async fn user_create(&self, ctx: &Ctx, new: NewPerson) -> Result<User> {
        let id = PrincipalId(Uuid::now_v7());
        let leaf = Leaf::new(Action::UserCreate, resource(id, &new), json!({"after": after(&new)}));
        let mut tx = self.identified(ctx).await?;
        tx.allow(Permission::UserManage, Scope::Tenant, leaf.clone()).await?;
        let creator = tx.actor()?.principal;
        let person = insert(&mut tx, id, new, creator, true).await?;
        tx.made(id.0);
        tx.commit(leaf).await?;
        Ok((person, Some(true)))
    }

    /// Changes a person. Disabling ends all their sessions.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `ALREADY_EXISTS`; `STATE_CONFLICT` with the rule `self` or
    /// `last_administrator`.
    pub async fn user_update(&self, ctx: &Ctx, id: PrincipalId, changes: PersonChanges) -> Result<User> {
        let mut tx = self.tx(ctx).await?;
        let (before, standing) = locked(&mut tx, id).await?;
        let display_name = changes.display_name.unwrap_or_else(|| before.display_name.clone());
        let email = match changes.email {
            Some(email) => email.map(|email| email.as_str().to_owned()),
            None => before.email.clone(),
        };
        let enabled = changes.enabled.unwrap_or(before.enabled);
        let leaf = leaf(Action::UserUpdate, &before, differences(&before, &display_name, &email, enabled));
        standing.allow(&mut tx, &leaf).await?;
        if before.enabled && !enabled {
            not_oneself(&tx, id)?;
            standing.keep_one(&standing.held)?;
            revoke_all(&mut tx, id, None);
        }
        let change = update(find(ctx, id))
            .set((
                principals::display_name.eq(display_name),
                principals::email.eq(email),
                principals::enabled.eq(enabled),
            ))
            .returning(Person::as_returning());
        let (people, flags): (Vec<Person>, Vec<bool>) =
            tx.fetch(All((change, must_change(ctx, id)))).await.map_err(email_taken)?;
        tx.commit(leaf).await?;
        let person = people.into_iter().next().ok_or_else(missing)?;
        Ok((person, flags.first().copied()))
    }

    /// Deletes a person who has taken part in nothing.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`; `STATE_CONFLICT` with the rule `self` or `last_administrator`;
    /// `DELETE_RESTRICTED` for people with tickets or decisions.
    pub async fn user_delete(&self, ctx: &Ctx, id: PrincipalId) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let (person, standing) = locked(&mut tx, id).await?;
        let before = json!({"username": person.username, "display_name": person.display_name});
        let leaf = leaf(Action::UserDelete, &person, json!({"before": before}));
        standing.allow(&mut tx, &leaf).await?;
        not_oneself(&tx, id)?;
        if person.enabled {
            standing.keep_one(&standing.held)?;
        }
        let own =
            tickets::table.filter(tickets::tenant_id.eq(ctx.tenant.0).and(tickets::requester_id.eq(id.0))).count();
        let count = tx.one::<i64, _, _>(own).await?.unwrap_or(0);
        if count > 0 {
            return Err(restricted("user", "ticket", count).into());
        }
        tx.write(delete(find(ctx, id)));
        let held = |error: Error| {
            error
                .refuse_on("tickets_tenant_id_requester_id_fkey", || restricted("user", "ticket", 1))
                .refuse_on("approval_requests_tenant_id_decided_by_fkey", || restricted("user", "decision", 1))
        };
        tx.commit(leaf).await.map_err(held)
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn find(ctx: &Ctx, id: PrincipalId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    principals::table
        .filter(principals::tenant_id.eq(tenant).and(principals::id.eq(id)).and(principals::kind.eq("USER")))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn must_change(ctx: &Ctx, id: PrincipalId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    local_credentials::table
        .filter(local_credentials::tenant_id.eq(tenant).and(local_credentials::principal_id.eq(id)))
        .select(local_credentials::must_change_password)
}

/// The person whom the caller may see, locked, with their standing.
pub(crate) async fn locked(tx: &mut Tx, id: PrincipalId) -> Result<(Person, Standing)> {
    let query = find(tx.ctx(), id).select(Person::as_select()).for_no_key_update();
    let (people, standing) = administrators::lock(tx, id, query).await?;
    let actor = tx.actor()?;
    let seen = actor.principal == id || actor.allows(Permission::UserRead, Scope::Any);
    let person = people.into_iter().next().filter(|_| seen).ok_or_else(missing)?;
    Ok((person, standing))
}

/// Inserts a person with a local account.
///
/// # Errors
/// `ALREADY_EXISTS` with the field.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: PrincipalId,
    new: NewPerson,
    creator: PrincipalId,
    must_change: bool,
) -> Result<Person> {
    let tenant = tx.ctx().tenant.0;
    let row = (
        principals::tenant_id.eq(tenant),
        principals::id.eq(id.0),
        principals::kind.eq("USER"),
        principals::username.eq(new.username.as_str().to_owned()),
        principals::display_name.eq(new.display_name),
        principals::email.eq(new.email.map(|email| email.as_str().to_owned())),
        principals::created_by.eq(creator.0),
    );
    let insert = insert_into(principals::table).values(row).returning(Person::as_returning());
    let person = tx.one(insert).await.map_err(|error| {
        email_taken(error).refuse_on("principals_tenant_id_username_key", || taken("username", new.username.as_str()))
    })?;
    tx.write(insert_into(local_credentials::table).values((
        local_credentials::tenant_id.eq(tenant),
        local_credentials::principal_id.eq(id.0),
        local_credentials::password_hash.eq(new.password_hash),
        local_credentials::must_change_password.eq(must_change),
    )));
    person.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))
}

/// What the audit log keeps of a new person.
pub(crate) fn after(new: &NewPerson) -> Value {
    json!({
        "username": new.username.as_str(), "display_name": new.display_name,
        "email": new.email.as_ref().map(Email::as_str),
    })
}

pub(crate) fn resource(id: PrincipalId, new: &NewPerson) -> Resource {
    Resource::new("user", id, new.username.as_str())
}

pub(crate) fn leaf(action: Action, person: &Person, details: Value) -> Leaf {
    Leaf::new(action, Resource::new("user", person.id, &person.username), details)
}

/// Nobody locks themselves out.
///
/// # Errors
/// `STATE_CONFLICT` with the rule `self`.
pub(crate) fn not_oneself(tx: &Tx, id: PrincipalId) -> Result<()> {
    if tx.actor()?.principal == id {
        return Err(Refusal::new(Code::StateConflict).with(json!({"rule": "self"})).into());
    }
    Ok(())
}

pub(crate) fn missing() -> Error {
    Refusal::not_found("user").into()
}

fn differences(before: &Person, display_name: &str, email: &Option<String>, enabled: bool) -> Value {
    let (mut old, mut new) = (json!({}), json!({}));
    let mut differ = |name: &str, from: Value, to: Value| {
        if from != to {
            old[name] = from;
            new[name] = to;
        }
    };
    differ("display_name", json!(before.display_name), json!(display_name));
    differ("email", json!(before.email), json!(email));
    differ("enabled", json!(before.enabled), json!(enabled));
    json!({"before": old, "after": new})
}

fn email_taken(error: Error) -> Error {
    error.refuse_on("principals_tenant_id_email_key", || {
        Refusal::new(Code::AlreadyExists).with(json!({"resource": "user", "field": "email"}))
    })
}

fn taken(field: &'static str, name: &str) -> Refusal {
    Refusal::new(Code::AlreadyExists).with(json!({"resource": "user", "field": field, "name": name}))
}
