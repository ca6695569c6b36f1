//! Rules that stand in Rust and in SQL: the two must not part.

use shepherd_domain::policy::Role;
use shepherd_domain::ticket::TicketState;
use shepherd_tests::database::Database;
use std::collections::BTreeSet;
use tokio_postgres::Client as Sql;

use super::tenant::{Catalogue, Tenant};

#[tokio::test]
async fn the_seeded_roles_are_those_of_the_policy_with_their_scopes() -> anyhow::Result<()> {
    let sql = Database::create().await?.admin().await?;
    let rows = sql.query("select name, scope from roles", &[]).await?;
    let seeded: BTreeSet<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut known = BTreeSet::new();
    for role in Role::ALL {
        let scope = serde_json::to_value(role.scope())?;
        known.insert((role.as_str().to_owned(), scope.as_str().unwrap_or_default().to_owned()));
    }
    assert_eq!(seeded, known);
    Ok(())
}

/// Columns that must agree with a state.
fn columns(state: TicketState) -> String {
    let run = if state == TicketState::Executing { "'RUNNING'" } else { "null" };
    let finished = if state.is_terminal() { "now()" } else { "null" };
    format!("'{}', {run}, {finished}", state.as_str())
}

/// Name of the constraint that refuses the move, in a transaction that is rolled back.
async fn attempt(sql: &Sql, insert: &str, from: TicketState, to: TicketState) -> anyhow::Result<Option<String>> {
    sql.batch_execute(&format!("begin; {}", insert.replace("STATE", &columns(from)))).await?;
    let moved =
        sql.batch_execute(&format!("update tickets set (state, run_state, finished_at) = row({})", columns(to))).await;
    sql.batch_execute("rollback").await?;
    let Err(error) = moved else { return Ok(None) };
    let refusal = error.as_db_error().ok_or_else(|| anyhow::anyhow!("no answer: {error}"))?;
    Ok(Some(refusal.constraint().unwrap_or(refusal.message()).to_owned()))
}

#[tokio::test]
async fn the_database_allows_exactly_the_moves_of_a_ticket_that_the_domain_allows() -> anyhow::Result<()> {
    let sql = Database::create().await?.admin().await?;
    let catalogue = Catalogue::create(&sql, 1).await?;
    let tenant = Tenant::create(&sql, "left", 1).await?;
    let insert = format!(
        "insert into tickets (tenant_id, id, workspace_id, system_id, service_id, namespace_id, template_id, \
           instance_size_id, requester_id, reason, instance, vm_name, disk_gib, state, run_state, finished_at) \
         select tenant_id, gen_random_uuid(), workspace_id, id, '{}', '{}', '{}', '{}', created_by, 'x', 1, 'x', 10, STATE \
         from systems",
        tenant.services[0], tenant.namespaces[0], catalogue.template, catalogue.sizes[0],
    );
    for from in TicketState::ALL {
        for to in TicketState::ALL {
            let expected = if from.is_terminal() {
                Some("tickets_terminal")
            } else if from.may_become(to) || from == to {
                // A change that leaves the state alone is no move.
                None
            } else {
                Some("tickets_transition")
            };
            assert_eq!(attempt(&sql, &insert, from, to).await?.as_deref(), expected, "{from:?} to {to:?}");
        }
    }
    Ok(())
}
