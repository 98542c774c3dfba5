//! No order of rows or files changes what is read.

use extract::{Extracted, Repeat, SourceSpec};
use proptest::prelude::*;

use crate::support::{Folder, render, source, take};

const MAPPING: &str = "forename: first
address: home
seen: seen
date_of_birth: dob
worker: worker
lead: lead
person mother mother mid
forename: mum
person kin contact
forename: kin
seen: seen";

/// All that was read but the places it was read from.
fn without_places(extracted: &Extracted) -> (String, Vec<String>, Vec<u128>) {
    let say =
        |reject: &extract::Reject| format!("{} {} {}", reject.field, reject.reason, reject.row);
    let mut rejects: Vec<String> = extracted.rejects.iter().map(say).collect();
    rejects.sort();
    let mut contents: Vec<u128> = extracted.inputs.iter().map(|input| input.content).collect();
    contents.sort_unstable();
    (render(extracted) + &format!("{:?}", extracted.counts), rejects, contents)
}

fn spec(
    folder: &Folder,
    files: &[(String, Vec<String>)],
    keyed: bool,
    repeat: Repeat,
) -> SourceSpec {
    let paths: Vec<_> = files
        .iter()
        .map(|(name, rows)| {
            let header = "id,first,home,seen,dob,mid,mum,kin,worker,lead\n";
            folder.write(name, format!("{header}{}", rows.join("\n")))
        })
        .collect();
    let mut spec = source("s", &paths, MAPPING);
    spec.key = keyed.then(|| "id".to_owned());
    spec.repeat = repeat;
    spec
}

fn row() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["1", "2", "3", "kin/1", "1/kin", "", "1.0E+9"]),
        prop::sample::select(vec!["Ann", "Bo", ""]),
        prop::sample::select(vec!["1 High St", "2 Low St", ""]),
        prop::sample::select(vec!["2019", "2020-01-01", "bad", ""]),
        prop::sample::select(vec!["2010-01-01", "31/02/2010", ""]),
        prop::sample::select(vec!["m1", "m2", ""]),
        prop::sample::select(vec!["Eve", "Fay", ""]),
        prop::sample::select(vec!["Gail", "", "Hope,extra"]),
        prop::sample::select(vec!["A. Worker", "B. Worker", ""]),
        prop::sample::select(vec!["yes", "N", "perhaps", ""]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, j)| [a, b, c, d, e, f, g, h, i, j].join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rows_and_files_may_come_in_any_order(
        files in prop::collection::vec(prop::collection::vec(row(), 0..12), 1..4),
        shuffled in any::<u64>(),
        keyed in any::<bool>(),
        merge in any::<bool>(),
    ) {
        let repeat = if merge { Repeat::Merge } else { Repeat::Reject };
        let folder = Folder::new();
        let named: Vec<(String, Vec<String>)> = files
            .iter()
            .enumerate()
            .map(|(at, rows)| (format!("{at}.csv"), rows.clone()))
            .collect();
        let first = take(&[spec(&folder, &named, keyed, repeat)]);
        let mut state = shuffled;
        let mut next = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % n
        };
        let mut renamed: Vec<(String, Vec<String>)> = files
            .iter()
            .enumerate()
            .map(|(at, rows)| {
                let mut rows = rows.clone();
                for at in (1..rows.len()).rev() {
                    rows.swap(at, next(at + 1));
                }
                (format!("{}{at}-again.csv", next(10)), rows)
            })
            .collect();
        renamed.reverse();
        let second = take(&[spec(&folder, &renamed, keyed, repeat)]);
        prop_assert_eq!(without_places(&first), without_places(&second));
    }
}

#[test]
fn no_number_of_threads_changes_what_is_read() {
    let folder = Folder::new();
    let files: Vec<(String, Vec<String>)> = (0..3)
        .map(|file| {
            let row = |n: u32| {
                let id = (n * 7 + file) % 20_000;
                format!(
                    "{id},F{},{} High St,20{:02},2010-01-{:02},m{},M{},,W{},y",
                    id % 97,
                    n % 50,
                    n % 30,
                    n % 33,
                    id % 11,
                    n % 5,
                    n % 7
                )
            };
            (format!("{file}.csv"), (0..9_000).map(row).collect())
        })
        .collect();
    let spec = spec(&folder, &files, true, Repeat::Merge);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let extracted = pool.install(|| take(std::slice::from_ref(&spec)));
        let origins = extracted.records.origin.clone();
        (without_places(&extracted), origins, extracted.rejects)
    };
    let one = with(1);
    assert!(one == with(2) && one == with(7));
}
