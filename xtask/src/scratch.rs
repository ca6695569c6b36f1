//! Folders that live as long as one run.
//!
//! Each holds a lock while its run lives, so a run that was killed leaves a folder the next one may remove.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::secret;

const PREFIX: &str = "shepherd-run-";
const LOCK: &str = "lock";

static KEPT: Mutex<Vec<(PathBuf, File)>> = Mutex::new(Vec::new());

/// Makes a folder that others may pass through but not list.
pub fn make() -> Result<PathBuf> {
    let base = base();
    remove_stale(&base);
    let path = base.join(format!("{PREFIX}{}", secret::token(6)?));
    fs::create_dir(&path).with_context(|| format!("making {}", path.display()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o711))
        .with_context(|| format!("protecting {}", path.display()))?;
    let lock = File::create(path.join(LOCK)).context("making the lock of a scratch folder")?;
    lock.lock().context("locking a scratch folder")?;
    kept().push((path.clone(), lock));
    Ok(path)
}

/// The folder for temporary files, if accounts other than ours reach it.
fn base() -> PathBuf {
    let base = std::env::temp_dir();
    let open = base
        .ancestors()
        .all(|folder| fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0));
    if open { base } else { PathBuf::from("/tmp") }
}

pub fn remove_all() {
    for (path, _lock) in kept().drain(..) {
        // What could not be removed now is removed by the next run.
        let _ = fs::remove_dir_all(path);
    }
}

fn remove_stale(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let lock = File::open(entry.path().join(LOCK));
        if ours && lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            // Somebody else's folder stays.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn kept() -> std::sync::MutexGuard<'static, Vec<(PathBuf, File)>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}
