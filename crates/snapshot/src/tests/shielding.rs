//! What is shielded is in a folder of its own, and told in place of what stands for it.

use std::fs;

use crate::{AddressRow, Manifest, MembershipRow, ResidencyRow, Run, Snapshot, WITHHELD, Writer};

fn stay<'a>(
    person_id: &'a str,
    address: &'a str,
    withheld: Option<&'a str>,
) -> ResidencyRow<&'a str> {
    ResidencyRow {
        person_id,
        address_id: address,
        address,
        from: None,
        to: None,
        last_seen: None,
        state: if address.is_empty() { WITHHELD } else { "current" },
        sources: Vec::new(),
        withheld,
    }
}

fn published(parent: &std::path::Path) -> Snapshot {
    let writer = Writer::create(parent, "night").unwrap();
    writer.open().residencies([stay("P1", "A1", None), stay("P2", "", Some("refuge"))]).unwrap();
    let shielded = writer.shielded().unwrap();
    shielded.residencies([stay("P2", "A2", Some("refuge"))]).unwrap();
    let member = MembershipRow {
        household_id: "H2",
        person_id: "P2",
        from: None,
        to: None,
        basis: "stated",
    };
    shielded.memberships([member]).unwrap();
    let (sort, reason) = ("refuge", "words");
    let address = AddressRow {
        address_id: "A2",
        address: "A2",
        sort,
        reason,
        residents: 1,
        groups: 1,
        known: 2,
    };
    shielded.addresses([address]).unwrap();
    Snapshot::open(&writer.finish(Manifest::default(), Run::default()).unwrap()).unwrap()
}

#[test]
fn what_is_shielded_is_told_in_place_of_what_stands_for_it() {
    let parent = tempfile::tempdir().unwrap();
    let told = |snapshot: &Snapshot| -> Vec<String> {
        snapshot.residencies().unwrap().into_iter().map(|row| row.address).collect()
    };
    let open = published(parent.path());
    open.verify().unwrap();
    assert_eq!(told(&open), ["A1", ""]);
    assert_eq!((open.memberships().unwrap().len(), open.addresses().unwrap().len()), (0, 0));
    let shielded = Snapshot::open(parent.path()).unwrap().with_shielded().unwrap();
    assert_eq!(told(&shielded), ["A1", "A2"]);
    assert_eq!(shielded.members_of("H2").unwrap().len(), 1);
    assert_eq!(shielded.addresses().unwrap()[0].known, 2);
}

#[test]
fn without_its_folder_a_snapshot_is_whole_and_tells_nothing_of_it() {
    let parent = tempfile::tempdir().unwrap();
    let folder = published(parent.path()).folder().join("shielded");
    fs::write(folder.join("residencies.parquet"), "damaged").unwrap();
    assert!(Snapshot::open(parent.path()).unwrap().verify().is_err());
    fs::remove_dir_all(&folder).unwrap();
    let snapshot = Snapshot::open(parent.path()).unwrap();
    snapshot.verify().unwrap();
    assert_eq!(snapshot.residencies().unwrap().len(), 2);
    let error = snapshot.with_shielded().unwrap_err().to_string();
    assert!(error.contains("shielded"), "{error}");
}
