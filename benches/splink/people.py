"""Makes one table of person records of an invented town's extracts, as an analyst would for Splink.

    python people.py TOWN OUTPUT.parquet

TOWN is a folder that `kinfold synth` has written. Each record of its truth becomes a row: who is
named in a row of an extract, with what the row says of them, by the town's own plan. Names are in
small letters and in two columns, dates are year-month-day, postcodes have one blank, phone numbers
begin with 0. What cannot be put so is left out. `person` is the truth, for measuring alone.
"""

import csv
import datetime
import gzip
import io
import json
import re
import sys
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = ["record_id", "source", "forename", "surname", "dob", "sex", "address", "postcode", "phone", "email"]


def rows(path, source):
    """The rows of one file, each a dictionary of columns."""
    name = path.name
    if name.endswith(".parquet"):
        return pq.read_table(path).to_pylist()
    if name.endswith(".arrow"):
        return pa.ipc.open_file(path).read_all().to_pylist()
    if name.endswith(".zst"):
        raw = pa.input_stream(str(path), compression="zstd").read()
    else:
        raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    text = raw.decode(source.get("encoding", "utf-8-sig"))
    if ".jsonl" in name:
        return [json.loads(line) for line in text.splitlines() if line]
    delimiter = source.get("delimiter", "\t" if ".tsv" in name else ",")
    return csv.DictReader(io.StringIO(text), delimiter=delimiter)


def cell(row, spec):
    """What a field's column or columns say, as text."""
    if isinstance(spec, list):
        return ", ".join(filter(None, (cell(row, column) for column in spec)))
    if isinstance(spec, dict):
        text = cell(row, spec["column"])
        if "split" in spec:
            text = text.split(spec["split"])[0]
        return spec.get("codes", {}).get(text, text)
    value = row.get(spec)
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value).strip()


def name(text):
    """A whole name's forename and surname: `SURNAME, Forename` or in the usual order."""
    if "," in text:
        surname, forename = (part.strip() for part in text.split(",", 1))
        return forename.split(" ")[0], surname
    words = [word for word in text.split() if word.lower().strip(".") not in ("mr", "mrs", "ms", "miss", "dr", "&")]
    return (words[0], words[-1]) if len(words) > 1 else ("", "".join(words))


def day(text, year_first):
    """A whole day as year-month-day, or nothing."""
    parts = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text) or re.fullmatch(r"(\d+)[-/. ](\d+)[-/. ](\d+)(?:[T ].*)?", text)
    if not parts:
        return None
    first, month, last = map(int, parts.groups())
    year, date = (first, last) if year_first or first > 31 else (last, first)
    try:
        return datetime.date(year, month, date).isoformat()
    except ValueError:
        return None


def postcode(text):
    tight = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{tight[:-3]} {tight[-3:]}" if 5 <= len(tight) <= 7 else None


def phone(text):
    digits = re.sub(r"\D", "", text)
    digits = "0" + digits[2:] if digits.startswith("44") else digits
    return digits if len(digits) >= 10 else None


def record(row, columns, year_first):
    """What a row says of one person, or nothing if it names nobody."""
    said = {field: cell(row, spec) for field, spec in columns.items()}
    forename, surname = said.get("forename", ""), said.get("surname", "")
    if said.get("name"):
        forename, surname = name(said["name"])
    if not (forename or surname):
        return None
    address = re.sub(r"[^a-z0-9]+", " ", said.get("address", "").lower()).strip()
    return {
        "forename": forename.lower() or None, "surname": surname.lower() or None,
        "dob": day(said.get("date_of_birth", ""), year_first), "sex": said.get("sex", "").lower()[:1] or None,
        "address": address or None, "postcode": postcode(said.get("postcode", "")),
        "phone": phone(said.get("phone", "")), "email": said.get("email", "").lower() or None,
    }


def people(town):
    """The table, ordered by source and key, and told in records that the truth knows."""
    plan = tomllib.loads((town / "plan.toml").read_text())
    truth = pq.read_table(town / "truth.parquet").to_pydict()
    truth = {(s, k): p for s, k, p in zip(truth["source"], truth["key"], truth["person"])}
    found = {}
    for source in plan["source"]:
        year_first = source["dates"] == "year_first"
        for pattern in source["files"]:
            for path in sorted(town.glob(pattern)):
                for row in rows(path, source):
                    own = cell(row, source["key"])
                    named = [(own, source["columns"])]
                    for other in source.get("person", []):
                        key = cell(row, other["key"]) if "key" in other else ""
                        key = f"{other['role']}/{key}" if key else f"{own}/{other['role']}"
                        named.append((key, other["columns"]))
                    for key, columns in named:
                        at = (source["name"], key)
                        if at in truth and at not in found and (said := record(row, columns, year_first)):
                            found[at] = said
    lines = [{"record_id": f"{s}:{k}", "source": s, **said, "person": truth[s, k]} for (s, k), said in sorted(found.items())]
    table = pa.Table.from_pylist(lines, schema=pa.schema([(column, pa.string()) for column in [*COLUMNS, "person"]]))
    print(f"{len(truth):,} records in the truth, {table.num_rows:,} in the table", file=sys.stderr)
    return table


if __name__ == "__main__":
    pq.write_table(people(Path(sys.argv[1])), sys.argv[2])
