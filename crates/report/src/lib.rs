//! One HTML page that shows what a run did.
//!
//! The page stands alone: it loads nothing, runs no script, and looks the same offline, on
//! paper, on a telephone and in the dark. It shows no personal value, only counts, codes,
//! parameters and the keys of records.
//!
//! This crate lays out a [`Summary`] and works nothing out; filling it is the work of
//! `pipeline`.

mod chart;
mod format;
mod summary;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

pub use summary::{
    Accuracy, Bin, Comparison, DefaultFound, FieldShare, Histogram, Level, Limit, NamedCount, Rule,
    Score, SizeCount, Source, Summary, Timing, Totals, WeakLink,
};

const TEMPLATE: &str = include_str!("../templates/report.html");

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
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters are valid"));
    environment.add_filter("count", format::count);
    environment.add_filter("counted", format::counted);
    environment.add_filter("percent", format::percent);
    environment.add_filter("chance", format::chance);
    environment.add_filter("bits", format::bits);
    environment.add_filter("seconds", format::seconds);
    environment.add_filter("bytes", format::bytes);
    environment.add_filter("words", format::words);
    environment.add_filter("part_of", format::part_of);
    environment.add_template("report.html", TEMPLATE).expect("the template parses");
    let template = environment.get_template("report.html").expect("the template was just added");
    let page = template.render(context! {
        s => Serde(summary),
        fields => Serde(fields(summary)),
        reasons => Serde(reasons(summary)),
        heaviest_bits => heaviest_bits(summary),
        longest => summary.timings.iter().map(|timing| timing.seconds).fold(0.0, f64::max),
        total_seconds => summary.timings.iter().map(|timing| timing.seconds).sum::<f64>(),
        most_new_pairs => summary.rules.iter().map(|rule| rule.new_pairs).max().unwrap_or(0),
        weights_chart => Value::from_safe_string(chart::weights(summary)),
        persons_chart => Value::from_safe_string(chart::sizes(
            &summary.person_sizes, "Persons by number of records", "records", "persons")),
        households_chart => Value::from_safe_string(chart::sizes(
            &summary.household_sizes, "Households by number of persons", "persons", "households")),
    });
    page.expect("the template uses only what it is given")
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

/// Why rows and values were not taken: source, reason and how many.
fn reasons(summary: &Summary) -> Vec<(&str, &str, u64)> {
    let mut rows = Vec::new();
    for source in &summary.sources {
        for reason in source.reasons.iter().filter(|reason| 0 < reason.count) {
            rows.push((source.name.as_str(), reason.name.as_str(), reason.count));
        }
    }
    rows
}

/// The weight that is farthest from nought.
fn heaviest_bits(summary: &Summary) -> f64 {
    let levels = summary.comparisons.iter().flat_map(|comparison| &comparison.levels);
    levels.map(|level| level.bits.abs()).filter(|bits| bits.is_finite()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;
