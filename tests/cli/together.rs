//! Two runs at the same time: each publishes a whole snapshot, or finds it published.

use std::fs;
use std::process::{Child, Command, Stdio};

use snapshot::Snapshot;

use crate::kinfold::{BINARY, copy_of_town};

#[test]
fn two_runs_of_one_plan_at_once_publish_one_whole_snapshot() {
    let town = copy_of_town();
    let start = || -> Child {
        Command::new(BINARY)
            .args(["run", "plan.toml", "--progress", "none"])
            .current_dir(town.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let runs = [start(), start(), start()];
    for run in runs {
        let done = run.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let snapshots = town.path().join("snapshots");
    let mut names: Vec<String> = fs::read_dir(&snapshots)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    // They found the same, so there is one.
    assert_eq!(names, [".lock", "2026-03-31", "2026-03-31.html", "CURRENT"]);
    Snapshot::open(&snapshots).unwrap().verify().unwrap();
    let page = fs::read_to_string(snapshots.join("2026-03-31.html")).unwrap();
    assert!(page.trim_end().ends_with("</html>") && page.matches("<html").count() == 1);
}

#[test]
fn two_plans_of_one_day_at_once_publish_two_whole_snapshots() {
    let town = copy_of_town();
    let plan = fs::read_to_string(town.path().join("plan.toml")).unwrap();
    fs::write(town.path().join("other.toml"), plan + "\n[thresholds]\nlink = 4\n").unwrap();
    let runs = ["plan.toml", "other.toml"].map(|plan| {
        Command::new(BINARY)
            .args(["run", plan, "--progress", "none"])
            .current_dir(town.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    });
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    let snapshots = town.path().join("snapshots");
    for name in ["2026-03-31", "2026-03-31-2"] {
        Snapshot::open(&snapshots.join(name)).unwrap().verify().unwrap();
        let page = fs::read_to_string(snapshots.join(format!("{name}.html"))).unwrap();
        assert!(page.contains(&format!("snapshot {name} ")), "{name}");
    }
}
