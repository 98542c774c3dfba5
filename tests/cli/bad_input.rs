//! Bad input: a clear message or a reject, an exit code, nothing lost and nothing half published.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use snapshot::Snapshot;
use tempfile::TempDir;

use crate::kinfold::{BINARY, Told, kinfold, town};

/// A plan of one source, whose file is to be named.
const PLAN: &str = r#"run_date = 2026-03-31
output = "snapshots"

[[source]]
name = "people"
files = "FILE"
key = "ref"
[source.columns]
forename = "forename"
surname = "surname"
date_of_birth = "born"
sex = { column = "sex", codes = { "1" = "male", "2" = "female" } }
postcode = "postcode"
phone = "phone"
nhs_number = "nhs"
"#;

const GOOD: &str = "ref,forename,surname,born,sex,postcode,phone,nhs
1,Wilhelmina,Quillfeather,1971-03-08,2,QX1 2AB,01632 264171,6601024740
2,Bartholomew,Zwingli,1996-11-23,1,QX1 2AC,01632 311905,6601037117
3,Philippa,Quillfeather,2014-07-01,2,QX1 2AB,01632 264171,6601049484
";

/// What no message may say.
const PERSONAL: [&str; 14] = [
    "quillfeather",
    "zwingl",
    "wilhelmina",
    "bartholomew",
    "philippa",
    "1971-",
    "1996-",
    "2014-",
    "264171",
    "311905",
    "66010",
    "6.601",
    "qx1",
    "yesterday",
];

/// A folder with a plan and an extract.
fn lay(file: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plan.toml"), PLAN.replace("FILE", file)).unwrap();
    fs::write(folder.path().join(file), bytes).unwrap();
    folder
}

#[track_caller]
fn run(folder: &Path) -> Told {
    let told = kinfold(folder, &["run", "plan.toml", "--progress", "json"]);
    tells_nobody(&told);
    told
}

#[track_caller]
fn tells_nobody(told: &Told) {
    let said = format!("{}{}", told.stdout, told.stderr).to_lowercase();
    for value in PERSONAL {
        assert!(!said.contains(value), "a message quotes `{value}`: {said}");
    }
}

/// Nothing is published, and nothing half made is left in sight.
#[track_caller]
fn nothing_is_published(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder.join("snapshots")) else { return };
    let names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| name == ".lock"), "{names:?}");
}

/// A run over this extract fails, and says so in these words.
#[track_caller]
fn fails(file: &str, bytes: &[u8], says: &[&str]) {
    let folder = lay(file, bytes);
    fails_in(folder.path(), says);
}

#[track_caller]
fn fails_in(folder: &Path, says: &[&str]) {
    let told = run(folder);
    assert_eq!(told.code, 2, "{told:?}");
    for words in says {
        assert!(told.stderr.contains(words), "not said: {words}\n{}", told.stderr);
    }
    nothing_is_published(folder);
}

/// A run over this extract takes so many records, and rejects what `rejects` says, a line each:
/// line, field (or `row`) and reason.
#[track_caller]
fn takes(file: &str, bytes: &[u8], records: u64, rejects: &str) -> (TempDir, Snapshot) {
    let folder = lay(file, bytes);
    let told = run(folder.path()).good();
    let snapshot = Snapshot::open(&folder.path().join("snapshots")).unwrap();
    assert_eq!(snapshot.manifest().totals.records, records);
    let mut found = String::new();
    for reject in snapshot.rejects().unwrap() {
        assert_eq!(reject.file, file);
        let field = reject.field.as_deref().unwrap_or("row");
        found += &format!("{} {field}: {}\n", reject.line, reject.reason);
    }
    assert_eq!(found, rejects);
    let rows: u64 = snapshot.manifest().sources.iter().map(|counts| counts.rejected).sum();
    let strict = kinfold(folder.path(), &["run", "plan.toml", "--strict", "--progress", "none"]);
    assert_eq!(strict.code, i32::from(rows > 0), "{strict:?} after {told:?}");
    (folder, snapshot)
}

/// The best value of a field of the person of a record.
fn best(snapshot: &Snapshot, key: &str, field: &str) -> Option<String> {
    let record = snapshot.find_record("people", key).unwrap().unwrap();
    let (fields, person) = snapshot.find_person(&record.person_id).unwrap().unwrap();
    let place = fields.iter().position(|known| known == field)?;
    person.best[place].as_ref().map(|best| best.value.clone())
}

#[test]
fn a_good_extract_is_taken_whole() {
    takes("people.csv", GOOD.as_bytes(), 3, "");
}

#[test]
fn a_file_that_is_missing() {
    let folder = lay("people.csv", b"");
    fs::remove_file(folder.path().join("people.csv")).unwrap();
    fails_in(folder.path(), &["there is no file `people.csv`", "plan.toml:6:9"]);
}

#[test]
fn a_column_that_is_missing() {
    let bytes = GOOD.replace("surname", "surnme");
    fails("people.csv", bytes.as_bytes(), &["has no column `surname`", "is it `surnme`?"]);
}

#[test]
fn an_empty_file_and_one_with_a_header_only() {
    fails("people.csv", b"", &["`people.csv` is empty, without even a header"]);
    let header = GOOD.lines().next().unwrap();
    takes("people.csv", header.as_bytes(), 0, "");
}

#[test]
fn text_in_another_encoding() {
    // Windows-1252, without saying so.
    let mut bytes = GOOD.as_bytes().to_vec();
    let at = GOOD.find("Zwingli").unwrap() + "Zwingl".len();
    bytes[at] = 0xe9;
    let (_folder, snapshot) = takes("people.csv", &bytes, 3, "");
    assert_eq!(best(&snapshot, "2", "surname").as_deref(), Some("zwingle"));
    // UTF-16 with its mark, and without.
    let utf16: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], &utf16[..]].concat();
    takes("people.csv", &marked, 3, "");
    fails("people.csv", &utf16, &["NUL bytes", "encoding = \"utf-16\""]);
    // What the plan says is not so.
    let folder = lay("people.csv", &bytes);
    let plan = PLAN.replace("FILE", "people.csv").replace("key =", "encoding = \"utf-8\"\nkey =");
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    fails_in(folder.path(), &["`people.csv` is not UTF-8: see the row after row 1"]);
}

#[test]
fn rows_that_are_too_short_or_too_long() {
    let bytes = format!("{GOOD}4,Short\n5,A,Long,1990-01-01,1,QX1 2AB,,,extra,more\n");
    takes(
        "people.csv",
        bytes.as_bytes(),
        3,
        "5 row: row has 2 values where the header has 8\n6 row: row has 10 values where the header has 8\n",
    );
}

#[test]
fn a_cell_of_a_megabyte() {
    let bytes = format!("{GOOD}4,\"{}\",Zwingli,1990-01-01,1,QX1 2AC,,\n", "x".repeat(1 << 20));
    takes("people.csv", bytes.as_bytes(), 3, "5 row: value longer than 65,536 bytes\n");
}

#[test]
fn a_quote_that_is_never_closed() {
    let more = "4,A,Zwingli,1990-01-01,1,QX1 2AC,,\n".repeat(3_000);
    let bytes = format!("{GOOD}9,\"Unclosed,Zwingli,1990-01-01,1,QX1 2AC,,\n{more}");
    fails("people.csv", bytes.as_bytes(), &["quote", "line 5", "never closed"]);
}

#[test]
fn a_key_that_comes_again_and_one_that_is_missing() {
    let bytes = format!("{GOOD}2,Bart,Zwingli,1996-11-23,1,QX1 2AC,,\n,No,Key,1990-01-01,1,,,\n");
    let rejects = "5 row: key already used by another row\n6 row: no key\n";
    takes("people.csv", bytes.as_bytes(), 3, rejects);
}

#[test]
fn days_that_cannot_be() {
    let bytes = GOOD.replace("1971-03-08", "1971-02-30").replace("1996-11-23", "31/31/1996");
    let bytes = bytes.replace("2014-07-01", "yesterday");
    let rejects = "2 date_of_birth: no such day; kept as written, for comparing only\n\
                   3 date_of_birth: no such day; kept as written, for comparing only\n\
                   4 date_of_birth: not a date\n";
    takes("people.csv", bytes.as_bytes(), 3, rejects);
}

#[test]
fn codes_that_the_plan_does_not_know() {
    let bytes = GOOD.replace(",2,QX", ",9,QX").replace(",1,QX", ",m,QX");
    takes(
        "people.csv",
        bytes.as_bytes(),
        3,
        "2 sex: not among the codes of the plan\n\
         3 sex: not among the codes of the plan\n\
         4 sex: not among the codes of the plan\n",
    );
}

#[test]
fn what_a_spreadsheet_did() {
    // A number in scientific notation, a telephone number without its zero, and an error.
    let bytes = GOOD
        .replace("6601024740", "6.60102E+09")
        .replace("01632 311905", "1632311905")
        .replace("2014-07-01", "#VALUE!");
    let rejects = "2 nhs_number: damaged by a spreadsheet (scientific notation)\n\
                   4 date_of_birth: damaged by a spreadsheet (error instead of a value)\n";
    let (_folder, snapshot) = takes("people.csv", bytes.as_bytes(), 3, rejects);
    assert_eq!(best(&snapshot, "2", "phone").as_deref(), Some("01632311905"));
    assert_eq!(best(&snapshot, "1", "nhs_number"), None);
}

#[test]
fn files_that_break_off() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(GOOD.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let says = ["truncated or damaged gzip", "must be sent again"];
    fails("people.csv.gz", &packed[..packed.len() / 2], &says);
    // The check of the whole is missing, though every row is there.
    fails("people.csv.gz", &packed[..packed.len() - 4], &says);

    let table = fs::read(town().join("general_practice.parquet")).unwrap();
    let says = ["truncated or damaged Parquet file", "must be sent again"];
    fails("people.parquet", &table[..table.len() / 2], &says);
    fails("people.parquet", &table[..3], &["people.parquet"]);
    let arrow = fs::read(town().join("council_tax.arrow")).unwrap();
    fails("people.arrow", &arrow[..arrow.len() / 2], &["truncated or damaged Arrow file"]);
}

#[test]
fn a_file_that_is_not_what_its_name_says() {
    let table = fs::read(town().join("general_practice.parquet")).unwrap();
    fails("people.csv", &table, &["is read as", "holds"]);
    fails("people.parquet", GOOD.as_bytes(), &["people.parquet"]);
    fails("people.jsonl", b"[{\"ref\": 1}]", &["is one JSON array"]);
}

#[test]
fn a_folder_in_place_of_a_file() {
    let folder = lay("people.csv", b"");
    fs::remove_file(folder.path().join("people.csv")).unwrap();
    fs::create_dir(folder.path().join("people.csv")).unwrap();
    fails_in(folder.path(), &["`people.csv` is a folder", "name its files"]);
}

#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot be done says why")]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = lay("people.csv", GOOD.as_bytes());
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let file = folder.path().join("people.csv");
    allow(&file, 0o000);
    if fs::read(&file).is_err() {
        return fails_in(folder.path(), &["no permission to read `people.csv`"]);
    }
    // Whoever runs this may read anything, so somebody else must run Kinfold.
    allow(folder.path(), 0o777);
    let anybody = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", BINARY]);
        command.args(arguments).current_dir(folder.path()).output().map(Told::from)
    };
    match anybody(&["--version"]) {
        Ok(told) if told.code == 0 => {}
        other => {
            return eprintln!(
                "not tried: the user may read any file, and cannot be another: {other:?}"
            );
        }
    }
    let told = anybody(&["run", "plan.toml", "--progress", "none"]).unwrap();
    assert!(
        told.code == 2 && told.stderr.contains("no permission to read `people.csv`"),
        "{told:?}"
    );
    nothing_is_published(folder.path());
    // Nor may it write where it may not.
    allow(&file, 0o644);
    allow(folder.path(), 0o755);
    fs::remove_dir_all(folder.path().join("snapshots")).unwrap_or_default();
    let told = anybody(&["run", "plan.toml", "--progress", "none"]).unwrap();
    assert!(
        told.code == 2 && told.stderr.contains("no permission to write `snapshots`"),
        "{told:?}"
    );
}

/// A limit on the size of files stands in for a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let folder = lay("people.csv", GOOD.as_bytes());
    let limited = |blocks: &str| -> Told {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh", BINARY, "run", "plan.toml", "--progress", "none"]);
        command.current_dir(folder.path()).output().unwrap().into()
    };
    for blocks in ["0", "1", "8"] {
        let told = limited(blocks);
        tells_nobody(&told);
        assert!(told.code == 2 && told.stderr.contains("cannot write"), "{told:?}");
        nothing_is_published(folder.path());
    }
    // With room again, the same run is none the worse for it.
    run(folder.path()).good();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let printed = Command::new(BINARY)
        .args(["check", "plan.toml", "--print"])
        .current_dir(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    let told = Told::from(printed);
    assert!(told.code == 2 && told.stderr.contains("No space left on device"), "{told:?}");
}

#[test]
fn a_plan_with_ten_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let plan = r#"run_date = "yesterday"
outputt = "snapshots"

[[source]]
name = "people"
files = "none.csv"
side = "kid"
dates = "day-first"
key = "ref"
[source.columns]
forname = "forename"
sex = { column = "sex", codes = { "1" = "man", "2" = "female" } }

[[comparison]]
field = "surname"
levels = ["exat"]

[blocking]
rules = ["forename:phonic"]

[thresholds]
link = "high"
"#;
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    let mistakes = [
        ("1:12", "`run_date` is not a date", "a date is written `2026-03-31`"),
        ("2:1", "unknown key `outputt` in the plan", "did you mean `output`?"),
        ("6:9", "there is no file `none.csv`", "paths are relative to the plan"),
        ("7:8", "`side` cannot be `kid`", "known: child, adult, both"),
        ("8:9", "`dates` cannot be `day-first`", "did you mean `day_first`?"),
        ("11:1", "unknown field `forname` in [source.columns]", "did you mean `forename`?"),
        ("15:9", "no source maps the field `surname`", "mapped: "),
        ("16:11", "`exat` is not a level", "did you mean `exact`?"),
        ("19:10", "`forename:phonic` is not a rule", "phonetic"),
        ("22:8", "`link` is a number, not a text", ""),
    ];
    for command in ["check", "run", "block"] {
        let told = kinfold(folder.path(), &[command, "plan.toml"]);
        assert!(told.code == 2 && told.stdout.is_empty(), "{told:?}");
        assert!(told.stderr.contains("10 problems in `plan.toml`"), "{}", told.stderr);
        for (place, mistake, help) in mistakes {
            let place = format!("plan.toml:{place}]");
            for words in [place.as_str(), mistake, help] {
                assert!(told.stderr.contains(words), "not said: {words}\n{}", told.stderr);
            }
        }
        assert!(!folder.path().join("snapshots").exists());
    }
    let told = kinfold(folder.path(), &["check", "plan.toml", "--json"]);
    assert_eq!(told.code, 2);
    assert_eq!(told.json()["problems"].as_array().unwrap().len(), 10);
}

#[test]
fn a_plan_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    for (text, says) in
        [("", "no source"), ("run_date = ", "plan.toml:1:"), ("[[source]\n", "plan.toml:1:")]
    {
        fs::write(folder.path().join("plan.toml"), text).unwrap();
        let told = kinfold(folder.path(), &["run", "plan.toml"]);
        assert!(told.code == 2 && told.stderr.contains(says), "{text}: {told:?}");
    }
    let told = kinfold(folder.path(), &["run", "nowhere.toml"]);
    assert!(told.code == 2 && told.stderr.contains("nowhere.toml"), "{told:?}");
}

#[test]
fn an_output_that_is_a_file_is_told_by_every_command() {
    let folder = lay("people.csv", GOOD.as_bytes());
    fs::write(folder.path().join("snapshots"), "in the way").unwrap();
    let plan = fs::read_to_string(folder.path().join("plan.toml")).unwrap();
    for (output, in_the_way) in
        [("snapshots", "snapshots"), ("snapshots/mine", "snapshots"), ("people.csv", "people.csv")]
    {
        let text = plan.replace("\"snapshots\"", &format!("\"{output}\""));
        fs::write(folder.path().join("plan.toml"), text).unwrap();
        for command in ["check", "run", "block"] {
            let told = kinfold(folder.path(), &[command, "plan.toml", "--progress", "none"]);
            let says = format!("cannot be put in `{in_the_way}`: it is not a folder");
            assert!(told.code == 2 && told.stderr.contains(&says), "{told:?}");
            assert!(told.stderr.contains("plan.toml:2:10"), "{told:?}");
        }
    }
    assert_eq!(fs::read_to_string(folder.path().join("snapshots")).unwrap(), "in the way");
}

/// An output that may not be written to is told before anything is read.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot be done says why")]
fn an_output_that_may_not_be_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let folder = lay("people.csv", GOOD.as_bytes());
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let snapshots = folder.path().join("snapshots");
    fs::create_dir(&snapshots).unwrap();
    allow(folder.path(), 0o755);
    allow(&snapshots, 0o555);
    let anybody = || -> std::io::Result<Told> {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", BINARY]);
        command.args(["run", "plan.toml", "--progress", "json"]).current_dir(folder.path());
        command.output().map(Told::from)
    };
    let told = match anybody() {
        Ok(told) if !told.stderr.contains("setpriv") => told,
        other => return eprintln!("not tried: cannot be another user: {other:?}"),
    };
    let says = "error: no permission to write `snapshots`";
    assert!(told.code == 2 && told.stderr.starts_with(says), "{told:?}");
    assert_eq!(fs::read_dir(&snapshots).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_run_date_that_cannot_be() {
    let folder = lay("people.csv", GOOD.as_bytes());
    for day in ["1600-01-01", "9999-12-31"] {
        fs::write(
            folder.path().join("plan.toml"),
            PLAN.replace("FILE", "people.csv").replace("2026-03-31", day),
        )
        .unwrap();
        let told = kinfold(folder.path(), &["check", "plan.toml"]);
        assert!(told.code == 2 && told.stderr.contains("plan.toml:1:12"), "{told:?}");
        assert!(told.stderr.contains("`run_date` is not a day from 1900 to 2200"), "{told:?}");
    }
}

#[test]
fn a_code_that_means_nothing_is_no_reject() {
    let folder = lay("people.csv", GOOD.replace(",1971-03-08,2,", ",1971-03-08,9,").as_bytes());
    let plan = fs::read_to_string(folder.path().join("plan.toml")).unwrap();
    let plan = plan.replace("\"2\" = \"female\"", "\"2\" = \"female\", \"9\" = \"\"");
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    run(folder.path()).good();
    let snapshot = Snapshot::open(&folder.path().join("snapshots")).unwrap();
    assert_eq!(snapshot.rejects().unwrap(), []);
    assert_eq!(best(&snapshot, "1", "sex"), None);
    assert_eq!(best(&snapshot, "3", "sex").as_deref(), Some("female"));
}
