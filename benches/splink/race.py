"""Runs Kinfold and Splink on the same records, one after the other, and prints what each took.

    python race.py KINFOLD [--persons N] [--seed S] [--threads T] [--repeat R] [--threshold BITS]
                   [--only predict|whole] [--goldenmatch PYTHON] [--work FOLDER] [--name NAME] [--note TEXT]

KINFOLD is the binary. It invents a town of N persons (`kinfold synth`), of which `people.py` makes
one table. Both engines read that table, from Parquet. There are two races:

- predict: the model in `people.json`, trained once by `train.py`, is run by Splink and, imported,
  by Kinfold. Both keep the pairs from the threshold up, and their pairs and weights are compared;
  the race ends with 1 if they do not agree.
- whole: each learns its own model, and forms persons: Splink by connected components from a match
  probability of 0.95, Kinfold as it does without being told anything but what the columns are. What
  other thresholds would have given Splink is found after the race.

Runs alternate, Kinfold first. Each is a process of its own, so that its peak memory is its own; a
second's start of Python is part of Splink's. With `--name` a page of the results is written to
`benches/results`. Needs what `parity.py` needs. PYTHON is one that has `goldenmatch` and `pyarrow`: a
third engine in the whole race, which chooses everything for itself.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODEL = HERE / "people.json"
LINK = 0.95
SWEEP = [0.99, 0.999, 0.9999, 0.99999, 0.999999]
FIELDS = {"forename": "forename", "surname": "surname", "date_of_birth": "dob", "sex": "sex", "address": "address",
          "postcode": "postcode", "phone": "phone", "email": "email"}


def at_threshold(output, probability):
    return f"{str(output).removesuffix('.parquet')}_{probability}.parquet"


# Splink's side, in a process of its own. Times are printed as JSON.


def splink(race, table, output, threads, threshold):
    import duckdb
    from splink import DuckDBAPI, Linker

    import train

    clock, last = {}, time.perf_counter()

    def lap(stage):
        nonlocal last
        now = time.perf_counter()
        clock[stage], last = now - last, now

    con = duckdb.connect(config={"threads": threads})
    con.execute(f"create table people as select * exclude (person, source) from '{table}'")
    api = DuckDBAPI(con)
    people = api.register("people")
    lap("read")
    if race == "predict":
        linker = Linker(people, json.loads(MODEL.read_text()))
        found = linker.inference.predict(threshold_match_weight=threshold)
        lap("predict")
        con.execute(f"copy (select record_id_l l, record_id_r r, match_weight weight from {found.physical_name}) to '{output}'")
        lap("write")
    else:
        linker = Linker(people, train.settings())
        train.learn(linker)
        lap("learn")
        found = linker.inference.predict(threshold_match_probability=LINK)
        lap("predict")
        persons = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=LINK)
        lap("cluster")
        con.execute(f"copy (select record_id, cluster_id person from {persons.physical_name}) to '{output}'")
        lap("write")
    if race == "sweep":
        for probability in SWEEP:
            persons = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=probability)
            con.execute(f"copy (select record_id, cluster_id person from {persons.physical_name}) to '{at_threshold(output, probability)}'")
    print(json.dumps(clock))


def goldenmatch(table, output):
    import goldenmatch
    import pyarrow as pa
    import pyarrow.parquet as pq

    clock, last = {}, time.perf_counter()
    people = pq.read_table(table).drop_columns(["person", "source"])
    result = goldenmatch.dedupe_df(people, exclude_columns=["record_id"])
    clock["dedupe"] = time.perf_counter() - last
    person = [f"alone {row}" for row in range(people.num_rows)]
    for name, cluster in result.clusters.items():
        for row in cluster["members"]:
            person[row] = str(name)
    pq.write_table(pa.table({"record_id": people["record_id"], "person": person}), output)
    print(json.dumps(clock))


# Running and measuring.


def measured(command, folder):
    """What a command prints, its wall and processor seconds, and its peak memory in MiB."""
    small = [sys.executable, "-S", "-I", HERE / "measure.py"]
    done = subprocess.run(list(map(str, [*small, *command])), cwd=folder, capture_output=True, text=True)
    *said, last = done.stderr.splitlines()
    code, wall, cpu, memory = map(float, last.split())
    if code:
        sys.exit("\n".join([" ".join(map(str, command)), *said[-30:]]))
    return done.stdout, {"wall": wall, "cpu": cpu, "memory": memory}


def run_splink(race, table, folder, options):
    output = folder / f"splink_{race}.parquet"
    command = [sys.executable, __file__, "--splink", race, table, output, options.threads, options.threshold]
    printed, used = measured(command, folder)
    return used | {"stages": json.loads(printed.splitlines()[-1])}, output


def run_kinfold(race, folder, options):
    shutil.rmtree(folder / "snapshots", ignore_errors=True)
    model = ["--model", "model.json"] if race == "predict" else []
    command = [options.kinfold, "run", f"{race}.toml", *model, "--threads", options.threads, "--progress", "none"]
    _, used = measured(command, folder)
    snapshot = next(path for path in (folder / "snapshots").glob("*/run.json")).parent
    run = json.loads((snapshot / "run.json").read_text())
    return used | {"stages": {timing["stage"]: timing["seconds"] for timing in run["timings"]}}, snapshot


def run_goldenmatch(table, folder, python):
    output = folder / "goldenmatch.parquet"
    printed, used = measured([python, __file__, "--goldenmatch-run", table, output], folder)
    return used | {"stages": json.loads(printed.splitlines()[-1])}, output


def plans(folder, options):
    """The plans of the two races: the imported one, and one that says what the columns are."""
    measured([options.kinfold, "import", "splink", MODEL, "--files", "people.parquet",
              "--output", "predict.toml", "--model", "model.json"], folder)
    plan = folder / "predict.toml"
    lines = plan.read_text().splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("link = "))
    # What is kept as a pair does not depend on what is a link, which must not be below it.
    lines.insert(at + 1, f"possible_link = {options.threshold:.1f}")
    plan.write_text("\n".join(lines) + "\n")
    columns = "\n".join(f'{field} = "{column}"' for field, column in FIELDS.items())
    (folder / "whole.toml").write_text(
        f'run_date = 2026-03-31\n\n[[source]]\nname = "people"\nfiles = ["people.parquet"]\nkey = "record_id"\n\n[source.columns]\n{columns}\n')


# Telling.


def middle(runs, of):
    return statistics.median(map(of, runs))


def table_of(rows):
    """Rows of a name and two lists of measurements, as a Markdown table with medians, least and ratio."""
    yield "| | Kinfold, median (least) | Splink, median (least) | Splink / Kinfold |"
    yield "|---|---|---|---|"
    for name, ours, theirs, form in rows:
        cells = [f"{form.format(statistics.median(values))} ({form.format(min(values))})" for values in (ours, theirs)]
        yield f"| {name} | {cells[0]} | {cells[1]} | **{statistics.median(theirs) / statistics.median(ours):.1f}** |"


def stages(runs):
    names = runs[0]["stages"]
    return ", ".join(f"{name} {middle(runs, lambda run: run['stages'][name]):.2f}" for name in names)


def race(name, kinfold, splink_run, options):
    """Both engines, alternating; the measurements and the last outputs."""
    ours, theirs = [], []
    for turn in range(options.repeat):
        measurement, snapshot = kinfold()
        ours.append(measurement)
        measurement, output = splink_run()
        theirs.append(measurement)
        print(f"{name} {turn + 1}: Kinfold {ours[-1]['wall']:.2f} s, {ours[-1]['memory']:.0f} MiB; "
              f"Splink {theirs[-1]['wall']:.2f} s, {theirs[-1]['memory']:.0f} MiB", file=sys.stderr, flush=True)
    return ours, theirs, snapshot, output


def predict(folder, options):
    import agree

    table = folder / "people.parquet"
    ours, theirs, snapshot, output = race(
        "predict", lambda: run_kinfold("predict", folder, options),
        lambda: run_splink("predict", table, folder, options), options)
    counts, wrong = agree.agreement(
        f"(select key l, other_key r, match_weight weight from '{snapshot}/links.parquet')", f"'{output}'", options.threshold)
    weighed = json.loads((snapshot / "manifest.json").read_text())["totals"]["candidates"]
    right = not counts["only_ours"] and not counts["only_theirs"] and not counts["over"]

    def time_of(*names):
        return lambda run: sum(run["stages"][name] for name in names)
    lines = ["## The same model", ""]
    lines += table_of([
        ("propose, compare and weigh (s)", list(map(time_of("normalise", "block", "score"), ours)), list(map(time_of("predict"), theirs)), "{:.2f}"),
        ("the whole process (s)", [run["wall"] for run in ours], [run["wall"] for run in theirs], "{:.2f}"),
        ("its processor time (s)", [run["cpu"] for run in ours], [run["cpu"] for run in theirs], "{:.2f}"),
        ("its peak memory (MiB)", [run["memory"] for run in ours], [run["memory"] for run in theirs], "{:,.0f}"),
    ])
    lines += [
        "", "The first row is normalise, block and score of Kinfold, `predict` of Splink. Kinfold's process goes on to",
        "persons, a snapshot and a report; Splink's writes its pairs and ends.", "",
        f"- {counts['pairs']:,} pairs of both from {options.threshold:g} bits up, of {weighed:,} weighed; "
        f"{counts['only_ours']:,} of Kinfold only, {counts['only_theirs']:,} of Splink only.",
        f"- Weights are at most {counts['most_apart']:.2e} bits apart; {counts['over']:,} by more than {agree.TOLERANCE:g}.",
        f"- Stages of Kinfold, median s: {stages(ours)}.", f"- Stages of Splink, median s: {stages(theirs)}.", ""]
    for pair, our, their in wrong:
        print("   ", pair, our, their, file=sys.stderr)
    return lines, right


def whole(folder, options):
    import agree

    table = folder / "people.parquet"
    ours, theirs, snapshot, output = race(
        "whole", lambda: run_kinfold("whole", folder, options),
        lambda: run_splink("whole", table, folder, options), options)
    persons = {
        "Kinfold, as it is": f"(select key record_id, person_id person from '{snapshot}/records.parquet')",
        f"Splink, from {LINK}": f"'{output}'",
    }
    _, swept = run_splink("sweep", table, folder, options)
    by_threshold = {p: agree.cluster_f1(f"'{at_threshold(swept, p)}'", f"'{table}'")["f1"] for p in SWEEP}
    best = max(SWEEP, key=by_threshold.get)
    if by_threshold[best] > agree.cluster_f1(f"'{output}'", f"'{table}'")["f1"]:
        persons[f"Splink, from {best}, the best of {len(SWEEP) + 1} with the truth in hand"] = f"'{at_threshold(swept, best)}'"
    lines = ["## Each with its own learning", ""]
    # Kinfold's stages end with the snapshot: Splink makes no report.
    to_result = [[sum(run["stages"].values()) for run in runs] for runs in (ours, theirs)]
    lines += table_of([
        ("until persons are written (s)", *to_result, "{:.2f}"),
        ("the whole process (s)", [run["wall"] for run in ours], [run["wall"] for run in theirs], "{:.2f}"),
        ("its processor time (s)", [run["cpu"] for run in ours], [run["cpu"] for run in theirs], "{:.2f}"),
        ("its peak memory (MiB)", [run["memory"] for run in ours], [run["memory"] for run in theirs], "{:,.0f}"),
    ])
    lines += ["", f"- Stages of Kinfold, median s: {stages(ours)}.", f"- Stages of Splink, median s: {stages(theirs)}."]
    if options.goldenmatch:
        third_run, third = run_goldenmatch(table, folder, options.goldenmatch)
        persons["GoldenMatch, as it is"] = f"'{third}'"
        lines.append(f"- GoldenMatch, once: {third_run['wall']:.2f} s, {third_run['cpu']:.2f} s of processors, {third_run['memory']:,.0f} MiB.")
    lines += ["", "| persons, pairs of records | precision | recall | F1 |", "|---|---|---|---|"]
    for engine, relation in persons.items():
        f1 = agree.cluster_f1(relation, f"'{table}'")
        lines.append(f"| {engine} | {f1['precision']:.4f} | {f1['recall']:.4f} | {f1['f1']:.4f} |")
    return [*lines, ""], True


def machine():
    with open("/proc/cpuinfo") as told:
        models = [line.split(":", 1)[1].strip() for line in told if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    load = os.getloadavg()
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} virtual processors, {pages / 2**30:.0f} GiB", load


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kinfold", type=Path)
    parser.add_argument("--persons", type=int, default=25_600)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threshold", type=float, default=-2.0)
    parser.add_argument("--only", choices=["predict", "whole"])
    parser.add_argument("--goldenmatch")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--name")
    parser.add_argument("--note", default="")
    options = parser.parse_args()
    options.kinfold = options.kinfold.resolve()
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        lines, right = raced(Path(folder).resolve(), options)
    print("\n".join(lines))
    if options.name:
        day = datetime.date.today().isoformat()
        (HERE.parent / "results" / f"{day}-{options.name}.md").write_text("\n".join(lines))
    sys.exit(not right)


def raced(folder, options):
    import duckdb
    import people
    import pyarrow.parquet as pq
    import splink as engine

    _, load = machine()
    measured([options.kinfold, "synth", "town", "--persons", options.persons, "--seed", options.seed, "--progress", "none"], folder)
    table = people.people(folder / "town")
    pq.write_table(table, folder / "people.parquet")
    plans(folder, options)
    commit = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=7"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    told = " ".join(f"--{name} {getattr(options, name)}" for name in ("persons", "seed", "threads", "repeat"))
    lines = [
        f"# {table.num_rows:,} records, Kinfold and Splink", "",
        f"{datetime.date.today().isoformat()}; {machine()[0]}; load before the first run {load[0]:.1f}. Kinfold at commit {commit}; "
        f"Splink {engine.__version__}, DuckDB {duckdb.__version__}, Python {platform.python_version()}. {options.threads} threads each, "
        f"{options.repeat} runs each, alternating.", "",
        f"`python benches/splink/race.py target/release/kinfold {told}`", ""]
    lines += [options.note, ""] if options.note else []
    right = True
    for name, run in (("predict", predict), ("whole", whole)):
        if options.only in (None, name):
            more, agrees = run(folder, options)
            lines += more
            right &= agrees
    return lines, right


if __name__ == "__main__":
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    if sys.argv[1] == "--splink":
        splink(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), float(sys.argv[6]))
    elif sys.argv[1] == "--goldenmatch-run":
        goldenmatch(*sys.argv[2:4])
    else:
        main()
