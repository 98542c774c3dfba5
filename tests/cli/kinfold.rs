//! Runs the binary, and invents the town that most tests look at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use snapshot::Snapshot;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Told {
    /// The exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Told {
    /// Panics unless the command succeeded.
    #[track_caller]
    pub(crate) fn good(self) -> Told {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// What it printed, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("`--json` prints JSON")
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Told {
        Told {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("text goes to standard output"),
            stderr: String::from_utf8(output.stderr).expect("text goes to standard error"),
        }
    }
}

/// The binary.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_kinfold");

/// Runs the binary in a folder.
pub(crate) fn kinfold(folder: &Path, arguments: &[&str]) -> Told {
    Command::new(BINARY).args(arguments).current_dir(folder).output().unwrap().into()
}

/// An invented town in a folder of its own, linked once for all tests. Not to be changed.
pub(crate) fn town() -> &'static Path {
    static TOWN: OnceLock<PathBuf> = OnceLock::new();
    TOWN.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli-town");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        kinfold(&folder, &["synth", "town", "--persons", "400", "--seed", "3"]).good();
        let town = folder.join("town");
        kinfold(&town, &["run", "plan.toml", "--threads", "1", "--progress", "none"]).good();
        town
    })
}

/// The snapshot of the invented town.
pub(crate) fn snapshot() -> Snapshot {
    Snapshot::open(&town().join("snapshots")).unwrap()
}

/// A copy of the invented town's extracts and plan, to be changed at will.
pub(crate) fn copy_of_town() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(town()).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    copy
}
