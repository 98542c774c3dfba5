//! Excel and `OpenDocument` workbooks.

use std::fmt::Write as _;

use extract::{FileKind, Format, Silent, peek, read};

use crate::support::{Folder, rejects, render, source, take};

const MAPPING: &str = "key id
forename: first
date_of_birth: dob
nhs_number: nhs";

/// An archive of files that are not packed.
fn archive(files: &[(&str, String)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    for (name, text) in files {
        let mut sum = flate2::Crc::new();
        sum.update(text.as_bytes());
        let mut header = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        header.extend(sum.sum().to_le_bytes());
        header.extend(number(text.len()));
        header.extend(number(text.len()));
        header.extend(&number(name.len())[..2]);
        header.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&header);
        directory.extend([0; 10]);
        directory.extend(number(bytes.len()));
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&header);
        bytes.extend(name.as_bytes());
        bytes.extend(text.as_bytes());
    }
    let start = bytes.len();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        bytes.extend(&number(files.len())[..2]);
    }
    bytes.extend(number(directory.len()));
    bytes.extend(number(start));
    bytes.extend([0, 0]);
    bytes
}

/// A workbook whose second sheet has these rows. A cell `d:1` is a date, `n:1` a number.
fn excel(rows: &[(u32, &[&str])]) -> Vec<u8> {
    let mut data = String::new();
    for (row, cells) in rows {
        write!(data, "<row r=\"{row}\">").unwrap();
        for (column, cell) in ('A'..='Z').zip(*cells) {
            let at = format!("{column}{row}");
            match cell.split_once(':') {
                _ if cell.is_empty() => {}
                Some(("d", n)) => write!(data, "<c r=\"{at}\" s=\"1\"><v>{n}</v></c>").unwrap(),
                Some(("n", n)) => write!(data, "<c r=\"{at}\"><v>{n}</v></c>").unwrap(),
                Some(("e", e)) => write!(data, "<c r=\"{at}\" t=\"e\"><v>{e}</v></c>").unwrap(),
                _ => write!(data, "<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>")
                    .unwrap(),
            }
        }
        data += "</row>";
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let sheet = |data: &str| {
        format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>")
    };
    archive(&[
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r\" Type=\"{links}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{links}\"><sheets><sheet name=\"Notes\" sheetId=\"1\" r:id=\"a\"/><sheet name=\"Children\" sheetId=\"2\" r:id=\"b\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"a\" Type=\"{links}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"b\" Type=\"{links}/worksheet\" Target=\"worksheets/sheet2.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet("")),
        ("xl/worksheets/sheet2.xml", sheet(&data)),
    ])
}

fn children() -> Vec<u8> {
    excel(&[
        (2, &["Report"]),
        (4, &["id ", "first", "dob", "nhs"]),
        (5, &["n:1", "Ann", "d:40241", "n:9434765919"]),
        (6, &["n:2", "Bo", "d:40241.5", "1.0E+9"]),
        (8, &["x3", "n:1.5", "n:40241", "e:#REF!"]),
    ])
}

fn format(sheet: &str, skip: usize) -> Format {
    Format { sheet: Some(sheet.to_owned()), skip, ..Format::default() }
}

#[test]
fn cells_are_text_and_rows_are_those_of_the_sheet() {
    let folder = Folder::new();
    let file = folder.write("a.xlsx", children());
    let mut spec = source("s", std::slice::from_ref(&file), MAPPING);
    spec.format = format("Children", 3);
    let extracted = take(&[spec]);
    assert_eq!(
        render(&extracted),
        "s 1: date_of_birth=2010-03-04 forename=Ann nhs_number=9434765919\n\
         s 2: date_of_birth=2010-03-04 forename=Bo\n\
         s x3: date_of_birth=2010-03-04 forename=1.5\n"
    );
    assert_eq!(
        rejects(&extracted),
        [
            "6 nhs_number: damaged by a spreadsheet (scientific notation)",
            "7 row: empty row",
            "8 nhs_number: damaged by a spreadsheet (error instead of a value)",
        ]
    );
    let seen = peek(&file, &format("Children", 3), 2).unwrap();
    assert_eq!(seen.kind, FileKind::Workbook);
    assert_eq!(seen.sheets, ["Notes", "Children"]);
    assert_eq!(seen.columns, ["id", "first", "dob", "nhs"]);
    assert_eq!(seen.rows[1], ["2", "Bo", "2010-03-04T12:00:00", "1.0E+9"]);
    assert_eq!(seen.header_line, 4);
    assert_eq!(peek(&file, &format("Children", 0), 0).unwrap().header_line, 2);
}

#[test]
fn a_sheet_that_is_not_there_or_empty_is_an_error() {
    let folder = Folder::new();
    let file = folder.write("a.xlsx", children());
    let said = |format| folder.say(&peek(&file, &format, 1).unwrap_err());
    assert_eq!(said(format("Kids", 0)), "`a.xlsx` has no sheet `Kids`; it has `Notes`, `Children`");
    assert_eq!(said(Format::default()), "`a.xlsx` is empty, without even a header");
}

#[test]
fn a_truncated_workbook_is_an_error() {
    let folder = Folder::new();
    let bytes = children();
    for length in [bytes.len() - 30, bytes.len() / 2, 10] {
        let file = folder.write("a.xlsx", &bytes[..length]);
        let errors = read(&[source("s", &[file], MAPPING)], &Silent).unwrap_err();
        assert_eq!(
            folder.say_all(&errors),
            [
                "`a.xlsx` is a truncated or damaged workbook; it broke off after 0 rows were read, and must be sent again"
            ]
        );
    }
}

#[test]
fn an_opendocument_sheet_is_read_too() {
    let cell = |kind: &str, text: &str| {
        format!(
            "<table:table-cell office:value-type={kind}><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let header: String =
        ["id", "first", "dob", "nhs"].map(|name| cell("\"string\"", name)).concat();
    let row = [
        cell("\"float\" office:value=\"1\"", "1"),
        cell("\"string\"", "Ann"),
        cell("\"date\" office:date-value=\"2010-03-04\"", "4 March"),
        cell("\"float\" office:value=\"9434765919\"", "9.43E+9"),
    ]
    .concat();
    let names = "urn:oasis:names:tc:opendocument:xmlns:";
    let content = format!(
        "<office:document-content xmlns:office=\"{names}office:1.0\" xmlns:table=\"{names}table:1.0\" xmlns:text=\"{names}text:1.0\"><office:body><office:spreadsheet><table:table table:name=\"One\"><table:table-row>{header}</table:table-row><table:table-row>{row}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let folder = Folder::new();
    let kind = "application/vnd.oasis.opendocument.spreadsheet".to_owned();
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>".to_owned();
    let bytes = archive(&[
        ("mimetype", kind),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", content),
    ]);
    let file = folder.write("a.ods", bytes);
    assert_eq!(
        render(&take(&[source("s", &[file], MAPPING)])),
        "s 1: date_of_birth=2010-03-04 forename=Ann nhs_number=9434765919\n"
    );
}
