//! How much memory a run may use is a number the user sets, and changes nothing but whether it runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::kinfold::{BINARY, Told, copy_of_town, kinfold, town};

const SNAPSHOT: &str = "snapshots/2026-03-31";

#[test]
fn a_run_that_is_allowed_too_little_is_not_begun() {
    let copy = copy_of_town();
    for command in ["run", "train"] {
        let told = kinfold(
            copy.path(),
            &[command, "plan.toml", "--memory", "20MiB", "--progress", "none"],
        );
        assert_eq!(told.code, 2, "{}", told.stderr);
        let says = |words: &str| assert!(told.stderr.contains(words), "{}", told.stderr);
        says("of memory at the least");
        says("20 MiB are allowed");
    }
    assert!(!copy.path().join(SNAPSHOT).exists(), "nothing is published");
    let told = kinfold(copy.path(), &["run", "plan.toml", "--memory", "20"]);
    assert_eq!(told.code, 2);
    assert!(told.stderr.contains("such as `8GiB`"), "{}", told.stderr);
}

#[test]
fn any_amount_that_is_enough_gives_the_same_bytes() {
    let copy = copy_of_town();
    let run = run_with(copy.path(), "1 GB");
    assert_eq!(run["memory_allowed_bytes"], 1_000_000_000);
    let reckoned = run["memory_reckoned_bytes"].as_u64().unwrap();
    assert!((50 << 20..1_000_000_000).contains(&reckoned), "{reckoned}");
    assert_eq!(run["spilled"], false);
}

#[test]
fn a_run_that_must_put_things_away_gives_the_same_bytes() {
    let copy = copy_of_town();
    let run = run_with(copy.path(), &a_little_too_little());
    assert_eq!(run["spilled"], true);
    let less_than =
        |run: &Value| format!("{}B", run["memory_reckoned_bytes"].as_u64().unwrap() - 1);
    // One that goes without sketches too.
    let copy = copy_of_town();
    let run = run_with(copy.path(), &less_than(&run));
    assert_eq!(run["spilled"], true);
    let told = kinfold(copy.path(), &["run", "plan.toml", "--memory", &less_than(&run)]);
    assert_eq!(told.code, 2, "{}", told.stderr);
    assert!(told.stderr.contains("at the least"), "{}", told.stderr);
}

#[test]
fn the_night_before_counts() {
    let copy = copy_of_town();
    let first = run_with(copy.path(), "1 GB");
    let plan = fs::read_to_string(copy.path().join("plan.toml")).unwrap();
    let plan = plan.replace("run_date = 2026-03-31", "run_date = 2026-04-01");
    fs::write(copy.path().join("next.toml"), plan).unwrap();
    kinfold(copy.path(), &["run", "next.toml", "--memory", "1 GB", "--progress", "none"]).good();
    let run = fs::read(copy.path().join("snapshots/2026-04-01/run.json")).unwrap();
    let run: Value = serde_json::from_slice(&run).unwrap();
    let reckoned = |run: &Value| run["memory_reckoned_bytes"].as_u64().unwrap();
    assert!(reckoned(&first) < reckoned(&run), "{first} {run}");
}

#[test]
fn persons_in_very_many_rows_are_reckoned_by_their_links() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = "ref,forename,surname,born\n".to_owned();
    for row in 0..1200_u16 {
        let person = u8::try_from(row % 20).unwrap();
        let letter = |of: u8| char::from(b'a' + of);
        let surname = [letter(person / 5), letter(person % 5)].map(|it| it.to_string().repeat(4));
        rows += &format!("r{row},Zelda{},{},", letter(person), surname.concat());
        rows += &format!("{}-0{}-1{}\n", 1950 + u16::from(person), 1 + person % 9, person % 10);
    }
    fs::write(folder.path().join("rows.csv"), rows).unwrap();
    let plan = "run_date = 2026-03-31\noutput = \"snapshots\"\n[[source]]\nname = \"rows\"\n\
        agency = \"Council\"\nsystem = \"contacts\"\nside = \"adult\"\nagreement = \"ISA-01\"\n\
        files = [\"rows.csv\"]\ndelivery = \"full\"\nkey = \"ref\"\nas_at = 2026-03-19\n\
        dates = \"year_first\"\n[source.columns]\nforename = \"forename\"\n\
        surname = \"surname\"\ndate_of_birth = \"born\"\n";
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    let run_in = |memory: &str| {
        kinfold(folder.path(), &["run", "plan.toml", "--memory", memory, "--progress", "none"])
    };
    run_in("1 GB").good();
    let run = fs::read(folder.path().join(SNAPSHOT).join("run.json")).unwrap();
    let run: Value = serde_json::from_slice(&run).unwrap();
    let reckoned = run["memory_reckoned_bytes"].as_u64().unwrap();
    // Sixty rows of one person are 1,770 links.
    assert!((148 << 20) + 64 * 20 * 1700 < reckoned, "{reckoned}");
    fs::remove_dir_all(folder.path().join("snapshots")).unwrap();
    let told = run_in(&format!("{}B", reckoned - 1));
    assert_eq!(told.code, 2, "{}", told.stderr);
    assert!(told.stderr.contains("of memory at the least"), "{}", told.stderr);
    assert!(!folder.path().join(SNAPSHOT).exists(), "nothing is published");
    run_in(&format!("{reckoned}B")).good();
}

#[cfg(unix)]
#[test]
fn a_disk_without_room_is_told_and_the_last_snapshot_stays() {
    let copy = copy_of_town();
    let listed = |folder: &Path| {
        let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    kinfold(copy.path(), &["run", "plan.toml", "--progress", "none"]).good();
    let before = listed(&copy.path().join("snapshots"));
    // No file may be of more than eight blocks of 512 bytes.
    let script = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{BINARY}' run plan.toml --progress none --memory {}",
        a_little_too_little(),
    );
    let told = Command::new("sh").args(["-c", &script]).current_dir(copy.path()).output().unwrap();
    let told = Told::from(told);
    assert_eq!(told.code, 2, "{}", told.stderr);
    let says = "cannot write `snapshots/.unfinished-1`";
    assert!(told.stderr.contains(says), "{}", told.stderr);
    assert_eq!(
        listed(&copy.path().join("snapshots")),
        before,
        "nothing is left and nothing is gone"
    );
}

/// Not quite what a run that puts nothing away is reckoned to need.
fn a_little_too_little() -> String {
    let run = fs::read(town().join(SNAPSHOT).join("run.json")).unwrap();
    let run: Value = serde_json::from_slice(&run).unwrap();
    format!("{}B", run["memory_reckoned_bytes"].as_u64().unwrap() - 1)
}

/// Runs the town with so much memory, and tells of the run; its snapshot has to be the town's.
fn run_with(copy: &Path, memory: &str) -> Value {
    kinfold(copy, &["run", "plan.toml", "--memory", memory, "--progress", "none"]).good();
    let of = |folder: &Path, name: &str| fs::read(folder.join(SNAPSHOT).join(name)).unwrap();
    let mut same = 0;
    for file in fs::read_dir(town().join(SNAPSHOT)).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if name != "run.json" {
            assert!(of(town(), &name) == of(copy, &name), "{name} differs");
            same += 1;
        }
    }
    assert_eq!(same, 12, "eleven tables and a manifest");
    serde_json::from_slice(&of(copy, "run.json")).unwrap()
}
