//! One HTML page that shows what a run did.
//!
//! The page stands alone: it loads nothing and reads the same offline, on paper, on a telephone
//! and in the dark. Its charts are drawn by Chart.js, which is part of the page; the two scripts
//! in it are the only ones that its policy lets run, by their hashes, and none may reach a
//! network. Without script the page is made of tables. It shows no personal value, only counts,
//! codes, parameters and the keys of records, unless values were asked for.
//!
//! This crate lays out a [`Summary`] and works nothing out; filling it is the work of
//! `pipeline`.

mod family;
mod format;
mod summary;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use family::{
    FamilyHousehold, FamilyPage, FamilyPart, FamilyPerson, FamilySex, FamilyStay, FamilyTie,
    TieKind, render_family,
};
pub use summary::{
    Accuracy, Addend, AddressTrust, Bin, Change, Comparison, Contrast, CurvePoint, DefaultFound,
    Estimate, Expected, FieldShare, Finding, Histogram, LargePerson, Level, Limit, NamedCount,
    Reason, Rule, SampledPair, Score, Shape, SizeCount, Source, SourceChange, Subgroup, Subgroups,
    Summary, Timing, Totals, Turn, WeakLink,
};

const TEMPLATE: &str = include_str!("../templates/report.html");
const STYLE: &str = include_str!("../assets/page.css");
/// Chart.js 4.6.1; its licence is beside it.
const LIBRARY: &str = include_str!("../assets/chart.umd.min.js");
const SCRIPT: &str = include_str!("../assets/page.js");

/// The page.
///
/// # Panics
///
/// Never: the template is part of the program, and tested with every part full and empty.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(syntax());
    environment.add_filter("count", format::count);
    environment.add_filter("counted", format::counted);
    environment.add_filter("percent", format::percent);
    environment.add_filter("points", format::points);
    environment.add_filter("chance", format::chance);
    environment.add_filter("bits", format::bits);
    environment.add_filter("seconds", format::seconds);
    environment.add_filter("bytes", format::bytes);
    environment.add_filter("words", format::words);
    environment.add_filter("part_of", format::part_of);
    environment.add_filter("range", |low_high: Vec<f64>| match low_high.as_slice() {
        &[low, high] => format::range([low, high]),
        _ => String::new(),
    });
    environment.add_filter("times", format::times);
    environment.add_template("report.html", TEMPLATE).expect("the template parses");
    let template = environment.get_template("report.html").expect("the template was just added");
    let in_force = summary
        .link_bits
        .and_then(|bits| summary.curve.iter().find(|point| point.bits.to_bits() == bits.to_bits()));
    let page = template.render(context! {
        s => Serde(summary),
        fields => Serde(fields(summary)),
        reasons => Serde(reasons(summary)),
        heaviest_bits => heaviest_bits(summary),
        in_force => Serde(in_force.or(summary.curve.first())),
        alone => lives_alone(summary),
        proposed => summary.subgroups.iter().flat_map(|by| &by.groups).any(|group| group.proposed.is_some()),
        weighed => summary.weights.bins.iter().any(|bin| *bin != Bin::default()),
        longest => summary.timings.iter().map(|timing| timing.seconds).fold(0.0, f64::max),
        total_seconds => summary.timings.iter().map(|timing| timing.seconds).sum::<f64>(),
        most_new_pairs => summary.rules.iter().map(|rule| rule.new_pairs).max().unwrap_or(0),
        style => Value::from_safe_string(STYLE.to_owned()),
        data => Value::from_safe_string(embedded(&Charts::of(summary))),
        library => Value::from_safe_string(LIBRARY.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        scripts => Value::from_safe_string([LIBRARY, SCRIPT].map(hash).join(" ")),
    });
    page.expect("the template uses only what it is given")
}

/// The usual delimiters, of which those of blocks leave no empty lines behind.
fn syntax() -> SyntaxConfig {
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    syntax.expect("the usual delimiters are valid")
}

/// What the charts show.
#[derive(Serialize)]
struct Charts<'a> {
    sources: Vec<(&'a str, u64, &'a [FieldShare])>,
    rules: &'a [Rule],
    comparisons: &'a [Comparison],
    weights: &'a Histogram,
    link_bits: Option<f64>,
    possible_link_bits: Option<f64>,
    curve: &'a [CurvePoint],
    subgroups: &'a [Subgroups],
    sampled: &'a [SampledPair],
    person_sizes: &'a [SizeCount],
    household_sizes: &'a [SizeCount],
}

impl Charts<'_> {
    fn of(summary: &Summary) -> Charts<'_> {
        let sources = summary.sources.iter();
        Charts {
            sources: sources
                .map(|s| (s.name.as_str(), s.records, s.completeness.as_slice()))
                .collect(),
            rules: &summary.rules,
            comparisons: &summary.comparisons,
            weights: &summary.weights,
            link_bits: summary.link_bits,
            possible_link_bits: summary.possible_link_bits,
            curve: &summary.curve,
            subgroups: &summary.subgroups,
            sampled: &summary.sampled,
            person_sizes: &summary.person_sizes,
            household_sizes: &summary.household_sizes,
        }
    }
}

/// JSON as it may stand in a page: nothing in it ends the element it stands in.
fn embedded(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).expect("numbers and text are JSON");
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The hash by which a policy knows a script or a style.
fn hash(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
}

/// The fields that any source has, in the order of the first that has them, and for each
/// the share filled in every source.
fn fields(summary: &Summary) -> Vec<(&str, Vec<Option<f64>>)> {
    let mut names: Vec<&str> = Vec::new();
    for share in summary.sources.iter().flat_map(|source| &source.completeness) {
        if !names.contains(&share.field.as_str()) {
            names.push(&share.field);
        }
    }
    let share = |source: &Source, field: &str| {
        source.completeness.iter().find(|share| share.field == field).map(|share| share.share)
    };
    let row = |name| (name, summary.sources.iter().map(|source| share(source, name)).collect());
    names.into_iter().map(row).collect()
}

/// Why rows and values were not taken: source and reason.
fn reasons(summary: &Summary) -> Vec<(&Source, &Reason)> {
    let mut rows = Vec::new();
    for source in &summary.sources {
        let reasons = source.reasons.iter().filter(|reason| 0 < reason.count);
        rows.extend(reasons.map(|reason| (source, reason)));
    }
    rows
}

/// The share of households that are of one person, if there are any.
#[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
fn lives_alone(summary: &Summary) -> Option<f64> {
    let all: u64 = summary.household_sizes.iter().map(|size| size.count).sum();
    let of_one = summary.household_sizes.iter().filter(|size| size.size == 1);
    (all > 0).then(|| of_one.map(|size| size.count).sum::<u64>() as f64 / all as f64)
}

/// The weight that is farthest from nought.
fn heaviest_bits(summary: &Summary) -> f64 {
    let levels = summary.comparisons.iter().flat_map(|comparison| &comparison.levels);
    levels.map(|level| level.bits.abs()).filter(|bits| bits.is_finite()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;
