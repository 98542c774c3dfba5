//! A run that is killed leaves the last snapshot as it was.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use snapshot::Snapshot;

use crate::kinfold::{BINARY, copy_of_town, kinfold};

#[test]
fn a_run_killed_at_any_moment_leaves_the_last_snapshot_readable() {
    const RUNS: u32 = 10;
    let town = copy_of_town();
    let (plan, next) = (town.path().join("plan.toml"), town.path().join("next.toml"));
    let began = Instant::now();
    kinfold(town.path(), &["run", "plan.toml", "--progress", "none"]).good();
    let whole = began.elapsed();
    let text = fs::read_to_string(plan).unwrap();
    let mut killed = 0;
    for run in 0..RUNS {
        // Each night is another day, so that each has a snapshot of its own to publish.
        let day = format!("run_date = 2026-04-{:02}", run + 1);
        fs::write(&next, text.replace("run_date = 2026-03-31", &day)).unwrap();
        let snapshots = town.path().join("snapshots");
        let before = fs::read_to_string(snapshots.join("CURRENT")).unwrap();
        let mut child = Command::new(BINARY)
            .args(["run", "next.toml", "--progress", "none"])
            .current_dir(town.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Moments all over a run, most of them near its end, where it publishes.
        let share = f64::from(run + 1) / f64::from(RUNS);
        sleep(Duration::from_secs_f64(whole.as_secs_f64() * share.sqrt()));
        child.kill().unwrap();
        let ended = child.wait().unwrap();

        let snapshot = Snapshot::open(&snapshots).unwrap();
        snapshot.verify().unwrap();
        let after = fs::read_to_string(snapshots.join("CURRENT")).unwrap();
        if !ended.success() {
            killed += 1;
            let published = snapshot.manifest().run_date.to_string();
            assert!(after == before || day.ends_with(&published), "neither the last nor the next");
        }
        for folder in fs::read_dir(&snapshots).unwrap().map(|entry| entry.unwrap()) {
            let hidden = folder.file_name().to_string_lossy().starts_with('.');
            if folder.path().is_dir() && !hidden {
                Snapshot::open(&folder.path()).unwrap().verify().unwrap();
            }
        }
    }
    assert!(killed > 0, "no run was killed in time");

    // What the killed ones left is in nobody's way, and is cleared away.
    fs::write(&next, text.replace("run_date = 2026-03-31", "run_date = 2026-05-01")).unwrap();
    kinfold(town.path(), &["run", "next.toml", "--progress", "none"]).good();
    let names = fs::read_dir(town.path().join("snapshots")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.starts_with(".unfinished")).collect();
    assert!(left.is_empty(), "{left:?}");
}
