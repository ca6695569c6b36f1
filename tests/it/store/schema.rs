//! What diesel believes about the tables.

use shepherd_tests::database::Database;
use std::fmt::Write as _;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/src/schema.rs");

const HEAD: &str =
    "// Mirrors the tables of `migrations/`; a test compares the two. Regenerate with `UPDATE_GOLDEN=1`.\n\n";

const TABLES: &str = "\
    select c.relname::text, array_agg(a.attname::text order by k.place) \
    from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary \
    cross join lateral unnest(i.indkey::int2[]) with ordinality as k (attnum, place) \
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum \
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> '__diesel_schema_migrations' \
    group by 1 order by c.relname::text collate \"C\"";

const COLUMNS: &str = "\
    select attname::text, atttypid::regtype::text, attnotnull from pg_attribute \
    where attrelid = $1::text::regclass and attnum > 0 and not attisdropped order by attnum";

/// Diesel's type; nothing for what diesel has none for, which SQL text reads.
fn diesel_type(postgres: &str) -> anyhow::Result<Option<&'static str>> {
    Ok(Some(match postgres {
        "boolean" => "Bool",
        "bigint" => "Int8",
        "bytea" => "Binary",
        "integer" => "Int4",
        "jsonb" => "Jsonb",
        "text" => "Text",
        "timestamp with time zone" => "Timestamptz",
        "uuid" => "Uuid",
        "xid8" => return Ok(None),
        other => anyhow::bail!("no diesel type for {other}"),
    }))
}

async fn mirrored(database: &Database) -> anyhow::Result<String> {
    let sql = database.admin().await?;
    let (mut text, mut names) = (HEAD.to_owned(), String::new());
    for row in sql.query(TABLES, &[]).await? {
        let (table, key): (String, Vec<String>) = (row.get(0), row.get(1));
        writeln!(text, "diesel::table! {{\n    {table} ({}) {{", key.join(", "))?;
        for column in sql.query(COLUMNS, &[&table]).await? {
            let (name, postgres, required): (&str, &str, bool) = (column.get(0), column.get(1), column.get(2));
            match diesel_type(postgres)? {
                Some(found) if required => writeln!(text, "        {name} -> {found},")?,
                Some(found) => writeln!(text, "        {name} -> Nullable<{found}>,")?,
                None => {}
            }
        }
        text.push_str("    }\n}\n\n");
        writeln!(names, "    {table},")?;
    }
    write!(text, "diesel::allow_tables_to_appear_in_same_query!(\n{names});\n")?;
    Ok(text)
}

#[tokio::test]
async fn schema_rs_mirrors_the_tables() -> anyhow::Result<()> {
    let mirrored = mirrored(&Database::create().await?).await?;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(COMMITTED, &mirrored)?;
    }
    assert!(std::fs::read_to_string(COMMITTED)? == mirrored, "store/src/schema.rs is stale; UPDATE_GOLDEN=1 renews it");
    Ok(())
}
