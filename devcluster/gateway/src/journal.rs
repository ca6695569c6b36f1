//! The witness: one JSON line per call, appended before the caller can see the call's end.
//!
//! Lines never hold bodies or tokens. The newest lines are also kept in memory; older ones,
//! and those of earlier runs on the same folder, are read back from the file when asked for.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::journal_filter::Filter;
use crate::request::Target;

const KEPT_IN_MEMORY: usize = 50_000;

/// How a call ended, seen from the gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The API server's whole answer was handed to the caller.
    Delivered,
    /// The call went to the API server; its answer did not reach the caller.
    Lost,
    /// The gateway answered by itself, or ended a watch with an event of its own.
    Injected,
    /// The connection ended before the call was forwarded, or in the middle of a watch.
    #[default]
    Cut,
    /// A watch has begun; a second line follows when it ends.
    Open,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    pub seq: u64,
    /// When the call arrived.
    pub at: String,
    #[serde(flatten)]
    pub target: Target,
    pub account: Option<String>,
    pub uid: Option<String>,
    pub ticket: Option<String>,
    pub status: Option<u16>,
    pub ms: u64,
    pub outcome: Outcome,
    pub fault: Option<String>,
    /// On the line that ends a watch: `seq` of the line that opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<u64>,
}

pub struct Journal {
    path: PathBuf,
    tail: Mutex<Tail>,
}

struct Tail {
    file: File,
    last: u64,
    recent: VecDeque<Entry>,
}

impl Journal {
    /// Opens the journal of a folder and continues its numbers.
    pub fn open(path: &Path) -> io::Result<Journal> {
        let last = lines(path)?.last().map_or(0, |entry| entry.seq);
        let mut options = OpenOptions::new();
        let mut file = options.create(true).read(true).append(true).open(path)?;
        if ends_torn(&mut file)? {
            file.write_all(b"\n")?;
        }
        let tail = Tail { file, last, recent: VecDeque::new() };
        Ok(Journal { path: path.to_owned(), tail: Mutex::new(tail) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Numbers an entry and writes its line.
    pub fn append(&self, mut entry: Entry) -> u64 {
        let mut tail = self.tail();
        entry.seq = tail.last + 1;
        if let Err(error) = tail.write(&entry) {
            tracing::error!(%error, "a journal line could not be written");
        }
        tail.last = entry.seq;
        tail.recent.push_back(entry);
        if tail.recent.len() > KEPT_IN_MEMORY {
            tail.recent.pop_front();
        }
        tail.last
    }

    /// Number of the newest line.
    pub fn last(&self) -> u64 {
        self.tail().last
    }

    /// Entries that pass the filter, oldest first, and the number to go on from.
    pub fn read(&self, filter: &Filter) -> io::Result<(Vec<Entry>, u64)> {
        let (first, last, recent) = self.recent(filter);
        let mut entries = Vec::new();
        if filter.since + 1 < first {
            let older = lines(&self.path)?.take_while(|entry| entry.seq < first);
            entries.extend(older.filter(|entry| filter.admits(entry)));
        }
        entries.extend(recent);
        let limit = filter.limit.unwrap_or(usize::MAX);
        let cut_short = entries.len() > limit;
        entries.truncate(limit);
        let next = match entries.last() {
            Some(entry) if cut_short => entry.seq,
            None if cut_short => filter.since,
            _ => last,
        };
        Ok((entries, next))
    }

    /// First number held in memory, last number, and the admitted entries in memory.
    fn recent(&self, filter: &Filter) -> (u64, u64, Vec<Entry>) {
        let tail = self.tail();
        let first = tail.recent.front().map_or(tail.last + 1, |entry| entry.seq);
        let admitted = tail.recent.iter().filter(|entry| filter.admits(entry));
        (first, tail.last, admitted.cloned().collect())
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

/// The file's entries; a line torn by a sudden end is passed over.
fn lines(path: &Path) -> io::Result<impl Iterator<Item = Entry> + use<>> {
    let file = match File::open(path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let lines = file.into_iter().flat_map(|file| BufReader::new(file).split(b'\n'));
    Ok(lines.map_while(Result::ok).filter_map(|line| serde_json::from_slice(&line).ok()))
}

fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut byte = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    Ok(byte != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(journal: &Journal, query: &str) -> (Vec<u64>, u64) {
        let filter = Filter::parse(query).unwrap_or_default();
        let (entries, next) = journal.read(&filter).unwrap_or_default();
        (entries.iter().map(|entry| entry.seq).collect(), next)
    }

    #[test]
    fn numbers_and_lines_survive_a_torn_end() -> io::Result<()> {
        let folder = std::env::temp_dir().join(format!("gateway-journal-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join("journal.jsonl");
        let journal = Journal::open(&path)?;
        journal.append(Entry::default());
        journal.append(Entry::default());
        std::fs::write(&path, [std::fs::read(&path)?, b"{\"seq\":3,".to_vec()].concat())?;

        let journal = Journal::open(&path)?;
        assert_eq!(read(&journal, ""), (vec![1, 2], 2));
        assert_eq!(journal.append(Entry::default()), 3);
        assert_eq!(read(&journal, ""), (vec![1, 2, 3], 3));
        assert_eq!(read(&journal, "since=1&limit=1"), (vec![2], 2));
        assert_eq!(read(&journal, "since=2"), (vec![3], 3));
        std::fs::remove_dir_all(&folder)
    }
}
