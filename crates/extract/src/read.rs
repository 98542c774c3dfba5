//! Reads all files of all sources, in parallel.

use std::convert::Infallible;
use std::path::Path;

use rayon::prelude::*;
use record::{Column, Dictionary, Field, Kind, Lists, Records, SourceId, Texts, Values};

use crate::assemble::{Building, OfSource, Said, together};
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
    let (mut keys, mut homes, mut dealings) = (Vec::new(), Vec::new(), Vec::new());
    let mut of_fields: Vec<Vec<(usize, Said<u32>)>> = Vec::new();
    let keep = |OfSource { n_records, values, residences, involvements, key, .. }: OfSource| {
        of_fields.resize_with(values.len(), Vec::new);
        for (of_field, said) in of_fields.iter_mut().zip(values) {
            of_field.push((n_records, said));
        }
        homes.push((n_records, residences));
        dealings.push((n_records, involvements));
        keys.push(key);
        Ok::<(), Infallible>(())
    };
    let mut extracted = read_each(specs, progress, keep).unwrap_or_else(|never| match never {})?;
    let records = &mut extracted.records;
    let ((homes, dealings), (columns, key)) = rayon::join(
        || rayon::join(|| together(homes), || together(dealings)),
        || (of_fields.into_par_iter().map(together).collect::<Vec<_>>(), in_one(keys)),
    );
    for (column, Said { strings, lists }) in records.columns.iter_mut().zip(columns) {
        (column.values, column.lists) = (Values::Text(strings), lists);
    }
    (records.residence_text, records.residences) = (homes.strings, homes.lists);
    (records.involvement_text, records.involvements) = (dealings.strings, dealings.lists);
    records.key = key;
    Ok(extracted)
}

/// The keys of all sources.
fn in_one(keys: Vec<Texts>) -> Texts {
    let all = |count: fn(&Texts) -> usize| keys.iter().map(count).sum();
    let mut one = Texts::with_room(all(Texts::len), all(Texts::bytes));
    for some in keys {
        one.extend(some.iter());
    }
    one
}

/// Reads the sources one after the other, in the order of their names, and gives what the records of
/// each say to `each`: who has little room puts it away before the next is read. The columns, keys,
/// residences and involvements of the result are empty, until all sources are put together by
/// [`crate::in_common`].
///
/// # Errors
///
/// Those of `each`, at once; and within, those of [`read`], after which nothing more is given to `each`.
///
/// # Panics
///
/// As [`read`] does.
pub fn read_each<E>(
    specs: &[SourceSpec],
    progress: &dyn Progress,
    mut each: impl FnMut(OfSource) -> Result<(), E>,
) -> Result<Result<Extracted, Vec<Error>>, E> {
    let mut specs: Vec<&SourceSpec> = specs.iter().collect();
    specs.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    assert!(
        specs.windows(2).all(|two| two[0].source.name != two[1].source.name),
        "sources have different names"
    );
    let fields = fields(&specs);
    let files = files(&specs);
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let mut building = Building::default();
    let (mut inputs, mut absent) = (Vec::with_capacity(files.len()), Vec::new());
    let (mut errors, mut unreadable) = (Vec::new(), Vec::new());
    // One source after the other, so that the rows of all are never there at once.
    for (at, &spec) in specs.iter().enumerate() {
        let own: Vec<(u32, &SourceFile<'_>)> =
            (0..).zip(&files).filter(|(_, file)| file.spec == at).collect();
        let read = |&(file, own)| (file, read_file(file, own, spec, &names, progress));
        let reads: Vec<(u32, Result<Read, Vec<Error>>)> = own.par_iter().map(read).collect();
        let (mut bytes, mut parts) = (0, Vec::new());
        let mut is_whole = true;
        for (file, read) in reads {
            match read {
                Ok(read) => {
                    bytes += read.input.bytes;
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
            let of_source = building.add_source(at, spec, &fields, parts);
            each(OfSource { bytes, ..of_source })?;
        }
    }
    errors.sort_by_key(|(file, _)| *file);
    let errors: Vec<Error> =
        errors.into_iter().flat_map(|(_, more)| more).chain(unreadable).collect();
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    inputs.sort_by_key(|input| input.file);
    building.finish();
    let Building { records, counts, rejects } = building;
    let column = |field| Column {
        field,
        values: Values::Text(Dictionary::default()),
        lists: Lists::default(),
    };
    let records = Records {
        sources: specs.iter().map(|spec| spec.source.clone()).collect(),
        files: files.iter().map(|file| file.path.display().to_string()).collect(),
        columns: fields.into_iter().map(column).collect(),
        ..records
    };
    Ok(Ok(Extracted { records, rejects, counts, inputs, absent, gazetteer: None }))
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
    let parts: Result<Vec<(Vec<Part>, Scratch)>, Fault> = batches
        .par_bridge()
        .try_fold(
            || (Vec::new(), Scratch::default()),
            |(mut parts, mut scratch): (Vec<Part>, _), batch| {
                let rows = batch?.into_rows(&mapping.wanted)?;
                if parts.last().is_none_or(|part| ROWS <= part.rows.len()) {
                    let full = parts.pop().map(Part::fitted);
                    parts.extend(full);
                    parts.push(part());
                }
                let last = parts.last_mut().expect("a part was begun");
                mapping.map(&rows, last, &mut scratch);
                Ok((parts, scratch))
            },
        )
        .collect();
    let parts = parts?.into_iter().flat_map(|(parts, _)| parts);
    Ok((encoding, parts.map(Part::fitted).collect()))
}

/// The rows of a part, about: a list that grows is there twice, and so only the last part's are.
const ROWS: usize = 1 << 18;

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
