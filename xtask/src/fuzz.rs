//! `cargo xtask fuzz`: libFuzzer on every reader of foreign input, one after the other.
//!
//! On the stable compiler: the pass that counts edges is one of LLVM's, which `-C passes` runs without a sanitizer. So
//! panics and broken assertions are found, and reads out of bounds are not; there is no `unsafe` in our code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::build::cargo;
use crate::command::{command, read, run_logged};
use crate::progress::{phase, say};
use crate::supervisor::{self, spawn};
use crate::workspace::Workspace;

/// Packages of `fuzz/` and their targets.
const TARGETS: [(&str, &[&str]); 3] = [
    ("fuzz-domain", &["kubeconfig", "names", "cloud_init", "boot_source", "quantities"]),
    ("fuzz-server", &["cursor", "access_token", "body"]),
    ("fuzz-worker", &["payload_codec"]),
];

/// What cargo-fuzz asks of the compiler, without what only a nightly one takes.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

#[derive(Args)]
pub struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 300)]
    seconds: u32,
    /// Only these targets
    only: Vec<String>,
}

/// Builds and plays the targets; exit code 1 when one of them crashed.
pub fn fuzz(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let known: Vec<_> = TARGETS.iter().flat_map(|(_, targets)| *targets).collect();
    if let Some(name) = options.only.iter().find(|name| !known.contains(&&name.as_str())) {
        bail!("no target {name}; there are {known:?}");
    }
    let mut crashed = Vec::new();
    for (package, targets) in TARGETS {
        let wanted =
            targets.iter().filter(|target| options.only.is_empty() || options.only.iter().any(|o| o == *target));
        let wanted: Vec<_> = wanted.copied().collect();
        if wanted.is_empty() {
            continue;
        }
        let bin = build(workspace, package)?;
        for target in wanted {
            if !play(workspace, &bin, target, options.seconds)? {
                crashed.push(target);
            }
        }
    }
    if crashed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!("  crashed: {}; the inputs are in {}", crashed.join(", "), folder(workspace).display()));
    Ok(ExitCode::FAILURE)
}

/// The folder of the package's programs. Apart from the workspace's own build, and with a target named, so that
/// build scripts are not counted.
fn build(workspace: &Workspace, package: &str) -> Result<PathBuf> {
    let host = host()?;
    let target_dir = folder(workspace).join("target");
    phase("build", |phase| {
        phase.detail(package);
        let mut build = cargo(workspace);
        build
            .current_dir(workspace.root.join("fuzz"))
            .args(["build", "--locked", "--package", package, "--target", &host])
            .env("CARGO_TARGET_DIR", &target_dir)
            .env("RUSTFLAGS", FLAGS.join(" "));
        run_logged(build, &workspace.log.join("fuzz-build.log"), phase)
    })?;
    Ok(target_dir.join(host).join("debug"))
}

/// Plays one target, from its seeds and from what it found earlier; whether it held.
fn play(workspace: &Workspace, bin: &Path, target: &str, seconds: u32) -> Result<bool> {
    let (found, crashes) = (folder(workspace).join(target), folder(workspace).join("crashes"));
    for folder in [&found, &crashes] {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let mut fuzz = command(bin.join(target));
    fuzz.arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/{target}-", crashes.display()))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536", "-print_final_stats=1"])
        .arg(&found)
        .arg(workspace.root.join("fuzz/seeds").join(target));
    let log = workspace.log.join(format!("fuzz-{target}.log"));
    let out = fs::File::create(&log).with_context(|| format!("writing {}", log.display()))?;
    fuzz.stdout(out.try_clone()?).stderr(out);
    let mut good = false;
    phase(target, |phase| {
        let status = spawn(fuzz)?.wait().context("waiting for the inputs")?;
        supervisor::park_if_stopping();
        good = status.success();
        let text = fs::read_to_string(&log).unwrap_or_default();
        phase.detail(summary(&text));
        Ok(())
    })?;
    Ok(good)
}

/// Runs and coverage, out of what libFuzzer prints.
fn summary(log: &str) -> String {
    let figure = |name: &str| {
        log.lines()
            .filter_map(|line| line.split_once(name))
            .filter_map(|(_, rest)| rest.split_whitespace().next())
            .next_back()
    };
    let runs = figure("stat::number_of_executed_units:").unwrap_or("?");
    format!("{runs} inputs, {} edges", figure("cov: ").unwrap_or("?"))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.dev.join("fuzz")
}

/// The compiler's own target, as it names it.
fn host() -> Result<String> {
    let mut version = command("rustc");
    version.arg("-vV");
    let text = read(version)?;
    text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).context("rustc names no host")
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_last_figures_count() {
        let log = "#2 INITED cov: 7 ft: 8\n#9 NEW    cov: 41 ft: 60\nstat::number_of_executed_units: 1234\n";
        assert_eq!(summary(log), "1234 inputs, 41 edges");
    }
}
