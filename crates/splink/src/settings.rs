//! Splink's settings as they are saved.

use serde::Deserialize;

/// A saved model.
#[derive(Debug, Deserialize)]
pub(crate) struct Settings {
    #[serde(default)]
    pub(crate) link_type: Option<String>,
    #[serde(default = "default_prior")]
    pub(crate) probability_two_random_records_match: f64,
    #[serde(default)]
    pub(crate) sql_dialect: Option<String>,
    #[serde(default = "default_unique_id")]
    pub(crate) unique_id_column_name: String,
    #[serde(default)]
    pub(crate) blocking_rules_to_generate_predictions: Vec<BlockingRule>,
    pub(crate) comparisons: Vec<Comparison>,
}

fn default_prior() -> f64 {
    0.0001
}

fn default_unique_id() -> String {
    "unique_id".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum BlockingRule {
    Plain(String),
    Whole {
        blocking_rule: String,
        #[serde(default)]
        arrays_to_explode: Option<Vec<String>>,
    },
}

impl BlockingRule {
    pub(crate) fn sql(&self) -> &str {
        match self {
            BlockingRule::Plain(sql) | BlockingRule::Whole { blocking_rule: sql, .. } => sql,
        }
    }

    pub(crate) fn exploded(&self) -> &[String] {
        match self {
            BlockingRule::Whole { arrays_to_explode: Some(columns), .. } => columns,
            _ => &[],
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Comparison {
    #[serde(default)]
    pub(crate) output_column_name: Option<String>,
    pub(crate) comparison_levels: Vec<Level>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Level {
    pub(crate) sql_condition: String,
    #[serde(default)]
    pub(crate) label_for_charts: Option<String>,
    #[serde(default, rename = "is_null_level")]
    pub(crate) is_null: bool,
    #[serde(default)]
    pub(crate) m_probability: Option<f64>,
    #[serde(default)]
    pub(crate) u_probability: Option<f64>,
    #[serde(default)]
    pub(crate) tf_adjustment_column: Option<String>,
    #[serde(default)]
    pub(crate) tf_adjustment_weight: Option<f64>,
    #[serde(default)]
    pub(crate) tf_minimum_u_value: Option<f64>,
    #[serde(default)]
    pub(crate) disable_tf_exact_match_detection: bool,
}

impl Level {
    pub(crate) fn is_else(&self) -> bool {
        self.sql_condition.trim().eq_ignore_ascii_case("else")
    }

    /// What it is called in messages.
    pub(crate) fn label(&self) -> &str {
        self.label_for_charts.as_deref().unwrap_or(&self.sql_condition)
    }
}
