//! Indicators in words.

use crate::tell::{REASON, heading, left_out_as_shielded, line, name, on, reason, table};
use crate::{
    Answer, Baskets, Counted, Counts, FamilyIndicators, Indicated, Indicators, NOT_KNOWN, Part,
    Reached, Tell, Triggered,
};

impl Tell for Indicators {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![on(self.as_of)];
        for family in &self.families {
            let names: Vec<String> = family.of.iter().map(|of| name(&of.name)).collect();
            parts.push(Part::Heading(format!("Indicators of {}", names.join(", "))));
            parts.extend(indicators(family));
        }
        parts
    }
}

impl Tell for Baskets {
    fn tell(&self) -> Vec<Part> {
        let Counts { certain, possible, no } = self.counts;
        let n = certain + possible + no;
        let families = if n == 1 { "family" } else { "families" };
        let mut parts = vec![
            Part::Line(format!(
                "On {}: {} ({}), counted for {n} {families} with a child or expecting one",
                self.as_of, self.says, self.name
            )),
            Part::Line(format!(
                "{} or more of {}: certain for {certain}, possible for {possible}, no for {no}",
                self.line,
                self.indicators.len()
            )),
            Part::Line(seen(self.can_be_seen.len(), self.indicators.len())),
        ];
        parts.extend(left_out_as_shielded(self.withheld));
        if self.families.is_empty() {
            return parts;
        }
        let rows = self.families.iter().map(|family| {
            let said = |wanted: Answer| {
                let all = self.indicators.iter().zip(&family.answers);
                let said: Vec<&str> = all
                    .filter(|(_, answer)| **answer == wanted)
                    .map(|(name, _)| name.as_str())
                    .collect();
                if said.is_empty() { "-".to_owned() } else { said.join(", ") }
            };
            vec![
                family.household_id.clone().unwrap_or_else(|| "none".to_owned()),
                family.of.join(", "),
                family.least.to_string(),
                family.most.to_string(),
                family.reached.as_str().to_owned(),
                said(Answer::Yes),
                said(Answer::Unknown),
                said(Answer::No),
            ]
        });
        let headings: [&'static str; 8] =
            ["household", "family", ">least", ">most", "line reached", "yes", NOT_KNOWN, "no"];
        parts.push(table(&[&headings], rows.collect()));
        parts
    }
}

impl Tell for Triggered {
    fn tell(&self) -> Vec<Part> {
        let n = self.adults.len();
        let adults = if n == 1 { "adult" } else { "adults" };
        let mut parts = vec![Part::Line(format!(
            "On {}: {} ({}), of {n} {adults}",
            self.as_of, self.says, self.name
        ))];
        if !self.not_known.is_empty() {
            parts.push(Part::Line(format!("Not known whether of: {}", self.not_known.join(", "))));
        }
        parts.extend(left_out_as_shielded(self.withheld));
        for adult in &self.adults {
            let mut told = adult.concerned.tell();
            let rows = adult.why.iter().map(reason).collect();
            // Between who it is and the children: why it is asked.
            told.insert(1, table(&[&REASON], rows));
            told.retain(|part| *part != on(self.as_of));
            parts.extend(told);
        }
        parts
    }
}

/// The indicators of a family, if there is any.
pub(crate) fn indicators(family: &FamilyIndicators) -> Vec<Part> {
    if family.indicators.is_empty() {
        return vec![line("The snapshot's plan defines no indicator.")];
    }
    let mut parts: Vec<Part> = family.baskets.iter().flat_map(counted).map(Part::Line).collect();
    let rows = family.indicators.iter().flat_map(rows);
    let headings: [&'static str; 5] = ["indicator", "answer", "person", "name", "of the person"];
    parts.push(table(&[&headings, &REASON], rows.collect()));
    parts
}

fn counted(counted: &Counted) -> [String; 2] {
    let Counted { name, says, of, least, most, line, reached, .. } = counted;
    let reached = match reached {
        Reached::Certain => format!("{line} or more is certain"),
        Reached::Possible => format!("{line} or more is possible"),
        Reached::No => format!("not {line} or more"),
    };
    let count = if least == most { least.to_string() } else { format!("{least} to {most}") };
    [format!("{says} ({name}): {count} of {of}; {reached}"), seen(counted.can_be_seen, *of)]
}

fn seen(can_be_seen: usize, of: usize) -> String {
    if can_be_seen == of {
        "For each of them a source can tell.".to_owned()
    } else {
        format!("Of {} of them no source can tell, so that they are never known.", of - can_be_seen)
    }
}

/// What was heard of each, the indicator itself in the first row alone.
fn rows(indicated: &Indicated) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for because in &indicated.why {
        for (at, why) in because.why.iter().enumerate() {
            let mut row = if rows.is_empty() {
                vec![indicated.says.clone(), indicated.answer.as_str().to_owned()]
            } else {
                vec![String::new(); 2]
            };
            row.extend(match &because.who {
                Some(_) if at > 0 => [(); 3].map(|()| String::new()),
                Some(who) => {
                    [who.person_id.clone(), name(&who.name), because.answer.as_str().to_owned()]
                }
                None => ["-", "-", "-"].map(str::to_owned),
            });
            row.extend(reason(why));
            rows.push(row);
        }
    }
    rows
}

/// The indicators of each family as a section of a longer answer, if the plan defines any.
pub(crate) fn section(families: &[FamilyIndicators]) -> Vec<Part> {
    let mut parts = Vec::new();
    for family in families.iter().filter(|family| !family.indicators.is_empty()) {
        let names: Vec<String> = family.of.iter().map(|of| name(&of.name)).collect();
        parts.push(heading(&format!("Indicators of {}", names.join(", "))));
        parts.extend(indicators(family));
    }
    parts
}
