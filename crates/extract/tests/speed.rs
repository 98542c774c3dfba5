//! Temporary.
use extract::*;
use record::*;
#[test]
fn speed() {
    use std::fmt::Write as _;
    let mut text = String::from("id,first,last,dob,sex,nhs,home,post,phone,seen\n");
    let n = 1_000_000u64;
    for i in 0..n {
        let h = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        writeln!(text, "k{i},First{},Last{},{:02}/{:02}/{},M,{},{} High Street Town,ZZ{} {}AA,07{:09},2024-01-01", h%5000, h%20000, h%28+1, h%12+1, 1940+h%80, 1_000_000_000+h%8_999_999_999, h%300000, h%90, h%9, h%1_000_000_000).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    std::fs::write(&path, &text).unwrap();
    let f = |name: &str, col: &str| FieldSpec {
        field: Field::standard(name).unwrap(),
        columns: vec![col.into()],
        split: None,
        codes: if name == "sex" { vec![("M".into(), "male".into())] } else { vec![] },
    };
    let spec = SourceSpec {
        source: Source {
            name: "s".into(),
            agency: String::new(),
            system: String::new(),
            side: Side::Both,
            agreement: String::new(),
            as_at: None,
            unique: true,
        },
        files: vec![path],
        delivery: Delivery::Full,
        format: Format::default(),
        dates: DateOrder::DayFirst,
        key: Some("id".into()),
        repeat: Repeat::Reject,
        persons: vec![PersonSpec {
            role: String::new(),
            key: None,
            relationship: None,
            fields: vec![
                f("forename", "first"),
                f("surname", "last"),
                f("date_of_birth", "dob"),
                f("sex", "sex"),
                f("nhs_number", "nhs"),
                f("address", "home"),
                f("postcode", "post"),
                f("phone", "phone"),
                f("seen", "seen"),
            ],
        }],
    };
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let t = std::time::Instant::now();
        let e = pool.install(|| read(std::slice::from_ref(&spec), &Silent)).unwrap();
        eprintln!(
            "{threads} threads: {:?}, {} records, {} MB",
            t.elapsed(),
            e.records.len(),
            text.len() / 1_000_000
        );
    }
}
