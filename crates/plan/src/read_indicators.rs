//! Reads what is asked of families: indicators, each with the sources that can tell, and baskets of
//! them.

use extract::{Delivery, FieldSpec};
use record::{Field, Kind, Whom};
use toml::Spanned;

use crate::nearest::nearest;
use crate::plan::{Basket, Indicator};
use crate::problems::{Problem, Span};
use crate::read::{NAME_HELP, is_name, small, tables};
use crate::read_source::ReadSource;
use crate::section::Section;

pub(crate) const INDICATOR_KEYS: [&str; 10] = [
    "name",
    "says",
    "of",
    "sources",
    "field",
    "is",
    "is_not",
    "within_days",
    "absence_is_no",
    "absence_days_max",
];
pub(crate) const BASKET_KEYS: [&str; 4] = ["name", "says", "indicators", "line"];

/// Most sources are delivered once a quarter at least; what is older says nothing by silence.
const ABSENCE_DAYS: u32 = 92;

/// What an indicator may name.
pub(crate) struct Known<'a> {
    pub(crate) sources: &'a [ReadSource],
    pub(crate) declared: &'a [(Field, Span)],
}

/// Reads `[[indicator]]`, in the order of the text.
pub(crate) fn read_indicators(
    root: &Section<'_>,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Indicator> {
    let tables = tables("indicator", "[[indicator]]", &INDICATOR_KEYS, root, problems);
    let mut names = Vec::new();
    tables.iter().filter_map(|table| indicator(table, known, &mut names, problems)).collect()
}

/// Reads `[[basket]]`, in the order of the text.
pub(crate) fn read_baskets(
    root: &Section<'_>,
    indicators: &[Indicator],
    problems: &mut Vec<Problem>,
) -> Vec<Basket> {
    let tables = tables("basket", "[[basket]]", &BASKET_KEYS, root, problems);
    let mut names = Vec::new();
    tables.iter().filter_map(|table| basket(table, indicators, &mut names, problems)).collect()
}

fn indicator(
    section: &Section<'_>,
    known: &Known<'_>,
    names: &mut Vec<Spanned<String>>,
    problems: &mut Vec<Problem>,
) -> Option<Indicator> {
    let name = own_name(section, names, "give the indicator a name of its own", problems);
    if section.get("of").is_none() {
        section.missing("of", "say of whom it speaks, as in `of = \"all_parents\"`", problems);
    }
    let words = Whom::ALL.map(|whom| (whom.as_str(), whom));
    let of = section.word("of", &words, problems);
    let field = section.text("field", problems);
    let stated = field.as_ref().and_then(|field| known.statement(field, problems));
    let named = sources(section, "sources", known, problems);
    let sources = match &stated {
        Some(field) if section.get("sources").is_none() => known.mapping(field),
        _ => named.iter().map(|source| source.get_ref().clone()).collect(),
    };
    let [is, is_not] = ["is", "is_not"].map(|key| section.texts(key, problems));
    if let Some(field) = &stated {
        for source in named.iter().filter(|source| known.specs(field, source.get_ref()).is_empty())
        {
            let message = format!("`{}` does not map `{field}`", source.get_ref());
            let help = format!("map a column of it to `{field}`, or leave the source out");
            problems.push(Problem::error(source.span(), message).help(help));
        }
        for value in is.iter().chain(&is_not) {
            note_unsaid(value, field, &sources, known, problems);
        }
    }
    note_clashes(section, field.as_ref(), &is, &is_not, problems);
    let within_days = small(section, "within_days", 1, problems);
    let absent = self::sources(section, "absence_is_no", known, problems);
    for source in &absent {
        note_silence(source, &sources, known, problems);
    }
    let days_max = small(section, "absence_days_max", 0, problems);
    for (key, needs) in [("within_days", "sources"), ("absence_days_max", "absence_is_no")] {
        if let Some(value) = section.get(key).filter(|_| section.get(needs).is_none())
            && (needs != "sources" || sources.is_empty())
        {
            let message = format!("`{key}` says nothing without `{needs}`");
            problems.push(Problem::error(value.span(), message));
        }
    }
    let says = section.text("says", problems).map(Spanned::into_inner);
    let name = name?.into_inner();
    let texts = |all: Vec<Spanned<String>>| all.into_iter().map(Spanned::into_inner).collect();
    Some(Indicator {
        says: says.unwrap_or_else(|| name.replace('_', " ")),
        name,
        of: of.unwrap_or(Whom::Household),
        sources,
        field: field.map(Spanned::into_inner),
        is: texts(is),
        is_not: texts(is_not),
        within_days,
        absence_is_no: texts(absent),
        absence_days_max: days_max.unwrap_or(ABSENCE_DAYS),
    })
}

/// Notes keys that need each other, and values that say both.
fn note_clashes(
    section: &Section<'_>,
    field: Option<&Spanned<String>>,
    is: &[Spanned<String>],
    is_not: &[Spanned<String>],
    problems: &mut Vec<Problem>,
) {
    if let Some(field) = field.filter(|_| section.get("is").is_none()) {
        let message =
            format!("nothing says which values of `{}` mean that it is so", field.get_ref());
        let help =
            "name them, as in `is = \"yes\"`, and those that mean that it is not in `is_not`";
        problems.push(Problem::error(field.span(), message).help(help).absent());
    }
    for key in ["is", "is_not"] {
        if let Some(value) = section.get(key).filter(|_| field.is_none()) {
            let message = format!("`{key}` says nothing without `field`");
            let help = "name the statement whose values these are";
            problems.push(Problem::error(value.span(), message).help(help).absent());
        }
    }
    for value in is_not {
        let folded = value.get_ref().to_lowercase();
        if let Some(twin) = is.iter().find(|twin| twin.get_ref().to_lowercase() == folded) {
            let message =
                format!("`{}` cannot mean both that it is so and that it is not", value.get_ref());
            problems.push(Problem::error(value.span(), message).also(twin.span(), "that it is"));
        }
    }
}

/// Notes a value that the sources' codes never mean.
fn note_unsaid(
    value: &Spanned<String>,
    field: &str,
    sources: &[String],
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let specs: Vec<&FieldSpec> =
        sources.iter().flat_map(|source| known.specs(field, source)).collect();
    // A source without codes may say anything.
    if specs.is_empty() || specs.iter().any(|spec| spec.codes.is_empty()) {
        return;
    }
    let codes = specs.iter().flat_map(|spec| &spec.codes);
    let mut meanings: Vec<&str> =
        codes.map(|(_, meaning)| meaning.as_str()).filter(|meaning| !meaning.is_empty()).collect();
    meanings.sort_unstable();
    meanings.dedup();
    let folded = value.get_ref().to_lowercase();
    if meanings.iter().all(|meaning| meaning.to_lowercase() != folded) {
        let message = format!("no source says `{}` of `{field}`", value.get_ref());
        let help = format!("its codes mean: {}", meanings.join(", "));
        problems.push(Problem::error(value.span(), message).help(help));
    }
}

/// Notes a source whose silence cannot mean no.
fn note_silence(
    source: &Spanned<String>,
    sources: &[String],
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let name = source.get_ref();
    if !sources.contains(name) {
        let message = format!("`{name}` is not one of the indicator's sources");
        let help = "only a source that can say that it is so can say by silence that it is not";
        problems.push(Problem::error(source.span(), message).help(help));
    }
    let spec = known.sources.iter().find(|read| read.spec.source.name == *name);
    if spec.is_some_and(|read| read.spec.delivery == Delivery::Delta) {
        let message =
            format!("`{name}` delivers changes only, so that who is absent may be known to it");
        problems.push(Problem::error(source.span(), message));
    }
}

fn basket(
    section: &Section<'_>,
    indicators: &[Indicator],
    names: &mut Vec<Spanned<String>>,
    problems: &mut Vec<Problem>,
) -> Option<Basket> {
    let name = own_name(section, names, "give the basket a name of its own", problems);
    for (key, help) in [
        ("indicators", "name the indicators that are counted"),
        ("line", "say from which count on a family is told of"),
    ] {
        if section.get(key).is_none() {
            section.missing(key, help, problems);
        }
    }
    let mut counted: Vec<Spanned<String>> = Vec::new();
    for wanted in section.texts("indicators", problems) {
        let all = || indicators.iter().map(|indicator| indicator.name.as_str());
        if !all().any(|known| known == wanted.get_ref()) {
            let help = match nearest(wanted.get_ref(), all()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("indicators: {}", all().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no indicator `{}`", wanted.get_ref());
            problems.push(Problem::error(wanted.span(), message).help(help));
            continue;
        }
        if let Some(twin) = counted.iter().find(|twin| twin.get_ref() == wanted.get_ref()) {
            let message = format!("`{}` is counted twice", wanted.get_ref());
            problems.push(Problem::error(wanted.span(), message).also(twin.span(), "the first"));
            continue;
        }
        counted.push(wanted);
    }
    let line = small(section, "line", 1, problems);
    if let Some((line, value)) = line.zip(section.get("line"))
        && counted.len() < line as usize
        && !counted.is_empty()
    {
        let message = format!("no family can reach {line} of {}", counted.len());
        problems.push(Problem::error(value.span(), message));
    }
    let says = section.text("says", problems).map(Spanned::into_inner);
    let name = name?.into_inner();
    Some(Basket {
        says: says.unwrap_or_else(|| name.replace('_', " ")),
        name,
        indicators: counted.into_iter().map(Spanned::into_inner).collect(),
        line: line.unwrap_or(1),
    })
}

/// The name of a table, which no other has.
fn own_name(
    section: &Section<'_>,
    names: &mut Vec<Spanned<String>>,
    help: &str,
    problems: &mut Vec<Problem>,
) -> Option<Spanned<String>> {
    if section.get("name").is_none() {
        section.missing("name", help, problems);
    }
    let name = section.text("name", problems)?;
    if !is_name(name.get_ref()) {
        let message = format!("`{}` cannot be a name", name.get_ref());
        problems.push(Problem::error(name.span(), message).help(NAME_HELP));
    }
    if let Some(twin) = names.iter().find(|twin| twin.get_ref() == name.get_ref()) {
        let message = format!("a second one is named `{}`", name.get_ref());
        problems.push(Problem::error(name.span(), message).also(twin.span(), "the first"));
    }
    names.push(name.clone());
    Some(name)
}

/// The sources of a key that there are.
/// The sources that a key names, which there must be.
pub(crate) fn sources(
    section: &Section<'_>,
    key: &str,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Spanned<String>> {
    let mut found: Vec<Spanned<String>> = Vec::new();
    for source in section.texts(key, problems) {
        let all = || known.sources.iter().map(|read| read.spec.source.name.as_str());
        if all().any(|name| name == source.get_ref()) {
            if !found.iter().any(|other| other.get_ref() == source.get_ref()) {
                found.push(source);
            }
            continue;
        }
        let help = match nearest(source.get_ref(), all()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("sources: {}", all().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("there is no source `{}`", source.get_ref());
        problems.push(Problem::error(source.span(), message).help(help));
    }
    found
}

impl Known<'_> {
    /// The statement with this name, which must be declared and mapped.
    pub(crate) fn statement(
        &self,
        field: &Spanned<String>,
        problems: &mut Vec<Problem>,
    ) -> Option<String> {
        let name = field.get_ref();
        let is_statement = |known: &&(Field, Span)| known.0.kind == Kind::Statement;
        match self.declared.iter().find(|(known, _)| known.name == *name) {
            Some((known, _)) if known.kind == Kind::Statement => Some(name.clone()),
            Some((_, place)) => {
                let message = format!("`{name}` is not declared as a statement");
                let problem = Problem::error(field.span(), message).also(place.clone(), "declared");
                problems.push(problem.help("declare it with the kind `statement`"));
                None
            }
            None => {
                let statements = || {
                    let all = self.declared.iter().filter(is_statement);
                    all.map(|(field, _)| field.name.as_str())
                };
                let help = match nearest(name, statements()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("declare it under `[fields]`, as in `{name} = \"statement\"`"),
                };
                let message = format!("no statement `{name}` is declared");
                problems.push(Problem::error(field.span(), message).help(help));
                None
            }
        }
    }

    /// The sources that map a statement, by name.
    fn mapping(&self, field: &str) -> Vec<String> {
        let names = self.sources.iter().map(|read| read.spec.source.name.clone());
        let mut names: Vec<String> =
            names.filter(|source| !self.specs(field, source).is_empty()).collect();
        names.sort();
        names
    }

    /// How a source maps a field.
    fn specs(&self, field: &str, source: &str) -> Vec<&FieldSpec> {
        let read = self.sources.iter().filter(|read| read.spec.source.name == source);
        let fields = read.flat_map(|read| &read.spec.persons).flat_map(|person| &person.fields);
        fields.filter(|spec| spec.field.name == field).collect()
    }
}
