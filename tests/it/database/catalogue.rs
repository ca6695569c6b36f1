//! Rules for every table, asked of the catalogue itself.

use shepherd_tests::database::Database;

/// Shared by all tenants; writing them needs a platform permission.
const GLOBAL: [&str; 8] = [
    "__diesel_schema_migrations",
    "clusters",
    "dependency_spans",
    "instance_sizes",
    "roles",
    "system_secrets",
    "templates",
    "tenants",
];

async fn names(query: &str) -> anyhow::Result<Vec<String>> {
    let database = Database::create().await?;
    let rows = database.admin().await?.query(query, &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

#[tokio::test]
async fn every_table_is_global_or_a_tenant_table_under_forced_row_level_security() -> anyhow::Result<()> {
    let unforced = names(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace \
         and not (relrowsecurity and relforcerowsecurity) order by 1",
    )
    .await?;
    assert_eq!(unforced, GLOBAL);
    Ok(())
}

#[tokio::test]
async fn tenant_id_leads_every_unique_key_of_a_tenant_table() -> anyhow::Result<()> {
    let offenders = names(
        "select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid \
         where i.indisunique and c.relnamespace = 'public'::regnamespace and c.relforcerowsecurity \
         and (select attname from pg_attribute where attrelid = c.oid and attnum = i.indkey[0]) <> 'tenant_id'",
    )
    .await?;
    assert_eq!(offenders, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn every_foreign_key_has_an_index_that_begins_with_its_columns() -> anyhow::Result<()> {
    let offenders = names(
        "select k.conrelid::regclass || '.' || k.conname from pg_constraint k where k.contype = 'f' \
         and not exists (select from pg_index i where i.indrelid = k.conrelid and \
           (select array_agg(x order by x) from unnest(k.conkey) x) = \
           (select array_agg(x order by x) from unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) x)) order by 1",
    )
    .await?;
    assert_eq!(offenders, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn no_role_of_the_product_bypasses_row_level_security_or_owns_what_it_uses() -> anyhow::Result<()> {
    let offenders = names(
        "select rolname::text from pg_roles r where rolname like 'shepherd\\_%' and (rolsuper or rolbypassrls or rolcreaterole \
         or (rolname <> 'shepherd_owner' and exists (select from pg_class c where c.relowner = r.oid)))",
    )
    .await?;
    assert_eq!(offenders, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn policies_hold_no_subquery_and_states_are_text() -> anyhow::Result<()> {
    let policies =
        names("select polname::text from pg_policy where pg_get_expr(polqual, polrelid) ~* 'select'").await?;
    let enums = names("select typname::text from pg_type where typtype = 'e'").await?;
    assert_eq!((policies, enums), (vec![], vec![]));
    Ok(())
}
