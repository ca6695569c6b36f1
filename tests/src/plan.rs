//! How PostgreSQL ran the statements of a product, told by `auto_explain` on the wire.

use anyhow::Context as _;
use serde_json::Value;
use tokio_postgres::Client as Sql;

/// One statement as it ran.
#[derive(Clone, Debug)]
pub struct Plan {
    pub statement: String,
    root: Value,
}

/// Makes PostgreSQL tell each plan to whoever connects from now on as one of the product's roles.
///
/// # Errors
/// When `sql` is no superuser's connection.
pub async fn tell_plans(sql: &Sql) -> anyhow::Result<()> {
    let database: String = sql.query_one("select current_database()::text", &[]).await?.get(0);
    let settings = [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_buffers", "on"),
        ("auto_explain.log_format", "json"),
        ("client_min_messages", "log"),
    ];
    for role in ["shepherd_server", "shepherd_worker"] {
        for (name, value) in settings {
            sql.batch_execute(&format!("alter role {role} in database {database} set {name} = '{value}'")).await?;
        }
    }
    Ok(())
}

impl Plan {
    /// Reads a notice; none for one that tells no plan.
    ///
    /// # Errors
    /// When a plan is no JSON.
    pub fn read(notice: &str) -> anyhow::Result<Option<Self>> {
        let Some((_, text)) = notice.split_once("plan:\n") else { return Ok(None) };
        let told: Value = serde_json::from_str(text).with_context(|| text.to_owned())?;
        let statement = told["Query Text"].as_str().context("a plan without its statement")?.to_owned();
        Ok(Some(Self { statement, root: told["Plan"].clone() }))
    }

    /// Pages of 8 KiB that it read, in memory or on disk.
    pub fn n_pages(&self) -> u64 {
        ["Shared Hit Blocks", "Shared Read Blocks"].iter().filter_map(|name| self.root[*name].as_u64()).sum()
    }

    /// Rows that it read of these tables without an index.
    pub fn n_scanned(&self, tables: &[&str]) -> u64 {
        let mut n_rows = 0.0;
        walk(&self.root, &mut |node| {
            let scans = node["Node Type"].as_str().is_some_and(|kind| kind.ends_with("Seq Scan"));
            if scans && node["Relation Name"].as_str().is_some_and(|table| tables.contains(&table)) {
                let number = |name: &str| node[name].as_f64().unwrap_or_default();
                n_rows += (number("Actual Rows") + number("Rows Removed by Filter")) * number("Actual Loops");
            }
        });
        format!("{n_rows:.0}").parse().unwrap_or(u64::MAX)
    }

    /// The plan as a person reads it: a line for each node.
    pub fn outline(&self) -> String {
        let mut lines = Vec::new();
        walk(&self.root, &mut |node| {
            let word = |name: &str| node[name].as_str().unwrap_or_default();
            lines.push(format!(
                "{} {} {}: {} rows x {}, {} filtered",
                word("Node Type"),
                word("Relation Name"),
                word("Index Name"),
                node["Actual Rows"],
                node["Actual Loops"],
                node["Rows Removed by Filter"],
            ));
        });
        lines.join("\n")
    }
}

fn walk<'a>(node: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(node);
    for child in node["Plans"].as_array().into_iter().flatten() {
        walk(child, visit);
    }
}
