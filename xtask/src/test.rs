//! `cargo xtask test` and `cargo xtask env`.

use std::env;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::build::cargo;
use crate::infrastructure::{self, Infrastructure, Purpose};
use crate::install::path_with;
use crate::progress::say;
use crate::scratch;
use crate::supervisor::{self, spawn};
use crate::workspace::{Workspace, write_private};

/// Everything that proves the product. The runner's summary is the last line.
pub fn test(workspace: &Workspace, filter: &[String]) -> Result<ExitCode> {
    let infrastructure = infrastructure::start(workspace, Purpose::Tests)?;
    let outcome = run(workspace, &infrastructure, filter)?;
    supervisor::stop_all();
    scratch::remove_all();
    if infrastructure.n_missing > 0 {
        say(&format!("  parts that could not be had, see above: {}", infrastructure.n_missing));
    }
    println!("{}", outcome.summary);
    let good = outcome.good && infrastructure.n_missing == 0;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Keeps what the tests stand on running and prints how a shell finds it, until it is interrupted.
pub fn keep(workspace: &Workspace) -> Result<ExitCode> {
    let infrastructure = infrastructure::start(workspace, Purpose::Tests)?;
    let bin = infrastructure.tools.bin();
    let mut lines: Vec<String> =
        infrastructure.exports.iter().map(|(name, value)| format!("export {name}='{value}'")).collect();
    lines.push(format!("export PATH='{}':\"$PATH\"", bin.display()));
    let file = workspace.dev.join("test.env");
    write_private(&file, &lines.join("\n"))?;
    println!("{}", lines.join("\n"));
    say("  in another shell: source .dev/test.env; Ctrl-C stops it");
    supervisor::watch()?;
    Ok(ExitCode::SUCCESS)
}

struct Outcome {
    good: bool,
    summary: String,
}

fn run(workspace: &Workspace, infrastructure: &Infrastructure, filter: &[String]) -> Result<Outcome> {
    let mut nextest = cargo(workspace);
    nextest
        .env("PATH", path_with(&infrastructure.tools.bin())?)
        .envs(&infrastructure.exports)
        .args(["nextest", "run", "--workspace"])
        .args(["--color", colour()])
        .args(["--profile", profile()])
        .args(filter)
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = spawn(nextest)?;
    let mut summary = String::from("no summary: the runner did not get so far");
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            eprintln!("{line}");
            let plain = without_colour(&line);
            if plain.trim_start().starts_with("Summary [") {
                plain.trim().clone_into(&mut summary);
            }
        }
    }
    let status = child.wait().context("waiting for the test runner")?;
    supervisor::park_if_stopping();
    Ok(Outcome { good: status.success(), summary })
}

fn profile() -> &'static str {
    if env::var_os("CI").is_some() { "ci" } else { "default" }
}

fn colour() -> &'static str {
    let wanted = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none();
    if wanted { "always" } else { "never" }
}

fn without_colour(line: &str) -> String {
    let mut plain = String::new();
    let mut escaped = false;
    for letter in line.chars() {
        match letter {
            '\x1b' => escaped = true,
            'm' if escaped => escaped = false,
            _ if escaped => {}
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::without_colour;

    #[test]
    fn a_summary_is_found_under_its_colours() {
        let line = "\x1b[32;1m     Summary\x1b[0m [   0.010s] \x1b[1m3\x1b[0m tests run";
        assert_eq!(without_colour(line), "     Summary [   0.010s] 3 tests run");
    }
}
