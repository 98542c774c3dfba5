//! Parquet and Arrow IPC.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Float64Array, Int64Array,
    LargeStringArray, ListArray, RecordBatch, StringArray, StringViewArray, StructArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, UInt8Array,
};
use arrow::datatypes::{Int32Type, UInt16Type};
use arrow::ipc::writer::{FileWriter, StreamWriter};
use extract::{FileKind, Format, Silent, peek, read};
use parquet::arrow::ArrowWriter;

use crate::support::{Folder, rejects, render, source, take};

const MAPPING: &str = "key id
forename: large
surname: view
troop(category): dictionary
date_of_birth: day
started(date): time
visited(date): zoned
nhs_number: float
height(text): small
flag(text): flag
n(text): byte
aliases(list): list
numbers(list): numbers
nest(text): nest";

const EXPECTED: &str = "s 1: aliases=x;y date_of_birth=2010-03-04 flag=true forename=Ann height=0.1 n=7 nhs_number=9434765919 numbers=1 started=2010-03-04 surname=Lee troop=red visited=2010-03-04
s 2: n=8 troop=blue
";

fn batch() -> RecordBatch {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let words = {
        let mut builder = arrow::array::ListBuilder::new(arrow::array::StringBuilder::new());
        builder.append_value([Some("x"), Some("y"), Some("x")]);
        builder.append_value([] as [Option<&str>; 0]);
        builder.finish()
    };
    let dictionary: DictionaryArray<UInt16Type> = ["red", "blue"].into_iter().collect();
    let day_millis = 1_267_660_800_000;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![1, 2]))),
        ("large", Arc::new(LargeStringArray::from(vec![Some("Ann"), None]))),
        ("view", Arc::new(StringViewArray::from(vec![Some("Lee"), None]))),
        ("dictionary", Arc::new(dictionary)),
        ("day", Arc::new(Date32Array::from(vec![Some(14_672), None]))),
        ("time", Arc::new(TimestampMillisecondArray::from(vec![Some(day_millis), None]))),
        (
            "zoned",
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(day_millis * 1000 + 5), None])
                    .with_timezone("Europe/London"),
            ),
        ),
        ("float", Arc::new(Float64Array::from(vec![Some(9_434_765_919.0), None]))),
        ("small", Arc::new(Float32Array::from(vec![Some(0.1), None]))),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("byte", Arc::new(UInt8Array::from(vec![7, 8]))),
        ("list", Arc::new(words)),
        ("numbers", Arc::new(list)),
        (
            "nest",
            Arc::new(StructArray::from(vec![(
                Arc::new(arrow::datatypes::Field::new("x", arrow::datatypes::DataType::Utf8, true)),
                Arc::new(StringArray::from(vec![Some("a"), None])) as ArrayRef,
            )])),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, c)| (name, c, true)))
        .unwrap()
}

fn write_all(folder: &Folder) -> Vec<PathBuf> {
    let batch = batch();
    let files = vec![folder.path("a.parquet"), folder.path("a.arrow"), folder.path("b.arrow")];
    let create = |at: usize| File::create(&files[at]).unwrap();
    let mut parquet = ArrowWriter::try_new(create(0), batch.schema(), None).unwrap();
    parquet.write(&batch).unwrap();
    parquet.close().unwrap();
    let mut file = FileWriter::try_new(create(1), &batch.schema()).unwrap();
    file.write(&batch).unwrap();
    file.finish().unwrap();
    let mut stream = StreamWriter::try_new(create(2), &batch.schema()).unwrap();
    stream.write(&batch).unwrap();
    stream.finish().unwrap();
    files
}

#[test]
fn every_type_is_text() {
    let folder = Folder::new();
    for (file, kind) in
        write_all(&folder).into_iter().zip([FileKind::Parquet, FileKind::Arrow, FileKind::Arrow])
    {
        let extracted = take(&[source("s", std::slice::from_ref(&file), MAPPING)]);
        assert_eq!(render(&extracted), EXPECTED);
        assert_eq!(rejects(&extracted), ["1 nest: nested object", "2 nest: nested object"]);
        assert_eq!(extracted.records.origin[1].line, 2);
        let seen = peek(&file, &Format::default(), 1).unwrap();
        assert_eq!(seen.kind, kind);
        assert_eq!(seen.columns.len(), 14);
        assert_eq!(seen.rows[0][..3], ["1", "Ann", "Lee"]);
        // A name that says nothing leaves it to the first bytes.
        let bytes = std::fs::read(&file).unwrap();
        let unnamed = folder.write("unnamed", bytes);
        assert_eq!(peek(&unnamed, &Format::default(), 0).unwrap().kind, kind);
    }
}

#[test]
fn a_batch_of_many_rows_says_what_many_batches_say() {
    const ROWS: i32 = 10_000;
    let words: DictionaryArray<UInt16Type> = (0..ROWS)
        .map(|row| (row % 7 > 0).then(|| ["red", "blue"][usize::from(row % 2 > 0)]))
        .collect();
    let lists = (0..ROWS).map(|row| (row % 5 > 0).then(|| (0..row % 4).map(Some)));
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(lists);
    let columns: [(&str, ArrayRef); 4] = [
        ("id", Arc::new(Int64Array::from_iter_values((0..ROWS).map(i64::from)))),
        (
            "name",
            Arc::new(StringArray::from_iter_values((0..ROWS).map(|n| format!("N{}", n % 999)))),
        ),
        ("colour", Arc::new(words)),
        ("numbers", Arc::new(lists)),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let folder = Folder::new();
    let read = |rows: usize| {
        let file = folder.path("a.arrow");
        let mut writer =
            FileWriter::try_new(File::create(&file).unwrap(), &batch.schema()).unwrap();
        for first in (0..batch.num_rows()).step_by(rows) {
            let rows = rows.min(batch.num_rows() - first);
            writer.write(&batch.slice(first, rows)).unwrap();
        }
        writer.finish().unwrap();
        let mapping = "key id\nforename: name\ncolour(category): colour\nnumbers(list): numbers";
        let extracted = take(&[source("s", &[file], mapping)]);
        (render(&extracted), extracted.records.origin)
    };
    let whole = read(batch.num_rows());
    assert_eq!(whole.1.len(), batch.num_rows());
    assert_eq!(whole, read(999));
}

#[test]
fn a_truncated_file_is_an_error() {
    let folder = Folder::new();
    for (file, what) in write_all(&folder).iter().zip(["Parquet file", "Arrow file", "Arrow file"])
    {
        let bytes = std::fs::read(file).unwrap();
        for length in [bytes.len() - 20, bytes.len() / 2, 40, 9] {
            let name = file.file_name().unwrap().to_str().unwrap();
            let part = folder.write(name, &bytes[..length]);
            let errors = read(&[source("s", &[part], MAPPING)], &Silent).unwrap_err();
            let expected = format!(
                "`{name}` is a truncated or damaged {what}; it broke off after 0 rows were read, and must be sent again"
            );
            assert_eq!(folder.say_all(&errors), [expected], "{length}");
        }
    }
}

#[test]
fn a_missing_column_is_an_error() {
    let folder = Folder::new();
    for file in write_all(&folder) {
        let errors = read(&[source("s", &[file], "key Id")], &Silent).unwrap_err();
        assert!(folder.say(&errors[0]).ends_with("has no column `Id`; is it `id`?"));
    }
}

#[test]
fn bytes_that_nobody_wrote_are_an_error_and_no_panic() {
    let folder = Folder::new();
    let mut state = 7_u64;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % n
    };
    // Of Arrow, a changed length may ask for more memory than there is, which nothing can catch.
    for file in write_all(&folder).into_iter().take(1) {
        let bytes = std::fs::read(&file).unwrap();
        for _ in 0..300 {
            let mut changed = bytes.clone();
            for _ in 0..3 {
                let at = next(changed.len());
                changed[at] = u8::try_from(next(256)).unwrap();
            }
            let part = folder.write(file.file_name().unwrap().to_str().unwrap(), &changed);
            // Some changes hurt nobody.
            if let Err(errors) = read(&[source("s", &[part], MAPPING)], &Silent) {
                assert!(!errors.is_empty());
            }
        }
    }
}
