//! PostgreSQL: a private cluster on loopback, in the foreground.

mod account;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use self::account::Account;
use super::BOUND;
use crate::command::{command, feed, read, succeeds};
use crate::secret;
use crate::supervisor::{self, Farewell, Service, Tier};
use crate::workspace::Workspace;

/// Passwords of the superuser and of our three roles.
#[derive(Clone, Serialize, Deserialize)]
pub struct Passwords {
    pub superuser: String,
    pub owner: String,
    pub server: String,
    pub worker: String,
}

impl Passwords {
    pub fn generate() -> Result<Self> {
        Ok(Self {
            superuser: secret::token(16)?,
            owner: secret::token(16)?,
            server: secret::token(16)?,
            worker: secret::token(16)?,
        })
    }
}

pub struct Settings<'a> {
    pub name: &'a str,
    /// The folder of `postgres`, `initdb` and `psql`.
    pub bin: PathBuf,
    /// Holds the data; made when it is not there.
    pub home: PathBuf,
    pub port: u16,
    pub passwords: &'a Passwords,
    pub role: Role,
    pub log: PathBuf,
}

/// What the data is for.
#[derive(Clone, Copy)]
pub enum Role {
    Kept,
    /// Tests need no write to reach the disk.
    ThrownAway,
    /// Every commit reaches the disk; memory as on a small server.
    Measured,
}

pub struct Postgres {
    pub bin: PathBuf,
    port: u16,
    passwords: Passwords,
}

pub fn start(workspace: &Workspace, settings: Settings) -> Result<Postgres> {
    let account = Account::choose()?;
    let home = account.home(workspace, &settings.home)?;
    let bin = account.programs(workspace, &settings.bin)?;
    let data = home.join("data");
    if !data.join("PG_VERSION").exists() {
        make_cluster(&account, &bin, &home, &settings.passwords.superuser)?;
    }
    let mut postgres = account.command(bin.join("postgres"), "QUIT");
    postgres.arg("-D").arg(&data).args(options(&settings));
    let voice = supervisor::start(Service {
        name: settings.name.to_owned(),
        tier: Tier::Store,
        farewell: Farewell::Interrupt,
        command: postgres,
        log: settings.log,
    })?;
    let port = settings.port.to_string();
    voice.until(BOUND, || {
        let mut ready = command(bin.join("pg_isready"));
        ready.args(["--quiet", "--host", "127.0.0.1", "--port", &port]);
        succeeds(ready)
    })?;
    Ok(Postgres { bin, port: settings.port, passwords: settings.passwords.clone() })
}

/// Throws the data away that stands at, or in the stead of, this home.
pub fn forget(workspace: &Workspace, home: &Path) -> Result<()> {
    let data = Account::choose()?.home(workspace, home)?.join("data");
    if data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("removing {}", data.display()))?;
    }
    Ok(())
}

impl Postgres {
    pub fn url(&self, role: &str, password: &str, database: &str) -> String {
        let port = self.port;
        format!("postgres://{role}:{password}@127.0.0.1:{port}/{database}")
    }

    pub fn admin_url(&self) -> String {
        self.url("postgres", &self.passwords.superuser, "postgres")
    }

    pub fn owner_url(&self) -> String {
        self.url("shepherd_owner", &self.passwords.owner, "shepherd")
    }

    pub fn server_url(&self) -> String {
        self.url("shepherd_server", &self.passwords.server, "shepherd")
    }

    pub fn worker_url(&self) -> String {
        self.url("shepherd_worker", &self.passwords.worker, "shepherd")
    }

    /// Makes the roles, or gives them today's passwords.
    pub fn make_roles(&self, workspace: &Workspace) -> Result<()> {
        let Passwords { owner, server, worker, .. } = &self.passwords;
        let file = workspace.root.join("migrations/roles.sql");
        // On stdin: a command line is everybody's to read.
        self.psql(&format!(
            "\\set owner_password '{owner}'\n\\set server_password '{server}'\n\
             \\set worker_password '{worker}'\n\\i '{}'\n",
            file.display()
        ))
        .context("making the roles of the database")?;
        Ok(())
    }

    /// Makes our database unless it is there.
    pub fn make_database(&self) -> Result<()> {
        self.psql(
            "select 'create database shepherd owner shepherd_owner' \
             where not exists (select from pg_database where datname = 'shepherd') \\gexec\n",
        )
        .context("making the database")?;
        Ok(())
    }

    /// Runs a script as superuser; what it printed, unaligned and without headings.
    pub fn psql(&self, script: &str) -> Result<String> {
        let mut psql = command(self.bin.join("psql"));
        psql.env("PGPASSWORD", &self.passwords.superuser)
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--host", "127.0.0.1"])
            .args(["--port", &self.port.to_string()])
            .args(["--username", "postgres", "--dbname", "postgres"])
            .args(["--file", "-"]);
        feed(psql, script)
    }
}

fn make_cluster(account: &Account, bin: &Path, home: &Path, password: &str) -> Result<()> {
    let data = home.join("data");
    if data.exists() {
        // What an interrupted initdb left.
        fs::remove_dir_all(&data).with_context(|| format!("removing {}", data.display()))?;
    }
    let file = home.join("password");
    fs::write(&file, password).context("writing the password file")?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).context("protecting a password")?;
    account.give(&file)?;
    let mut initdb = account.command(bin.join("initdb"), "KILL");
    initdb
        .arg("-D")
        .arg(&data)
        .arg(format!("--pwfile={}", file.display()))
        .args(["--username=postgres", "--auth=scram-sha-256"])
        .args(["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]);
    let made = read(initdb).context("making the database cluster");
    fs::remove_file(&file).context("removing the password file")?;
    made.map(drop)
}

fn options(settings: &Settings) -> Vec<String> {
    let port = format!("port={}", settings.port);
    let mut options =
        vec![port.as_str(), "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400", "jit=off"];
    options.extend(match settings.role {
        Role::Kept => &["shared_buffers=128MB"][..],
        Role::ThrownAway => &[
            "shared_buffers=128MB",
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            "max_wal_size=4GB",
            "autovacuum_naptime=10s",
        ],
        Role::Measured => &["shared_buffers=1GB", "max_wal_size=4GB"],
    });
    options.iter().flat_map(|option| ["-c".to_owned(), (*option).to_owned()]).collect()
}
