//! The plan: what to read, how to link it, and what is wrong with saying so.
//!
//! A plan is one TOML file. Almost everything has a default that comes from the kinds of the
//! fields, so a first plan is a dozen lines: a source or two and which of their columns are
//! which fields. [`parse`] understands a plan, or says everything that is wrong with it, each
//! with its place; [`check`] looks at the files as well; [`init`] writes a first plan by looking
//! at files; [`print()`] writes a plan with every default filled in.
//!
//! This is every key there is, and [`EXAMPLE`]:
//!
//! ```toml
#![doc = include_str!("../data/example.toml")]
//! ```
//!
//! Reading the files is the work of `extract`.

mod check;
mod defaults;
mod files;
mod fits;
mod group;
mod guess;
mod init;
mod nearest;
mod plan;
mod print;
mod print_indicators;
mod problems;
mod read;
mod read_derived;
mod read_frequencies;
mod read_gazetteer;
mod read_indicators;
mod read_linking;
mod read_shield;
mod read_source;
mod section;
mod syntax;
mod values;
mod words;

pub use check::{Checked, CheckedFile, check, check_text};
pub use defaults::{default_comparisons, effective_fields};
pub use init::init;
pub use plan::{
    Basket, Blocking, Frequencies, Household, Indicator, Labels, Limits, Plan, Shield, Thresholds,
    Truth,
};
pub use print::{declared_kind, derived_table, list, print, quoted, rules_texts};
pub use problems::{Problem, Problems};
pub use read::{parse, read};
pub use section::YEARS;
pub use words::{columns_for, count, counted};

/// A plan that uses every key, with what each means.
pub const EXAMPLE: &str = include_str!("../data/example.toml");
