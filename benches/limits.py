"""Measures what this machine can do at most at the kinds of work that a run consists of.

    python limits.py [PEOPLE.parquet [EXTRACT.csv]]

One thread each, the best of five, in processor time (a file's writing in wall time). docs/performance.md holds the stages of a run against these
figures. PEOPLE is a table of `splink/people.py`, read whole and by Arrow alone; EXTRACT is any large
file of delimited text. Needs `numpy`, `pyarrow` and `duckdb`.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq


def best(work, turns=5, clock=time.process_time):
    """Processor seconds, so that a machine with other work to do tells nearly the same."""
    least = float("inf")
    for _ in range(turns):
        began = clock()
        work()
        least = min(least, clock() - began)
    return least


def tell(what, value, unit):
    print(f"{what:<64} {value:>10,.1f} {unit}", flush=True)


def memory():
    size = 1 << 28
    source, target = numpy.ones(size // 8), numpy.zeros(size // 8)
    tell("copy of 256 MiB, read and written", 2 * size / best(lambda: numpy.copyto(target, source)) / 1e9, "GB/s")
    tell("sum of 256 MiB, read", size / best(source.sum) / 1e9, "GB/s")
    draw = numpy.random.default_rng(1)
    for kib in (256, 4096, 65536):
        table = numpy.arange(kib * 256, dtype=numpy.uint32)
        at = draw.integers(0, len(table), 1 << 21)
        out = numpy.empty(len(at), numpy.uint32)
        taken = best(lambda: numpy.take(table, at, out=out, mode="clip"))
        tell(f"four bytes at random places of {kib:,} KiB, independent", taken / len(at) * 1e9, "ns each")


def sorting():
    keys = numpy.random.default_rng(1).integers(0, 1 << 63, 1 << 21, dtype=numpy.uint64)
    tell("sort of 2 million 8-byte keys", best(lambda: numpy.sort(keys)) / len(keys) * 1e9, "ns each")


def texts():
    """How fast a library compares words: what a similarity costs that is computed for each pair."""
    con = duckdb.connect(config={"threads": 1})
    con.execute("select setseed(0.5)")
    con.execute("create table words as select list_transform(range(7), x -> chr(97 + (random() * 26)::int % 26)).list_aggregate('string_agg', '') a, "
                "list_transform(range(7), x -> chr(97 + (random() * 26)::int % 26)).list_aggregate('string_agg', '') b from range(1000000)")
    for function in ("jaro_winkler_similarity", "damerau_levenshtein", "levenshtein"):
        taken = best(lambda: con.execute(f"select sum({function}(a, b)) from words").fetchall(), 3)
        tell(f"{function} of two words of seven letters, in DuckDB", taken / 1e6 * 1e9, "ns each")


def files(people, extract):
    if people:
        table = pq.read_table(people)
        taken = best(lambda: pq.read_table(people, use_threads=False))
        tell("Parquet of people, read by Arrow", table.num_rows / taken / 1e6, "million rows/s")
    if extract:
        options = pa.csv.ReadOptions(use_threads=False)
        table = pa.csv.read_csv(extract)
        taken = best(lambda: pa.csv.read_csv(extract, read_options=options))
        tell("delimited text, read by Arrow", os.path.getsize(extract) / taken / 1e6, "MB/s")
        tell("delimited text, read by Arrow", table.num_rows / taken / 1e6, "million rows/s")
    block = os.urandom(1 << 26)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        def write():
            with open(Path(folder) / "block", "wb") as file:
                file.write(block)
                file.flush()
                os.fsync(file.fileno())
        tell("a file of 64 MiB written and made durable", len(block) / best(write, clock=time.perf_counter) / 1e6, "MB/s")


if __name__ == "__main__":
    print(f"numpy {numpy.__version__}, Arrow {pa.__version__}, DuckDB {duckdb.__version__}; load {os.getloadavg()[0]:.1f}")
    memory()
    sorting()
    texts()
    files(*(sys.argv[1:] + [None, None])[:2])
