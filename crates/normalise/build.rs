//! Compiles the table of nicknames into a map that is looked up without being read.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// The table of groups, one a line.
const TABLE: &str = "data/nicknames.txt";
/// How many groups a name can be in: their numbers, plus one, share the 64 bits of its value.
const GROUPS_MAX: usize = 6;
/// The bits of one.
const GROUP_BITS: u32 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={TABLE}");
    let mut groups: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let table = fs::read_to_string(TABLE)?;
    let lines = table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    for (group, line) in (1_u64..).zip(lines) {
        if group >> GROUP_BITS > 0 {
            return Err("there are more groups than their numbers have bits for".into());
        }
        for name in line.split_whitespace() {
            let known = groups.entry(name.to_owned()).or_default();
            if known.last() != Some(&group) {
                known.push(group);
            }
        }
    }
    let mut map = fst::MapBuilder::memory();
    for (name, known) in &groups {
        if known.len() > GROUPS_MAX {
            return Err(format!("`{name}` is in more than {GROUPS_MAX} groups").into());
        }
        let packed = known.iter().rev().fold(0, |packed, group| (packed << GROUP_BITS) | group);
        map.insert(name, packed)?;
    }
    let out = env::var_os("OUT_DIR").ok_or("cargo says where to write")?;
    fs::write(Path::new(&out).join("nicknames.fst"), map.into_inner()?)?;
    Ok(())
}
