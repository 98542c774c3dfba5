//! Reads small files of every kind, sound and unsound.

mod columnar;
mod delimited;
mod files;
mod json_lines;
mod mapping;
mod order;
mod packed;
mod repeats;
mod support;
mod workbook;
