//! How cells become values, residences and persons.

use extract::DateOrder;

use crate::support::{Folder, check_file, rejects, render, source, take};

#[test]
fn columns_are_joined_and_cells_split() {
    check_file(
        "a.csv",
        "id,a,b,c,phones,y,m,d\n\
         1, 1 High St,,Town ,07700 900001; 07700 900002 ;;07700 900001,1949,7,2\n\
         2,NULL,N/A,Town,-,1949,7,\n\
         3,\"1 High St,\nLow End\",-,Town,,,,\n\
         4,,,,,,7,2\n",
        "key id
         address: a + b + c
         name: a + c
         phone: phones | split ;
         date_of_birth: y + m + d",
        "s 1: date_of_birth=1949-07-02 name=1 High St Town phone=07700 900001;07700 900002 @1 High St, Town|||||
         s 2: date_of_birth=1949-07 name=Town @Town|||||
         s 3: name=1 High St,\nLow End Town @1 High St,\nLow End, Town|||||
         s 4:"
            .replace("@1 High St,\nLow End", "@1 High St, Low End")
            .as_str(),
        &["6 date_of_birth: not a date"],
    );
}

#[test]
fn codes_are_translated_and_unknown_ones_refused() {
    check_file(
        "a.csv",
        "id,sex\n1,m\n2, F \n3,9\n4,X\n5,\n6,n/a\n",
        "key id\nsex: sex | codes M=male f=female 9=",
        "s 1: sex=male
         s 2: sex=female
         s 3:
         s 4:
         s 5:
         s 6:",
        &["5 sex: not among the codes of the plan"],
    );
}

#[test]
fn what_a_spreadsheet_damaged_is_refused_or_mended() {
    check_file(
        "a.csv",
        "id,nhs,phone,uprn,name,post,dob\n\
         1,9434765919.0,7.7009E+09,1.00012E+11,1.0E+02,ZZ1 1ZZ,40241\n\
         2,9434765919,07700900001.0,100012345678,#REF!,#N/A,########\n\
         3.0,,,,,,\n\
         1.0E+3,,,,,,x\n\
         1E+10,,,,,,x\n",
        "key id
         nhs_number: nhs
         phone: phone
         uprn: uprn
         postcode: post
         name: name
         date_of_birth: dob",
        "s 1: date_of_birth=2010-03-04 name=1.0E+02 nhs_number=9434765919 @|ZZ1 1ZZ||||
         s 2: nhs_number=9434765919 phone=07700900001 @||100012345678|||
         s 3:",
        &[
            "2 phone: damaged by a spreadsheet (scientific notation)",
            "2 uprn: damaged by a spreadsheet (scientific notation)",
            "3 date_of_birth: damaged by a spreadsheet (error instead of a value)",
            "3 name: damaged by a spreadsheet (error instead of a value)",
            "5 row: key damaged by a spreadsheet (scientific notation)",
            "6 row: key damaged by a spreadsheet (scientific notation)",
        ],
    );
}

#[test]
fn dates_are_read_in_the_order_of_the_source() {
    let folder = Folder::new();
    let file = folder.write(
        "a.csv",
        "id,dob\n1,03/04/2010\n2,2010-03-04T00:00:00\n3,31/02/2010\n4,13/01/2010\n5,01/01/0700\n6,1/2/10\n",
    );
    let mut spec = source("s", &[file], "key id\ndate_of_birth: dob");
    let dates = |text: &str| text.replace("date_of_birth=", "");
    let extracted = take(&[spec.clone()]);
    assert_eq!(
        dates(&render(&extracted)),
        "s 1: 2010-04-03\ns 2: 2010-03-04\ns 3: 2010-02-31\ns 4: 2010-01-13\ns 5:\ns 6:\n"
    );
    assert_eq!(
        rejects(&extracted),
        [
            "4 date_of_birth: no such day; kept as written, for comparing only",
            "6 date_of_birth: year before 1000 or after 2200",
            "7 date_of_birth: year of two digits",
        ]
    );
    spec.dates = DateOrder::MonthFirst;
    let extracted = take(&[spec]);
    assert!(dates(&render(&extracted)).starts_with("s 1: 2010-03-04\n"));
    assert_eq!(rejects(&extracted).len(), 4);
}

#[test]
fn a_residence_is_made_of_its_fields_and_they_are_no_columns() {
    let mapping = "key id
        address: a
        postcode: p
        uprn: u
        address_from: f
        address_to: t
        seen: s";
    let folder = Folder::new();
    let file = folder.write(
        "a.csv",
        "id,a,p,u,f,t,s\n1,1 High St,ZZ1 1ZZ,12,01/02/2010,bad,2020\n2,,,,01/02/2010,,2020\n3,,ZZ1 1ZZ,,,,\n",
    );
    let extracted = take(&[source("s", &[file], mapping)]);
    assert_eq!(
        render(&extracted),
        "s 1: @1 High St|ZZ1 1ZZ|12|2010-02-01||2020\ns 2:\ns 3: @|ZZ1 1ZZ||||\n"
    );
    assert_eq!(rejects(&extracted), ["2 address_to: not a date"]);
    assert!(extracted.records.columns.is_empty());
}

#[test]
fn a_second_address_is_a_second_residence() {
    check_file(
        "a.csv",
        "id,home,hp,pp,s\n1,1 High St,ZZ1 1ZZ,ZZ1 2ZZ,2020\n2,,,ZZ1 2ZZ,2021\n",
        "key id\naddress: home\npostcode: hp\npostcode: pp\nseen: s",
        "s 1: @1 High St|ZZ1 1ZZ||||2020 @|ZZ1 2ZZ||||2020
         s 2: @|ZZ1 2ZZ||||2021",
        &[],
    );
}

#[test]
fn two_columns_of_one_field_are_further_values() {
    check_file(
        "a.csv",
        "id,upn,former\n1,A1,B2\n2,,B2\n3,A1,A1\n",
        "key id\nupn: upn\nupn: former",
        "s 1: upn=A1;B2
         s 2: upn=B2
         s 3: upn=A1",
        &[],
    );
}

#[test]
fn every_person_in_a_row_is_a_record() {
    check_file(
        "a.csv",
        "id,child,mid,mum,kin,post\n\
         c1,Ann,m1,Eve,Fay,ZZ1 1ZZ\n\
         c2,Bo,m1,Evie,,ZZ1 1ZZ\n\
         c3,Cy,,Gail,Fay,ZZ1 2ZZ\n\
         c4,Di,m2,,,ZZ1 2ZZ\n\
         c5,Flo,1.0E+9,,,ZZ1 2ZZ\n\
         c6,Guy,1E+9,Hope,,\n",
        "key id
         forename: child
         postcode: post
         person mother mother mid
         forename: mum
         person kin contact
         forename: kin",
        "s c1: forename=Ann @|ZZ1 1ZZ|||| mother=mother/m1 contact=c1/kin
         s c1/kin: forename=Fay
         s c2: forename=Bo @|ZZ1 1ZZ|||| mother=mother/m1
         s c3: forename=Cy @|ZZ1 2ZZ|||| mother=c3/mother contact=c3/kin
         s c3/kin: forename=Fay
         s c3/mother: forename=Gail
         s c4: forename=Di @|ZZ1 2ZZ||||
         s c5: forename=Flo @|ZZ1 2ZZ||||
         s c6: forename=Guy mother=c6/mother
         s c6/mother: forename=Hope
         s mother/m1: forename=Evie;Eve",
        &[
            "6 key: key damaged by a spreadsheet (scientific notation)",
            "7 key: key damaged by a spreadsheet (scientific notation)",
        ],
    );
}
