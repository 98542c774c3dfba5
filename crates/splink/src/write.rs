//! Writes the plan of an imported model.

use std::fmt::Write;

use compare::Comparison;
use plan::{declared_kind, derived_table, list, quoted, rules_texts};

use crate::Target;
use crate::fields::Fields;
use crate::rules::Asked;
use crate::settings::Settings;

/// The plan, as TOML.
pub(crate) fn plan(
    settings: &Settings,
    target: &Target,
    fields: &Fields,
    rules: &[Asked],
    comparisons: &[Comparison],
) -> String {
    let link_type = settings.link_type.as_deref().unwrap_or("dedupe_only");
    let mut text = format!(
        "# A Splink model ({link_type}), imported. Its weights are in the model beside this plan:\n\
         # kinfold run PLAN --model MODEL\n\
         run_date = {}\n\n[fields]\n",
        target.run_date
    );
    for (field, _) in &fields.mapped {
        line(&mut text, &field.name, &quoted(declared_kind(field.kind)));
    }
    for derived in &fields.derived {
        line(&mut text, &derived.field.name, &derived_table(derived));
    }
    for (name, files) in &target.sources {
        text += "\n[[source]]\n";
        line(&mut text, "name", &quoted(name));
        line(&mut text, "files", &list(files));
        line(&mut text, "key", &quoted(&settings.unique_id_column_name));
        if link_type == "link_only" {
            text += "# Only records of different sources are compared.\nunique = true\n";
        }
        text += "\n[source.columns]\n";
        for (field, column) in &fields.mapped {
            line(&mut text, &field.name, &quoted(column));
        }
    }
    text += "\n[blocking]\n";
    let (rules, conditions): (Vec<_>, Vec<_>) = rules.iter().cloned().unzip();
    line(&mut text, "rules", &list(&rules_texts(&rules, &conditions)));
    text += "# No block is cut: the model is to weigh every pair that its rules propose.\n";
    line(&mut text, "block_size_max", &u32::MAX.to_string());
    for comparison in comparisons {
        text += "\n[[comparison]]\n";
        line(&mut text, "field", &quoted(&comparison.field));
        text += "levels = [\n";
        for level in &comparison.levels {
            let _ = writeln!(text, "  {},", quoted(&level.to_string()));
        }
        text += "]\n";
    }
    let probability = target.link_probability;
    let link = (probability / (1.0 - probability)).log2();
    text += "\n[thresholds]\n";
    let _ = writeln!(text, "# A match probability of {probability}.");
    line(&mut text, "link", &format!("{link:?}"));
    if target.every_pair {
        text += "# Every pair that is weighed is kept.\n";
        line(&mut text, "possible_link", "-10000.0");
    }
    text
}

fn line(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {value}");
}
