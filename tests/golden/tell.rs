//! Tells a snapshot as text that a person can review.

use std::fmt::Write;

use snapshot::{
    AddressRow, Date, Decision, Event, LinkRow, MembershipRow, PersonRow, Persons, RecordRow,
    Snapshot,
};

use crate::town::{BACKGROUND, Town};

/// The persons, households, spells, relationships, rejects and explanations of a snapshot.
///
/// Ids are short and in the order of first records, so that they can be read and stay the same.
/// Unrelated residents are left out. `explain` gives the explanation of a pair, `ask` the answer to
/// a question. Of a second night, what has become of the ids of the first is told.
pub(crate) fn tell(
    snapshot: &Snapshot,
    before: Option<&Snapshot>,
    town: &Town,
    explain: &dyn Fn(&[String; 4]) -> String,
    ask: &dyn Fn(&[String]) -> String,
) -> String {
    let records = records(snapshot);
    let names = Names::of(snapshot, &records);
    let mut text = String::new();
    persons(&mut text, &names, &records, &snapshot.persons().unwrap());
    households(&mut text, &names, snapshot);
    addresses(&mut text, &names, snapshot);
    spells(&mut text, &names, snapshot);
    text += "no household\n";
    for (at, id) in names.persons.iter().enumerate() {
        let record = records.iter().find(|record| record.person_id == *id).unwrap();
        if let Some(reason) = &record.no_household {
            writeln!(text, "  P{}  {reason}", at + 1).unwrap();
        }
    }
    relationships(&mut text, &names, snapshot);
    many(&mut text, snapshot);
    text += "rejects\n";
    for row in snapshot.rejects().unwrap().iter().filter(|row| row.source != BACKGROUND) {
        let field = row.field.as_deref().unwrap_or("row");
        writeln!(text, "  {} line {}  {field}  {}", row.source, row.line, row.reason).unwrap();
    }
    if let Some(before) = before {
        since(&mut text, &names, before, snapshot);
    }
    for pair in &town.explain {
        let [source, key, other_source, other_key] = pair;
        writeln!(text, "\n{source} {key} and {other_source} {other_key}").unwrap();
        // The first line is headings.
        for line in explain(pair).lines().skip(1) {
            writeln!(text, "{}", format!("  {line}").trim_end()).unwrap();
        }
    }
    for question in &town.ask {
        writeln!(text, "\nask {}", question.join(" ")).unwrap();
        for line in ask(question).lines() {
            writeln!(text, "{}", format!("  {}", names.shortened(line)).trim_end()).unwrap();
        }
    }
    text
}

/// Each person's best name and day of birth, and its records.
fn persons(text: &mut String, names: &Names, records: &[RecordRow], persons: &Persons) {
    *text += "persons\n";
    for (at, id) in names.persons.iter().enumerate() {
        let row: &PersonRow = persons.rows.iter().find(|row| row.person_id == *id).unwrap();
        let best = |field: &str| {
            let place = persons.fields.iter().position(|known| known == field)?;
            row.best[place].as_ref().map(|best| best.value.clone())
        };
        let name: Vec<String> =
            ["forename", "middle_name", "surname"].into_iter().filter_map(best).collect();
        let name = if name.is_empty() { "(no name)".to_owned() } else { name.join(" ") };
        let born = best("date_of_birth").unwrap_or_else(|| "-".to_owned());
        let of_person = records.iter().filter(|record| record.person_id == *id);
        let keys: Vec<String> =
            of_person.map(|record| format!("{} {}", record.source, record.key)).collect();
        writeln!(text, "  P{}  {name}  {born}  {}", at + 1, keys.join(", ")).unwrap();
    }
}

/// Each household's kind, address and members, and on what basis they are; and of what is over, from
/// when to when.
fn households(text: &mut String, names: &Names, snapshot: &Snapshot) {
    *text += "households\n";
    for (at, id) in names.households.iter().enumerate() {
        let row = snapshot.find_household(id).unwrap().remove(0);
        let time = |from, to: Option<Date>| match to {
            Some(to) => format!("  {}..{to}", day(from)),
            None => String::new(),
        };
        let past = time(row.from, row.to);
        let followed = row.successor_of.as_ref().map_or(String::new(), |earlier| {
            let at = names.households.iter().position(|known| known == earlier);
            at.map_or("  follows another".to_owned(), |at| format!("  follows H{}", at + 1))
        });
        writeln!(text, "  H{}  {}  {}{past}{followed}", at + 1, row.kind, row.address).unwrap();
        let mut members = snapshot.members_of(id).unwrap();
        members.sort_by_key(|row| (row.to.is_some(), names.position(&row.person_id), row.from));
        for MembershipRow { person_id, basis, from, to, .. } in members {
            let past = time(from, to);
            writeln!(text, "      {}  {basis}{past}", names.person(&person_id)).unwrap();
        }
    }
}

fn day(day: Option<Date>) -> String {
    day.map_or("?".to_owned(), |day| day.to_string())
}

/// The addresses that are no private homes, and why.
fn addresses(text: &mut String, names: &Names, snapshot: &Snapshot) {
    let lived = |person: &String| snapshot.residencies_of(person).unwrap();
    let mut ids: Vec<String> =
        names.persons.iter().flat_map(lived).map(|spell| spell.address_id).collect();
    ids.sort();
    let mut rows = snapshot.addresses().unwrap();
    rows.retain(|row| row.sort != "home" && ids.binary_search(&row.address_id).is_ok());
    rows.sort_by(|a, b| a.address.cmp(&b.address));
    if !rows.is_empty() {
        *text += "addresses that are no private homes\n";
    }
    for AddressRow { address, sort, reason, residents, groups, known, .. } in rows {
        let counts = format!("{residents} in {groups} groups, {known} known");
        writeln!(text, "  {address}  {sort}, {reason}  {counts}").unwrap();
    }
}

/// Where each person lived, from when to when, and who says so.
fn spells(text: &mut String, names: &Names, snapshot: &Snapshot) {
    *text += "spells\n";
    for (at, id) in names.persons.iter().enumerate() {
        for spell in snapshot.residencies_of(id).unwrap() {
            let (from, to) = (day(spell.from), spell.to.map_or(String::new(), |to| to.to_string()));
            let sources = spell.sources.join(", ");
            let told = match &spell.withheld {
                Some(why) => format!("withheld ({why})"),
                None => format!("{}  {from}..{to}  {sources}", spell.address),
            };
            writeln!(text, "  P{}  {told}", at + 1).unwrap();
        }
    }
}

/// What the persons are to each other.
fn relationships(text: &mut String, names: &Names, snapshot: &Snapshot) {
    *text += "relationships\n";
    let mut rows = snapshot.relationships().unwrap();
    let told = |id: &String| names.position(id).is_some();
    rows.retain(|row| told(&row.person_id) || told(&row.other_person_id));
    let mut lines: Vec<_> = rows
        .iter()
        .map(|row| {
            let pair = [&row.person_id, &row.other_person_id];
            let source = row.source.as_deref().unwrap_or("inferred");
            let doubts = row.contradictions.iter().map(|code| format!("  against it: {code}"));
            let source = source.to_owned() + &doubts.collect::<String>();
            (pair.map(|id| names.position(id)), row.relation.as_str(), source, pair)
        })
        .collect();
    lines.sort_unstable();
    for (_, is, source, pair) in lines {
        let [one, other] = pair.map(|id| names.person(id));
        writeln!(text, "  {one} is {is} of {other}  {source}").unwrap();
    }
}

/// Every record, by which persons are named here; of whoever is shielded nothing else is told.
fn records(snapshot: &Snapshot) -> Vec<RecordRow> {
    let shielded = snapshot.persons().unwrap().rows.into_iter();
    let shielded = shielded.filter(|row| row.shielded.is_some()).map(|row| row.person_id);
    let shielded: Vec<String> = shielded.collect();
    let told = Snapshot::open(snapshot.folder()).unwrap().with_shielded().unwrap();
    let mut records = told.records().unwrap();
    for row in records.iter_mut().filter(|row| shielded.contains(&row.person_id)) {
        (row.household_id, row.no_household) = (None, Some("protected".to_owned()));
    }
    records.sort_by(|a, b| (&a.source, &a.key).cmp(&(&b.source, &b.key)));
    records
}

/// What has become of each id since the first night.
fn since(text: &mut String, names: &Names, before: &Snapshot, snapshot: &Snapshot) {
    *text += "since the first night\n";
    let records = records(before);
    let earlier = Names::of(before, &records);
    for (letter, now, then) in
        [('P', &names.persons, &earlier.persons), ('H', &names.households, &earlier.households)]
    {
        for (at, id) in now.iter().enumerate() {
            let what = if then.contains(id) { "the same id" } else { "a new id" };
            writeln!(text, "  {letter}{}  {what}", at + 1).unwrap();
        }
    }
    for event in snapshot.events().unwrap() {
        let of = records.iter().find(|record| {
            record.person_id == event.id || record.household_id.as_ref() == Some(&event.id)
        });
        let Some(of) = of.filter(|of| event.event != Event::Created && of.source != BACKGROUND)
        else {
            continue;
        };
        let what = if of.person_id == event.id { "person" } else { "household" };
        let code = event.event.code();
        let other = event.other_id.map_or(String::new(), |other| format!(" {other}"));
        let line = format!("  the {what} of {} {}: {code}{other}", of.source, of.key);
        writeln!(text, "{}", names.shortened(&line)).unwrap();
    }
}

/// The pairs that could not be chosen between, if there are any.
fn many(text: &mut String, snapshot: &Snapshot) {
    let mut links = snapshot.links().unwrap();
    links.retain(|link| link.decision == Decision::Many);
    if !links.is_empty() {
        *text += "many\n";
    }
    for link in links {
        let LinkRow { source, key, other_source, other_key, .. } = link;
        writeln!(text, "  {source} {key} and {other_source} {other_key}").unwrap();
    }
}

/// The persons and households to tell of, in the order of their first records.
struct Names {
    persons: Vec<String>,
    households: Vec<String>,
}

impl Names {
    fn of(snapshot: &Snapshot, records: &[RecordRow]) -> Names {
        let mut names = Names { persons: Vec::new(), households: Vec::new() };
        for record in records.iter().filter(|record| record.source != BACKGROUND) {
            if !names.persons.contains(&record.person_id) {
                names.persons.push(record.person_id.clone());
            }
        }
        let mut all = Vec::new();
        for person in &names.persons {
            let mut homes = snapshot.memberships_of(person).unwrap();
            homes.sort_by_key(|row| (row.basis == "second home", row.from));
            all.extend(homes);
        }
        // Those that are over come after all others.
        for over in [false, true] {
            for home in all.iter().filter(|row| row.to.is_some() == over) {
                if !names.households.contains(&home.household_id) {
                    names.households.push(home.household_id.clone());
                }
            }
        }
        names
    }

    /// The place of a person; `None`, which is before all others, for one of the background.
    fn position(&self, id: &str) -> Option<usize> {
        self.persons.iter().position(|known| known == id)
    }

    /// A line with short names for ids, and two blanks between columns.
    fn shortened(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (letter, ids) in [('P', &self.persons), ('H', &self.households)] {
            for (at, id) in ids.iter().enumerate() {
                line = line.replace(id.as_str(), &format!("{letter}{}", at + 1));
            }
        }
        while line.contains("   ") {
            line = line.replace("   ", "  ");
        }
        line
    }

    /// The short name of a person.
    fn person(&self, id: &str) -> String {
        let named = |at| format!("P{}", at + 1);
        self.position(id).map_or("somebody of the background".to_owned(), named)
    }
}
