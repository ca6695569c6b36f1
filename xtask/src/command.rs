//! Commands that are run to their end.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::progress::Phase;
use crate::supervisor::{mortal, spawn, tail};

/// A command that ends when this program ends.
pub fn command(program: impl AsRef<Path>) -> Command {
    mortal(program, "TERM")
}

/// Runs a command with its output in `log`, its latest line behind the spinner of `phase`.
pub fn run_logged(mut command: Command, log: &Path, phase: &Phase) -> Result<()> {
    let mut file = File::create(log).with_context(|| format!("opening {}", log.display()))?;
    let shown = describe(&command);
    command.stdin(Stdio::null()).stdout(file.try_clone().context("opening a log twice")?).stderr(Stdio::piped());
    let mut child = spawn(command)?;
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            phase.doing(&line);
            writeln!(file, "{line}").context("writing a log")?;
        }
    }
    let status = child.wait().with_context(|| format!("waiting for {shown}"))?;
    if !status.success() {
        bail!("{shown}: {status}{}", tail(log));
    }
    Ok(())
}

/// Runs a command and returns what it printed; one that fails is an error with its stderr.
pub fn read(command: Command) -> Result<String> {
    finish(command, None)
}

/// Runs a command on this input.
pub fn feed(command: Command, input: &str) -> Result<String> {
    finish(command, Some(input))
}

/// Whether a command ends well; what it prints goes nowhere.
pub fn succeeds(mut command: Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    spawn(command).and_then(|mut child| child.wait().context("waiting")).is_ok_and(|status| status.success())
}

fn finish(mut command: Command, input: Option<&str>) -> Result<String> {
    let shown = describe(&command);
    command
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = spawn(command)?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        // A command that ends without reading says why on stderr.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().with_context(|| format!("waiting for {shown}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("{shown}: {}: {}", output.status, reason.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{shown} printed no UTF-8"))
}

/// The program and its arguments without the wrapper of `mortal`, passwords never among them.
fn describe(command: &Command) -> String {
    let words: Vec<_> = command.get_args().skip(3).map(|word| word.to_string_lossy().into_owned()).collect();
    words.join(" ")
}
