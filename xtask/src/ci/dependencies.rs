//! Dependencies point down: who may know whom, and what may stand in whose tree.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::build::cargo;
use crate::command::read;
use crate::workspace::Workspace;

/// Crates that may not be anywhere in the tree of one of ours; a trailing `*` stands for any ending.
const NOT_IN_TREE: [(&str, &[&str]); 8] = [
    ("shepherd-domain", &["tokio", "diesel*", "actix*", "kube*", "temporalio*"]),
    ("shepherd-api", &["tokio", "diesel*", "actix*", "kube*", "temporalio*"]),
    ("shepherd-workflows", &["diesel*", "kube*", "actix*", "reqwest", "hyper", "temporalio-sdk-core"]),
    ("shepherd-store", &["actix*", "kube*", "temporalio*"]),
    ("shepherd-server", &["kube*", "temporalio*"]),
    ("shepherd-witness", &["shepherd-*", "diesel*", "kube*", "temporalio*"]),
    ("shepherd-peers", &["shepherd-*", "diesel*", "kube*", "temporalio*"]),
    ("xtask", &["tokio", "rustls", "shepherd-*"]),
];

/// Crates that only these of ours may name.
const ONLY_IN: [(&str, &[&str]); 8] = [
    ("diesel*", &["shepherd-store"]),
    ("kube*", &["shepherd-worker", "shepherd-devcluster-kubevirt", "shepherd-tests"]),
    ("actix*", &["shepherd-server", "shepherd-worker", "shepherd-bench"]),
    ("temporalio-sdk", &["shepherd-worker", "shepherd-tests", "shepherd-bench", "shepherd-peer-temporal"]),
    ("temporalio-client", &["shepherd-worker", "shepherd-tests", "shepherd-bench", "shepherd-peer-temporal"]),
    ("shepherd-faults", &["shepherd-store", "shepherd-worker", "shepherd-tests"]),
    ("shepherd-server", &["shepherd-tests"]),
    ("shepherd-worker", &["shepherd-tests", "shepherd-bench"]),
];

/// Crates that one of ours may have below it and not name itself.
const NOT_NAMED: [(&str, &[&str]); 1] = [("shepherd-workflows", &["tokio", "tokio-*", "chrono", "rand"])];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// Absent for an ordinary one, `dev` for tests, `build` for build scripts.
    kind: Option<String>,
}

pub fn check(workspace: &Workspace) -> Result<()> {
    let named = named(workspace)?;
    let mut broken = Vec::new();
    for (package, forbidden) in NOT_IN_TREE {
        let tree = tree(workspace, package)?;
        let found = tree.iter().filter(|name| matches_any(name, forbidden));
        broken.extend(found.map(|name| format!("  {package} has {name} in its tree")));
    }
    for (pattern, allowed) in ONLY_IN {
        for (package, dependencies) in &named {
            if allowed.contains(&package.as_str()) {
                continue;
            }
            let found = dependencies.iter().filter(|name| matches(name, pattern));
            broken.extend(found.map(|name| format!("  {package} depends on {name}")));
        }
    }
    for (package, forbidden) in NOT_NAMED {
        let dependencies = named.get(package).with_context(|| format!("no package {package}"))?;
        let found = dependencies.iter().filter(|name| matches_any(name, forbidden));
        broken.extend(found.map(|name| format!("  {package} names {name}")));
    }
    if !broken.is_empty() {
        bail!("dependencies that break a rule:\n{}", broken.join("\n"));
    }
    Ok(())
}

/// The direct dependencies of each of our crates, those of its tests left out.
fn named(workspace: &Workspace) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut metadata = cargo(workspace);
    metadata.args(["metadata", "--no-deps", "--format-version", "1", "--locked"]);
    let metadata: Metadata = serde_json::from_str(&read(metadata)?).context("understanding cargo metadata")?;
    let names = |package: Package| {
        let ordinary = package.dependencies.into_iter().filter(|d| d.kind.as_deref() != Some("dev"));
        (package.name, ordinary.map(|dependency| dependency.name).collect())
    };
    Ok(metadata.packages.into_iter().map(names).collect())
}

/// Everything below one of our crates, with the features this crate alone asks for.
fn tree(workspace: &Workspace, package: &str) -> Result<BTreeSet<String>> {
    let mut tree = cargo(workspace);
    tree.args(["tree", "--locked", "--package", package])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let lines = read(tree)?;
    let names = lines.lines().skip(1).filter_map(|line| line.split(' ').next());
    Ok(names.map(str::to_owned).collect())
}

fn matches_any(name: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| matches(name, pattern))
}

fn matches(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_ending_and_nothing_else_does() {
        assert!(matches("kube-runtime", "kube*"));
        assert!(matches("kube", "kube*"));
        assert!(!matches("tokio-util", "tokio"));
    }
}
