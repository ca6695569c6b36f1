//! Where things are: the checkout, its `.dev` folder, the build output, the user's cache.

use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

pub struct Workspace {
    pub root: PathBuf,
    pub dev: PathBuf,
    /// Where an installation keeps its data; `.dev` unless it is thrown away.
    pub data: PathBuf,
    pub log: PathBuf,
    /// The folder cargo puts our binaries into; this program came out of it.
    pub bin: PathBuf,
    /// Survives `cargo clean` and a fresh clone.
    pub cache: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask has no parent folder")?.to_owned();
        let this = env::current_exe().context("finding this program")?;
        let bin = this.parent().context("this program has no folder")?.to_owned();
        let dev = root.join(".dev");
        let log = dev.join("log");
        fs::create_dir_all(&log).with_context(|| format!("making {}", log.display()))?;
        // PostgreSQL's account passes through to its data; nobody else has any business here.
        for (folder, mode) in [(&dev, 0o711), (&log, 0o700)] {
            fs::set_permissions(folder, fs::Permissions::from_mode(mode))
                .with_context(|| format!("protecting {}", folder.display()))?;
        }
        Ok(Self { root, data: dev.clone(), dev, log, bin, cache: cache_home()?.join("shepherd") })
    }

    /// The same checkout with an installation of this name, which keeps its data and logs apart.
    pub fn with_data(self, name: &str, data: PathBuf) -> Result<Self> {
        let log = self.log.join(name);
        make_private(&log)?;
        Ok(Self { data, log, ..self })
    }

    /// Tells this checkout from others on the same machine.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.root.as_os_str().as_encoded_bytes());
        hex(&digest[..6])
    }
}

/// Makes a folder that only its owner may enter.
pub fn make_private(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("protecting {}", folder.display()))
}

/// Replaces a file that only its owner may read, in one step: a kill leaves the old or the new one.
pub fn write_private(file: &Path, text: &str) -> Result<()> {
    let unfinished = file.with_extension("unfinished");
    File::options()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, file))
        .with_context(|| format!("writing {}", file.display()))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cache_home() -> Result<PathBuf> {
    let given = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty());
    given
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .context("neither XDG_CACHE_HOME nor a home folder")
}
