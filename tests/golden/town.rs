//! A golden town's file: its sections, and how to lay them out for a run.

use std::fs;
use std::path::Path;

use snapshot::Date;

/// A town as its file describes it.
pub(crate) struct Town {
    text: String,
    /// The plan and the extracts: name and contents.
    files: Vec<(String, String)>,
    /// The files that a second night brings in place of the first's.
    second: Vec<(String, String)>,
    /// Whether three hundred unrelated residents live there too.
    pub(crate) background: bool,
    /// The pairs to explain: source and key of the one record and of the other.
    pub(crate) explain: Vec<[String; 4]>,
    /// The questions to ask, each as words of a command without the snapshot.
    pub(crate) ask: Vec<Vec<String>>,
    /// What must come out.
    pub(crate) expected: String,
}

/// The source that holds the unrelated residents.
pub(crate) const BACKGROUND: &str = "background";

/// What stands before the name of a file of the second night.
const SECOND_NIGHT: &str = "second night: ";

/// Reads the unrelated residents, as a further source of a plan.
const BACKGROUND_SOURCE: &str = r#"
[[source]]
name = "background"
files = "background.csv"
as_at = 2026-03-01
key = "ref"
[source.columns]
forename = "forename"
surname = "surname"
date_of_birth = "date_of_birth"
sex = "sex"
address = "address"
postcode = "postcode"
phone = "phone"
nhs_number = "nhs_number"
"#;

impl Town {
    /// Reads a town's file. What stands before the first section says what the town shows.
    ///
    /// # Panics
    ///
    /// Panics if the file does not say what it shows, or has a section that nobody knows.
    pub(crate) fn parse(text: &str) -> Town {
        let mut sections = text.split("\n===== ");
        let shows = sections.next().unwrap_or("").trim();
        assert!(!shows.is_empty() && !shows.starts_with('='), "a town says what it shows");
        let mut town = Town {
            text: text.to_owned(),
            files: Vec::new(),
            second: Vec::new(),
            background: false,
            explain: Vec::new(),
            ask: Vec::new(),
            expected: String::new(),
        };
        for section in sections {
            let (name, body) = section.split_once('\n').unwrap_or((section, ""));
            // An empty line before the next section is for the eye.
            let body = format!("{}\n", body.trim_end_matches('\n'));
            match name.trim() {
                BACKGROUND => town.background = true,
                "explain" => town.explain.extend(body.lines().filter(|l| !l.is_empty()).map(pair)),
                "ask" => town.ask.extend(
                    body.lines()
                        .filter(|l| !l.is_empty())
                        .map(|line| line.split_whitespace().map(str::to_owned).collect()),
                ),
                "expected" => town.expected = body,
                night if night.starts_with(SECOND_NIGHT) => {
                    town.second.push((night[SECOND_NIGHT.len()..].to_owned(), body));
                }
                file if file.contains('.') => town.files.push((file.to_owned(), body)),
                other => panic!("a town has no section `{other}`"),
            }
        }
        town
    }

    /// Writes the plan and the extracts into a folder.
    pub(crate) fn lay(&self, folder: &Path, background: &str) {
        for (name, body) in &self.files {
            let mut body = body.clone();
            if self.background && name == "plan.toml" {
                body.push_str(BACKGROUND_SOURCE);
            }
            fs::write(folder.join(name), body).unwrap();
        }
        if self.background {
            fs::write(folder.join("background.csv"), background).unwrap();
        }
    }

    /// Writes what a second night brings, a day later; whether there is one.
    pub(crate) fn lay_second_night(&self, folder: &Path) -> bool {
        if !self.second.is_empty() {
            let plan = folder.join("plan.toml");
            let day_later = a_day_later(&fs::read_to_string(&plan).unwrap());
            fs::write(plan, day_later).unwrap();
        }
        for (name, body) in &self.second {
            fs::write(folder.join(name), body).unwrap();
        }
        !self.second.is_empty()
    }

    /// The file, with another text for what must come out.
    pub(crate) fn with_expected(&self, expected: &str) -> String {
        let marker = "\n===== expected\n";
        let head = self.text.split(marker).next().unwrap_or("").trim_end();
        format!("{head}\n{marker}{expected}")
    }
}

/// A plan, run a day later.
fn a_day_later(plan: &str) -> String {
    let (before, after) = plan.split_once("run_date = ").unwrap();
    let (day, after) = after.split_once('\n').unwrap();
    let day: Date = day.parse().unwrap();
    format!("{before}run_date = {}\n{after}", day.tomorrow().unwrap())
}

fn pair(line: &str) -> [String; 4] {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    words.try_into().expect("a pair to explain is: source key other_source other_key")
}
