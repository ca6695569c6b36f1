//! Every change, once, with its audit record.

use anyhow::Context as _;
use reqwest::Method;
use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::contract::{Operation, operation, operations};
use shepherd_tests::people::{Person, hire};
use shepherd_tests::{Answer, Client, World};
use std::collections::BTreeSet;
use tokio_postgres::Client as Sql;

use super::bodies::{Calls, PASSWORD, call_with_key};

/// Changes nothing: the answer is computed.
const NO_CHANGE: [&str; 1] = ["ticket_preview"];

/// A sign-in is answered with a secret, which is not kept.
const NO_KEY: [&str; 2] = ["session_create", "token_create"];

struct Walk<'a> {
    calls: Calls<'a>,
    sql: Sql,
    done: BTreeSet<String>,
}

impl Walk<'_> {
    /// Calls an operation, which must succeed and leave its record, and answers the body.
    async fn act(&mut self, who: &Client, name: &str, id: &str) -> anyhow::Result<Value> {
        let body = self.calls.body(name);
        self.act_with(who, name, id, body).await
    }

    async fn act_with(&mut self, who: &Client, name: &str, id: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let operation = operation(name)?;
        let key = uuid::Uuid::now_v7().to_string();
        let answer = call_with_key(who, operation, id, body.clone(), Some(&key)).await?;
        anyhow::ensure!(answer.status.is_success(), "{name}: {} {}", answer.status, answer.body);
        let request = answer.headers.get("x-request-id").context("X-Request-Id")?.to_str()?;
        let query = "select count(*) from audit_leaves where request_id = $1::text::uuid and outcome = 'SUCCEEDED'";
        let leaves: i64 = self.sql.query_one(query, &[&request]).await?.get(0);
        anyhow::ensure!(leaves >= 1, "{name} left no record of request {request}");
        if operation.takes_key {
            let again = call_with_key(who, operation, id, body, Some(&key));
            self.is_repeated(operation, again, &answer).await?;
        }
        self.done.insert(name.to_owned());
        Ok(answer.body)
    }

    /// The call of an operation with the key of the first: the same answer, and nothing done.
    async fn is_repeated(
        &self,
        operation: &Operation,
        again: impl Future<Output = anyhow::Result<Answer>>,
        first: &Answer,
    ) -> anyhow::Result<()> {
        let leaves = "select count(*) from audit_leaves";
        let before: i64 = self.sql.query_one(leaves, &[]).await?.get(0);
        let again = again.await?;
        let after: i64 = self.sql.query_one(leaves, &[]).await?.get(0);
        let name = &operation.id;
        anyhow::ensure!(again.status == first.status, "{name} again: {} {}", again.status, again.body);
        for member in ["id", "ticket_id", "vm_id", "state"] {
            anyhow::ensure!(again.body[member] == first.body[member], "{name} again: {member} is {}", again.body);
        }
        anyhow::ensure!(after == before, "{name} again left a record");
        Ok(())
    }

    /// The same, and answers the id of what came of it.
    async fn make(&mut self, who: &Client, name: &str) -> anyhow::Result<String> {
        Ok(text(&self.act(who, name, "").await?, "id")?.to_owned())
    }

    async fn hierarchy(&mut self, admin: &Client, requester: &Client) -> anyhow::Result<()> {
        let service = self.make(requester, "service_create").await?;
        self.act(requester, "service_update", &service).await?;
        self.act(requester, "service_delete", &format!("{service}?confirm=true")).await?;
        let system = self.make(requester, "system_create").await?;
        self.act(requester, "system_update", &system).await?;
        self.act(requester, "system_delete", &format!("{system}?confirm_name=walk")).await?;
        let namespace = self.make(admin, "namespace_create").await?;
        self.act(admin, "namespace_update", &namespace).await?;
        self.act(admin, "namespace_delete", &format!("{namespace}?confirm_name=walk")).await?;
        Ok(())
    }

    async fn catalogue(&mut self, admin: &Client) -> anyhow::Result<()> {
        let draft = self.make(admin, "template_create").await?;
        self.act(admin, "template_delete", &draft).await?;
        let template = self.make(admin, "template_create").await?;
        for name in ["template_update", "template_activate", "template_deprecate", "template_archive"] {
            self.act(admin, name, &template).await?;
        }
        let size = self.make(admin, "instance_size_create").await?;
        self.act(admin, "instance_size_update", &size).await?;
        self.act(admin, "instance_size_delete", &size).await?;
        let cluster = self.make(admin, "cluster_register").await?;
        for name in ["cluster_update", "cluster_rotate", "cluster_check", "cluster_delete"] {
            self.act(admin, name, &cluster).await?;
        }
        Ok(())
    }

    async fn people(&mut self, admin: &Client, anonymous: &Client) -> anyhow::Result<()> {
        let user = self.make(admin, "user_create").await?;
        self.act(admin, "user_update", &user).await?;
        self.act(admin, "password_reset", &user).await?;
        let grant = json!({"principal_id": user, "role": "Viewer"});
        let binding = self.act_with(admin, "role_binding_create", "", Some(grant)).await?;
        self.act(admin, "role_binding_delete", text(&binding, "id")?).await?;
        let tokens = self.act(anonymous, "token_create", "").await?;
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        let tokens = self.act_with(anonymous, "token_refresh", "", Some(refresh)).await?;
        let walter = anonymous.with_token(text(&tokens, "access_token")?);
        let change = json!({"current_password": PASSWORD, "new_password": "only for the second day 98"});
        self.act_with(&walter, "password_change", "", Some(change)).await?;
        let again = json!({"username": "walter", "password": "only for the second day 98"});
        self.act_with(anonymous, "session_create", "", Some(again)).await?;
        let sessions = walter.get("/auth/sessions").await?.expect(200)?;
        let other = sessions["items"].as_array().into_iter().flatten().find(|s| s["current"] == false);
        self.act(&walter, "session_revoke", text(other.context("another session")?, "id")?).await?;
        self.act(&walter, "session_close", "").await?;
        self.act(admin, "user_delete", &user).await?;
        Ok(())
    }

    async fn tickets(&mut self, requester: &Client, approver: &Person, sre: &Person) -> anyhow::Result<()> {
        let ticket = self.calls.ticket.clone();
        let body = json!({"cluster_id": self.calls.world.cluster, "digest": self.calls.world.digest(&ticket).await?});
        self.act_with(approver, "ticket_approve", &ticket, Some(body)).await?;
        // As the worker notes it when it takes the run on.
        let executing = "update tickets set state = 'EXECUTING', run_state = 'RUNNING' where id = $1::text::uuid";
        assert_eq!(self.sql.execute(executing, &[&ticket]).await?, 1);
        self.act(sre, "ticket_abandon", &ticket).await?;
        let ticket = self.make(requester, "ticket_submit").await?;
        self.act(approver, "ticket_reject", &ticket).await?;
        let ticket = self.make(requester, "ticket_submit").await?;
        self.act(requester, "ticket_cancel", &ticket).await?;
        let unread = requester.get("/notifications").await?.expect(200)?;
        self.act(requester, "notification_read", text(&unread["items"][0], "id")?).await?;
        self.act(requester, "notifications_read_all", "").await?;
        Ok(())
    }
}

#[tokio::test]
async fn every_mutating_operation_leaves_its_leaf() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.kill_worker().await?;
    let sre = hire(&world.admin, &world.anonymous, "sven", &["SRE"]).await?;
    let sql = world.sql().await?;
    let query = "select count(*) from audit_leaves where action = 'setup.complete' and outcome = 'SUCCEEDED'";
    assert_eq!(sql.query_one(query, &[]).await?.get::<_, i64>(0), 1);
    let mut walk = Walk { calls: Calls::of(&world).await?, sql, done: ["setup_complete".to_owned()].into() };
    walk.hierarchy(&world.admin, &world.requester).await?;
    walk.catalogue(&world.admin).await?;
    walk.people(&world.admin, &world.anonymous).await?;
    walk.tickets(&world.requester, &world.approver, &sre).await?;

    let changes = operations()?.iter().filter(|o| o.method != Method::GET && !NO_CHANGE.contains(&o.id.as_str()));
    for operation in operations()? {
        let once = ["_create", "_register", "_submit", "_approve", "_reject", "_cancel", "_abandon"];
        let wanted = once.iter().any(|end| operation.id.ends_with(end)) && !NO_KEY.contains(&operation.id.as_str());
        assert_eq!(operation.takes_key, wanted, "{} and Idempotency-Key", operation.id);
    }
    let changes: BTreeSet<_> = changes.map(|operation| operation.id.clone()).collect();
    assert_eq!(walk.done, changes);
    Ok(())
}
