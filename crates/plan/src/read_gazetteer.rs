//! Reads what the plan says of a gazetteer: its files, and which of their columns tell what.

use std::path::Path;

use extract::GazetteerSpec;
use toml::Spanned;

use crate::plan::Gazetteer;
use crate::problems::Problem;
use crate::read_source::read_files;
use crate::section::Section;

pub(crate) const GAZETTEER_KEYS: [&str; 7] =
    ["files", "layout", "uprn", "address", "postcode", "parent_uprn", "classification"];

/// A layout that gazetteers come in, and so the names of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// As `AddressBase`: an address in parts, with parents and classification.
    AddressBase,
    /// As Open UPRN: numbers, and no words.
    OpenUprn,
}

const LAYOUTS: [(&str, Layout); 2] =
    [("addressbase", Layout::AddressBase), ("open_uprn", Layout::OpenUprn)];

/// The parts of an address in the layout of `AddressBase`, from the flat to the town.
const ADDRESS: [&str; 6] =
    ["SUB_BUILDING", "BUILDING_NAME", "BUILDING_NUMBER", "STREET_NAME", "LOCALITY", "TOWN_NAME"];

/// Reads `[gazetteer]`.
pub(crate) fn read_gazetteer(
    root: &Section<'_>,
    base: &Path,
    problems: &mut Vec<Problem>,
) -> Option<Gazetteer> {
    let section = Section::of("`[gazetteer]`", root.get("gazetteer")?, &GAZETTEER_KEYS, problems)?;
    let (patterns, files) = read_files(&section, base, problems);
    let layout = section.get("layout").and_then(|_| section.word("layout", &LAYOUTS, problems));
    let mut column = |key: &str, usual: &str| {
        let written = section.text(key, problems).map(Spanned::into_inner);
        let of_layout = (layout == Some(Layout::AddressBase)).then(|| usual.to_owned());
        written.or(of_layout)
    };
    let uprn = column("uprn", "UPRN").unwrap_or_else(|| "UPRN".to_owned());
    let postcode = column("postcode", "POSTCODE");
    let parent = column("parent_uprn", "PARENT_UPRN");
    let classification = column("classification", "CLASSIFICATION_CODE");
    let written = section.texts("address", problems);
    let mut address: Vec<String> = written.into_iter().map(Spanned::into_inner).collect();
    if address.is_empty() && layout == Some(Layout::AddressBase) {
        address = ADDRESS.map(str::to_owned).to_vec();
    }
    if layout.is_none() && section.get("layout").is_none() && address.is_empty() {
        let help = "name its `layout`, `addressbase` or `open_uprn`; or its columns, as in \
                    `address = [\"flat\", \"number\", \"street\"]`";
        section.missing("layout", help, problems);
    }
    let files = files.into_keys().collect();
    let spec = GazetteerSpec { files, uprn, address, postcode, parent, classification };
    Some(Gazetteer { spec, patterns, place: section.span() })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{parse, print};

    const PLAN: &str = "run_date = 2026-03-31\n[[source]]\nname = \"a\"\nfiles = [\"a.csv\"]\n\
                        [source.columns]\nsurname = \"s\"\n";

    #[test]
    fn a_layout_names_the_columns_and_the_plan_may_name_others() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["a.csv", "g1.csv", "g2.csv"] {
            fs::write(folder.path().join(file), "x").unwrap();
        }
        let read = |section: &str| {
            let text = format!("{PLAN}[gazetteer]\n{section}\n");
            parse("plan.toml", &text, folder.path()).map_err(|problems| problems.lines().join("\n"))
        };
        let plan = read("files = \"g*.csv\"\nlayout = \"addressbase\"\npostcode = \"PC\"").unwrap();
        let spec = plan.gazetteer.as_ref().unwrap().spec.clone();
        assert_eq!(spec.files.len(), 2);
        assert_eq!((spec.uprn.as_str(), spec.postcode.as_deref()), ("UPRN", Some("PC")));
        assert_eq!(spec.address.len(), 6);
        assert_eq!(spec.parent.as_deref(), Some("PARENT_UPRN"));
        let again = parse("plan.toml", &print(&plan), folder.path()).unwrap();
        assert_eq!(again.gazetteer.unwrap().spec, spec);

        let numbers = read("files = \"g1.csv\"\nlayout = \"open_uprn\"").unwrap();
        let spec = numbers.gazetteer.unwrap().spec;
        assert!(spec.address.is_empty() && spec.postcode.is_none() && spec.parent.is_none());

        for (section, expected) in [
            ("layout = \"addressbase\"", "has no `files`"),
            ("files = \"g1.csv\"", "has no `layout`"),
            ("files = \"g1.csv\"\nlayout = \"nlpg\"", "`layout` cannot be `nlpg`"),
            ("files = \"h.csv\"\nlayout = \"open_uprn\"", "there is no file `h.csv`"),
            ("files = \"g1.csv\"\nlayuot = \"open_uprn\"", "unknown key `layuot`"),
        ] {
            let told = read(section).unwrap_err();
            assert!(told.contains(expected), "{told}");
        }
    }
}
