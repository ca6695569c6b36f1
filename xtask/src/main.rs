//! The two commands, `cargo xtask up` and `cargo xtask test`, and what CI calls.
//!
//! Compiled alone before everything else, so it stays light: threads instead of a runtime, and none of our crates.

mod bench;
mod build;
mod chaos;
mod ci;
mod client;
mod command;
mod component;
mod console;
mod contract_fuzz;
mod crashes;
mod demo;
mod fuzz;
mod infrastructure;
mod install;
mod mutants;
mod peers;
mod port;
mod progress;
mod scratch;
mod screenshots;
mod secret;
mod state;
mod supervisor;
mod test;
mod up;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Runs and proves Shepherd on this machine")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs the whole product, drives a first VM request through it, prints the URLs
    Up(up::Options),
    /// Runs everything that proves the product
    Test {
        /// Passed on to the test runner: `cargo xtask test -- FILTER`
        #[arg(last = true)]
        filter: Vec<String>,
    },
    /// Plays seeded load and faults and asks the witness what held
    Chaos(chaos::Options),
    /// Kills server and worker at every place of every road; goes on where it was stopped
    Crashes(crashes::Options),
    /// Fuzzes the product through its contract, as nobody and as three people
    ContractFuzz(contract_fuzz::Options),
    /// Fuzzes every reader of foreign input
    Fuzz(fuzz::Options),
    /// Measures release builds against the floor of the machine
    Bench(bench::Options),
    /// Changes the code that decides and seals, which a unit test must notice
    Mutants(mutants::Options),
    /// Checks everything that needs no running part: format, lints, licences, rules of dependency
    Ci,
    /// Builds the console, which release builds carry
    Console,
    /// Takes pictures of every page of the console, on a product filled for it
    Screenshots(screenshots::Options),
    /// Keeps what the tests stand on running and prints its variables as shell lines
    Env,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.task) {
        Ok(code) => code,
        Err(error) => supervisor::fail(&error),
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    supervisor::stop_on_signals()?;
    match task {
        Task::Up(options) => up::up(&workspace, &options),
        Task::Test { filter } => test::test(&workspace, &filter),
        Task::Chaos(options) => chaos::chaos(&workspace, &options),
        Task::Crashes(options) => crashes::crashes(&workspace, &options),
        Task::ContractFuzz(options) => contract_fuzz::fuzz(&workspace, &options),
        Task::Fuzz(options) => fuzz::fuzz(&workspace, &options),
        Task::Bench(options) => bench::bench(&workspace, &options),
        Task::Mutants(options) => mutants::mutants(&workspace, &options),
        Task::Ci => ci::ci(&workspace),
        Task::Console => console::build(&workspace).map(|()| ExitCode::SUCCESS),
        Task::Screenshots(options) => screenshots::take(workspace, &options),
        Task::Env => test::keep(&workspace),
    }
}
