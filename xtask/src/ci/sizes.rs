//! No source file grows so long that nobody reads it.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{command, read};
use crate::workspace::Workspace;

const LIMIT: usize = 400;

/// Generated, not written.
const GENERATED: [&str; 1] = ["store/src/schema.rs"];

pub fn check(workspace: &Workspace) -> Result<()> {
    let mut list = command("git");
    list.current_dir(&workspace.root).args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"]);
    let mut long = Vec::new();
    for file in read(list)?.lines() {
        let path = workspace.root.join(file);
        if GENERATED.contains(&file) || !path.exists() {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("reading {file}"))?;
        let n_lines = text.lines().count();
        if n_lines > LIMIT {
            long.push(format!("  {file} has {n_lines} lines, the limit is {LIMIT}"));
        }
    }
    if !long.is_empty() {
        bail!("files that are too long:\n{}", long.join("\n"));
    }
    Ok(())
}
