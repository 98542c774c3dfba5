//! The log of what was told on an authority: who looked, when, with which question, at whom, and why.
//!
//! It is the file `disclosures.jsonl` beside the snapshots, a JSON object a line, which is only ever
//! added to. It holds ids and the reason given, and no value of anybody's. Nothing is told on an
//! authority that could not be written down first.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};
use snapshot::Snapshot;

/// The log's name, in the folder of snapshots.
const LOG: &str = "disclosures.jsonl";

/// Writes down that something is told, and fails if that cannot be done.
pub(crate) fn write_down(
    snapshot: &Snapshot,
    question: &str,
    about: &[String],
    reason: &str,
) -> anyhow::Result<()> {
    let folder = snapshot.folder();
    let path = beside(folder)
        .with_context(|| format!("cannot tell the folder of `{}`", folder.display()))?;
    let name = folder.canonicalize().ok();
    let name = name.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let line = json!({
        "at": jiff::Timestamp::now().to_string(),
        "user": user(),
        "uid": uid(),
        "question": question,
        "about": if about.is_empty() { Value::from("everybody") } else { Value::from(about) },
        "reason": reason,
        "snapshot": name,
        "manifest": snapshot.run().manifest_sha256,
    });
    append(&path, &format!("{line}\n")).with_context(|| {
        format!("nothing is told on an authority that cannot be written to `{}`", path.display())
    })
}

/// The place of the log: the folder that the snapshot's is in.
fn beside(snapshot: &Path) -> io::Result<PathBuf> {
    let folder = snapshot.canonicalize()?;
    Ok(folder.parent().unwrap_or(&folder).join(LOG))
}

/// Adds a line, and makes sure that it is on the disk.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut log: File = options.open(path)?;
    // Of two who look at once, each writes a line of its own.
    log.lock()?;
    log.write_all(line.as_bytes())?;
    log.sync_all()
}

/// The name that the system's session has.
#[expect(
    clippy::disallowed_methods,
    reason = "who looks is of the occasion, and no result depends on it"
)]
fn user() -> Option<String> {
    ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok())
}

/// The number of the user whose process this is, where the system tells it: a name in the environment
/// can be any.
fn uid() -> Option<u32> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata("/proc/self").ok().map(|process| process.uid())
    }
    #[cfg(not(target_os = "linux"))]
    None
}
