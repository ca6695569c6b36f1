//! `cargo xtask screenshots`: every page of the console as a picture, for people to look at.
//!
//! On an installation of its own in a scratch folder; what it is filled with is in `web/e2e/screenshots`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::command::{command, run_logged};
use crate::component::server;
use crate::install;
use crate::port;
use crate::progress::{phase, say};
use crate::scratch;
use crate::secret;
use crate::state::State;
use crate::supervisor;
use crate::up::installation::{self, Installation};
use crate::workspace::{Workspace, write_private};

/// After this a request to the server for hasty requests expires.
const HASTE: Duration = Duration::from_secs(5);

#[derive(Args)]
pub struct Options {
    /// The folder for the pictures
    #[arg(long, value_name = "DIR", default_value = ".dev/screenshots")]
    out: PathBuf,
    /// Leaves the product running afterwards, so that pictures can be taken again
    #[arg(long)]
    keep: bool,
    /// Only these pages, widths, themes and languages: `inbox dark`
    only: Vec<String>,
}

pub fn take(workspace: Workspace, options: &Options) -> Result<ExitCode> {
    if env::var_os("DATABASE_URL").is_some() {
        bail!("DATABASE_URL is set: pictures are taken of a database of their own only");
    }
    let out = workspace.root.join(&options.out);
    fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    let scratch = scratch::make()?;
    let workspace = workspace.with_data("screenshots", scratch)?;
    let mut state = installation::recall(&workspace)?;
    let chromium = install::chromium(&workspace)?;
    let node = install::node(&workspace)?.map_or_else(|| "node".into(), |bin| bin.join("node"));
    let installation = installation::start(&workspace, &mut state, None)?;
    let world = world(&workspace, &state, &installation, &out)?;
    phase("pictures", |phase| {
        let mut run = command(node);
        run.args(["e2e/run.mjs", "screenshots"])
            .args(&options.only)
            .current_dir(workspace.root.join("web"))
            .env("SHEPHERD_TEST_CHROMIUM", &chromium)
            .env("SHEPHERD_TEST_ARTIFACTS", &out)
            .env("SHEPHERD_E2E", world.to_string());
        run_logged(run, &workspace.log.join("screenshots.log"), phase)?;
        phase.detail(out.display().to_string());
        Ok(())
    })?;
    if options.keep {
        invite(&workspace, &world)?;
        supervisor::watch()?;
    }
    supervisor::stop_all();
    scratch::remove_all();
    Ok(ExitCode::SUCCESS)
}

/// What the journey needs to know.
fn world(workspace: &Workspace, state: &State, installation: &Installation, out: &Path) -> Result<Value> {
    let postgres = |role: &str, password: &str| -> Result<String> {
        let port = state.ports.get("postgres").context("PostgreSQL has no port")?;
        Ok(format!("postgres://{role}:{password}@127.0.0.1:{port}/shepherd"))
    };
    // Expired requests need a deadline that one can wait for.
    let hasty = server::start(server::Settings {
        program: workspace.bin.join("shepherd-server"),
        database_url: &postgres("shepherd_server", &state.passwords.server)?,
        port: port::free()?,
        temporal_ui: "",
        approval_timeout: Some(HASTE),
        log: workspace.log.join("server-hasty.log"),
    })?;
    Ok(json!({
        "url": installation.server.url,
        "hasty": hasty.url,
        // Of two servers that wait for the set-up, the later one has the token that counts.
        "token": hasty.setup_token,
        "password": secret::password()?,
        "kubeconfig": fs::read_to_string(&installation.kubeconfig).context("reading the worker's kubeconfig")?,
        "cluster_admin": workspace.data.join("cluster/controlplane/kubeconfig"),
        "gateway": format!("http://127.0.0.1:{}", state.ports.get("gateway-control").context("the gateway has no port")?),
        "psql": install::postgres(workspace)?.join("psql"),
        "database": postgres("postgres", &state.passwords.superuser)?,
        "notes": workspace.data.join("filled.json"),
        "out": out,
    }))
}

/// Says how to take pictures again.
fn invite(workspace: &Workspace, world: &Value) -> Result<()> {
    let file = workspace.data.join("world.env");
    write_private(&file, &format!("export SHEPHERD_E2E='{world}'\n"))?;
    say(&format!(
        "  again, after `npm run build`: cd web && . {} && node e2e/run.mjs screenshots [WORD…]",
        file.display()
    ));
    say("  Ctrl-C stops everything and throws the data away");
    Ok(())
}
