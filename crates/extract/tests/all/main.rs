//! Reads small files of every kind, sound and unsound.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod columnar;
mod columns;
mod delimited;
mod files;
mod involvements;
mod json_lines;
mod mapping;
mod order;
mod packed;
mod repeats;
mod support;
mod workbook;
