//! Reads all files of all sources, in parallel.

use std::path::Path;

use rayon::prelude::*;
use record::{Field, Kind, SourceId};

use crate::assemble::Building;
use crate::error::{Fault, Stop};
use crate::intern::Interner;
use crate::involvements::INVOLVEMENT_FIELDS;
use crate::mapping::{Mapping, RELATED_FIELDS, RESIDENCE_FIELDS, Scratch, missing, wanted};
use crate::open::{Assume, Table, open};
use crate::part::Part;
use crate::progress::Meter;
use crate::{AbsentColumn, Delivery, Error, Extracted, Input, Progress, SourceSpec};

/// Reads every file of every source.
///
/// # Errors
///
/// All that is wrong with whole files, of all of them. What is wrong with a row or a value is a
/// [`crate::Reject`].
///
/// # Panics
///
/// Panics if a source has no person, if two have one name, or if there are more than 65,536.
pub fn read(specs: &[SourceSpec], progress: &dyn Progress) -> Result<Extracted, Vec<Error>> {
    let mut specs: Vec<&SourceSpec> = specs.iter().collect();
    specs.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    assert!(
        specs.windows(2).all(|two| two[0].source.name != two[1].source.name),
        "sources have different names"
    );
    let fields = fields(&specs);
    let files = files(&specs);
    let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut building = Building::new(fields);
    let (mut inputs, mut absent) = (Vec::with_capacity(files.len()), Vec::new());
    let (mut errors, mut unreadable) = (Vec::new(), Vec::new());
    // One source after the other, so that the rows of all are never there at once.
    for (at, &spec) in specs.iter().enumerate() {
        let own: Vec<(u32, &SourceFile<'_>)> =
            (0..).zip(&files).filter(|(_, file)| file.spec == at).collect();
        let read = |&(file, own)| (file, read_file(file, own, spec, &names, progress));
        let reads: Vec<(u32, Result<Read, Vec<Error>>)> = own.par_iter().map(read).collect();
        let mut parts = Vec::new();
        let mut is_whole = true;
        for (file, read) in reads {
            match read {
                Ok(read) => {
                    inputs.push(read.input);
                    parts.extend(read.parts);
                }
                Err(more) => {
                    is_whole = false;
                    errors.push((file, more));
                }
            }
        }
        // Of a source of which some file was not read, nothing is known yet.
        if is_whole {
            let (columns, more) = never_present(at, spec, &files, &parts);
            absent.extend(columns);
            unreadable.extend(more);
        }
        // Where nothing comes of it, only what else is wrong is looked for.
        if errors.is_empty() && unreadable.is_empty() {
            building.add_source(at, spec, parts);
        }
    }
    errors.sort_by_key(|(file, _)| *file);
    let errors: Vec<Error> =
        errors.into_iter().flat_map(|(_, more)| more).chain(unreadable).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    inputs.sort_by_key(|input| input.file);
    let files = files.iter().map(|file| file.path.display().to_string()).collect();
    Ok(building.finish(&specs, files, inputs, absent))
}

/// A file to read, and the place of its source among the specs.
struct SourceFile<'a> {
    path: &'a Path,
    spec: usize,
}

/// A file read.
struct Read {
    input: Input,
    parts: Vec<Part>,
}

/// The fields of all sources that have a column of their own, by name.
fn fields(specs: &[&SourceSpec]) -> Vec<Field> {
    let mut fields: Vec<Field> = specs
        .iter()
        .flat_map(|spec| &spec.persons)
        .flat_map(|person| &person.fields)
        .map(|spec| &spec.field)
        .filter(|field| !RESIDENCE_FIELDS.contains(&field.name.as_str()))
        .filter(|field| !INVOLVEMENT_FIELDS.contains(&field.name.as_str()))
        .filter(|field| !RELATED_FIELDS.contains(&field.name.as_str()))
        .filter(|field| field.kind != Kind::Statement)
        .cloned()
        .collect();
    fields.sort();
    fields.dedup_by(|later, earlier| later.name == earlier.name);
    fields
}

/// All files, by path.
fn files<'a>(specs: &[&'a SourceSpec]) -> Vec<SourceFile<'a>> {
    let mut files: Vec<SourceFile<'a>> = specs
        .iter()
        .enumerate()
        .flat_map(|(at, spec)| spec.files.iter().map(move |path| SourceFile { path, spec: at }))
        .collect();
    files.sort_by_key(|file| (file.path, file.spec));
    files
}

fn read_file(
    file: u32,
    SourceFile { path, spec: at }: &SourceFile<'_>,
    spec: &SourceSpec,
    fields: &[&str],
    progress: &dyn Progress,
) -> Result<Read, Vec<Error>> {
    let name = path.display().to_string();
    progress.start(&name, path.metadata().map_or(0, |metadata| metadata.len()));
    let meter = Meter::new(progress);
    let (encoding, parts) = match read_as(Assume::Utf8, file, path, spec, fields, &meter) {
        Err(Stop::NotUtf8) => {
            meter.restart();
            read_as(Assume::Windows1252, file, path, spec, fields, &meter)
        }
        other => other,
    }
    .map_err(|stop| match stop {
        Stop::Errors(errors) => errors,
        Stop::NotUtf8 => unreachable!("text read as Windows-1252 is not refused for its encoding"),
    })?;
    let (bytes, sha256) = meter.finish();
    let rows = parts.iter().map(|part| part.n_rows).sum();
    let content = parts.iter().fold(0, |sum: u128, part| sum.wrapping_add(part.content));
    progress.finish(&name, rows);
    let source = source_id(*at);
    Ok(Read { input: Input { source, file, bytes, sha256, encoding, rows, content }, parts })
}

/// Reads a file. One thread at a time takes the next rows off it, while the others map theirs.
fn read_as(
    assume: Assume,
    file: u32,
    path: &Path,
    spec: &SourceSpec,
    fields: &[&str],
    meter: &Meter<'_>,
) -> Result<(Option<&'static str>, Vec<Part>), Stop> {
    let Table { encoding, columns, serials, batches, .. } =
        open(path, &spec.format, assume, meter)?;
    let mapping =
        Mapping::new(spec, fields, path, columns.as_deref(), serials).map_err(Stop::Errors)?;
    let n_loose = if columns.is_none() { mapping.wanted.len() } else { 0 };
    let part = || Part {
        file,
        values: fields.iter().map(|_| Interner::default()).collect(),
        present: vec![false; n_loose],
        ..Part::default()
    };
    let parts: Result<Vec<(Part, Scratch)>, Fault> = batches
        .par_bridge()
        .try_fold(
            || (part(), Scratch::default()),
            |(mut part, mut scratch), batch| {
                let rows = batch?.into_rows(&mapping.wanted)?;
                mapping.map(&rows, &mut part, &mut scratch);
                Ok((part, scratch))
            },
        )
        .collect();
    Ok((encoding, parts?.into_iter().map(|(part, _)| part.fitted()).collect()))
}

/// The columns that no row of any file of a source has, where rows name their own columns: many a
/// system leaves out what is empty. Without its key, or with no other column, nothing of the
/// source could be read, and that is an error. Of what has changed only, there may well be too
/// few rows to tell.
fn never_present(
    at: usize,
    spec: &SourceSpec,
    files: &[SourceFile<'_>],
    parts: &[Part],
) -> (Vec<AbsentColumn>, Vec<Error>) {
    let loose = || parts.iter().filter(|part| !part.present.is_empty() && part.n_rows > 0);
    let first = loose().map(|part| part.file).min();
    let Some(first) = first.filter(|_| spec.delivery == Delivery::Full) else {
        return (Vec::new(), Vec::new());
    };
    let wanted = wanted(spec);
    let is_key = |column: &String| spec.key.as_ref() == Some(column);
    let absent: Vec<&String> = (0..)
        .zip(&wanted)
        .filter(|(place, _)| !loose().any(|part| part.present[*place]))
        .map(|(_, column)| column)
        .collect();
    let no_key = absent.iter().any(|column| is_key(column));
    let nothing = wanted.iter().all(|column| is_key(column) || absent.contains(&column));
    if no_key || (nothing && !absent.is_empty()) {
        let path = files[first as usize].path;
        (Vec::new(), absent.iter().map(|column| missing(path, column, &[])).collect())
    } else {
        let of =
            |column: &&String| AbsentColumn { source: source_id(at), column: (*column).clone() };
        (absent.iter().map(of).collect(), Vec::new())
    }
}

/// The id of the source with this place in the order of names.
pub(crate) fn source_id(at: usize) -> SourceId {
    SourceId(u16::try_from(at).expect("there are at most 65,536 sources"))
}
