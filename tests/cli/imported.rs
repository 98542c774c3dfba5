//! Models of other programs: the same pairs and the same weights, or a refusal that says why.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use snapshot::Snapshot;

use crate::kinfold::kinfold;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/splink")
}

/// The weights that Splink gave, or Kinfold gives.
type Weights = BTreeMap<(String, String), f64>;

fn imported(settings: &Path) -> Weights {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings.to_str().unwrap();
    fs::copy(fixtures().join("people.parquet"), folder.path().join("people.parquet")).unwrap();
    let import = ["import", "splink", settings, "--files", "people.parquet", "--every-pair"];
    kinfold(folder.path(), &import).good();
    kinfold(folder.path(), &["run", "plan.toml", "--model", "model.json"]).good();
    let links = Snapshot::open(&folder.path().join("snapshots")).unwrap().links().unwrap();
    let weight = |link: snapshot::LinkRow| ((link.key, link.other_key), link.match_weight);
    links.into_iter().map(weight).collect()
}

fn expected(table: &Path) -> Weights {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let rows = reader.deserialize::<(String, String, f64)>();
    rows.map(|row| row.unwrap()).map(|(key, other, weight)| ((key, other), weight)).collect()
}

#[test]
fn an_imported_splink_model_gives_splinks_own_pairs_and_weights() {
    let models = fs::read_dir(fixtures()).unwrap().map(|file| file.unwrap().path());
    let models = models.filter(|path| path.extension().is_some_and(|kind| kind == "json"));
    let mut n = 0;
    for model in models {
        let (ours, theirs) = (imported(&model), expected(&model.with_extension("csv")));
        assert!(ours.keys().eq(theirs.keys()), "{}: other pairs", model.display());
        for (pair, weight) in &ours {
            let apart = (weight - theirs[pair]).abs();
            assert!(apart < 1e-4, "{}: {pair:?} is {apart} bits apart", model.display());
        }
        n += 1;
    }
    assert_eq!(n, 6, "three models of two Splinks");
}

/// Settings of one comparison and one rule.
fn settings(levels: &[&str], rule: &str) -> Value {
    let levels = levels.iter().map(|sql| {
        json!({"sql_condition": sql, "label_for_charts": "it", "m_probability": 0.5, "u_probability": 0.1})
    });
    let comparison =
        json!({"output_column_name": "name", "comparison_levels": levels.collect::<Vec<_>>()});
    json!({
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        "comparisons": [comparison],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule, "sql_dialect": "duckdb"}],
    })
}

#[track_caller]
fn refused(settings: &Value, says: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("settings.json"), settings.to_string()).unwrap();
    fs::write(folder.path().join("people.csv"), "id,name\n1,Ann\n").unwrap();
    let told =
        kinfold(folder.path(), &["import", "splink", "settings.json", "--files", "people.csv"]);
    assert_eq!(told.code, 2, "{}", told.stderr);
    for part in says {
        assert!(told.stderr.contains(part), "`{part}` is not in\n{}", told.stderr);
    }
    assert!(!folder.path().join("plan.toml").exists());
    assert!(!folder.path().join("model.json").exists());
}

#[test]
fn what_is_not_understood_is_refused_by_name_with_its_sql() {
    let equal = "\"name_l\" = \"name_r\"";
    let rule = "l.name = r.name";
    for (level, why) in [
        ("soundex(name_l) = soundex(name_r)", "`soundex` is not known"),
        ("list_distance(name_l, name_r) <= 1", "`list_distance` is not known as a measure"),
        ("name_l is null", "asks something of one record"),
        ("levenshtein(name_l, other_r) <= 1", "not made in the same way"),
        ("name_l in (select name from people)", "is not understood"),
        ("name_l ~ 'x'", "is not known as a condition"),
        ("name_l = = name_r", "cannot be read"),
    ] {
        let level_refused = ["level `it` of comparison `name`", why, level];
        refused(&settings(&[level, equal, "ELSE"], rule), &level_refused);
    }
    refused(&settings(&[equal], rule), &["comparison `name`", "last level is not ELSE"]);
    let three = [equal, "ELSE"];
    for (rule, why) in [
        ("l.name = r.name and l.id < r.id", "`<` of two values"),
        ("l.name = r.name and length(l.id) > 2", "`length` is not known as a measure"),
        ("l.name = r.name and l.id is not null", "asks something of one record"),
        ("l.name ~ 'x'", "is not known as a condition"),
    ] {
        refused(&settings(&three, rule), &["blocking rule 1", why, rule]);
    }
    for (columns, rule, why) in [
        (vec!["name", "id"], "l.name = r.name and l.id = r.id", "go member by member"),
        (
            vec!["name"],
            "l.id = r.id and levenshtein(l.name, r.name) < 2",
            "only by its being equal",
        ),
        (vec!["name"], "lower(l.name) = lower(r.name)", "made of the members of a list"),
    ] {
        let mut exploding = settings(&three, rule);
        exploding["blocking_rules_to_generate_predictions"][0]["arrays_to_explode"] =
            json!(columns);
        refused(&exploding, &["blocking rule 1", why, rule]);
    }
    let mut spark = settings(&three, rule);
    spark["sql_dialect"] = json!("spark");
    refused(&spark, &["`sql_dialect`", "DuckDB"]);
    let mut links = settings(&three, rule);
    links["link_type"] = json!("link_only");
    refused(&links, &["`link_type`"]);
    let mut nothing = settings(&three, rule);
    nothing["comparisons"][0]["comparison_levels"][0]["u_probability"] = json!(0.0);
    refused(&nothing, &["level `it` of comparison `name`", "not above 0"]);
    let mut rare = settings(&["levenshtein(name_l, name_r) <= 1", "ELSE"], rule);
    rare["comparisons"][0]["comparison_levels"][0]["tf_adjustment_column"] = json!("name");
    refused(&rare, &["no level is of equal `name`"]);
    refused(&json!({"comparisons": 3}), &["not those of a Splink model"]);
}

#[test]
fn an_import_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = settings(&["name_l = name_r", "ELSE"], "l.name = r.name").to_string();
    fs::write(folder.path().join("settings.json"), text).unwrap();
    fs::write(folder.path().join("people.csv"), "id,name\n1,Ann\n2,Ann\n").unwrap();
    let import = ["import", "splink", "settings.json", "--files", "people.csv"];
    kinfold(folder.path(), &import).good();
    kinfold(folder.path(), &["check", "plan.toml"]).good();
    let again = kinfold(folder.path(), &import);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("`plan.toml` is there already"), "{}", again.stderr);
}
