"""What two engines say of pairs and persons, laid side by side.

Pairs are tables of two records' ids and a match weight, in either order of the two; persons are
tables of a record's id and a name of its person.
"""

import duckdb
import pyarrow as pa

TOLERANCE = 1e-4


def pairs(rows, weights):
    """A table of pairs from two ids each, and weights."""
    left, right = zip(*rows) if rows else ((), ())
    return pa.table({"l": pa.array(left, pa.string()), "r": pa.array(right, pa.string()), "weight": pa.array(weights, pa.float64())})


def agreement(ours, theirs, edge=None):
    """How far two tables of pairs `l, r, weight` agree, each a file's or relation's name in `duckdb`.

    A pair that stands on one side only is not counted if its weight is within the tolerance of
    `edge`, the weight from which pairs were asked for.
    """
    ordered = "select least(l, r) a, greatest(l, r) b, weight from"
    beyond = f"and abs(coalesce(x.weight, y.weight) - {edge}) > {TOLERANCE}" if edge is not None else ""
    duckdb.sql(f"create or replace temp table laid as select a, b, x.weight ours, y.weight theirs "
               f"from ({ordered} {ours}) x full join ({ordered} {theirs}) y using (a, b) "
               f"where (x.weight is not null and y.weight is not null) or (true {beyond})")
    counts = duckdb.sql(f"""
        select count(*) filter (ours is not null and theirs is not null), count(*) filter (theirs is null),
               count(*) filter (ours is null), coalesce(max(abs(ours - theirs)), 0),
               count(*) filter (abs(ours - theirs) > {TOLERANCE}) from laid""").fetchone()
    wrong = duckdb.sql(f"select (a, b), ours, theirs from laid where ours is null or theirs is null or abs(ours - theirs) > {TOLERANCE} "
                       "order by abs(ours - theirs) desc nulls last, a, b limit 5").fetchall()
    return dict(zip(("pairs", "only_ours", "only_theirs", "most_apart", "over"), counts)), wrong


def cluster_f1(persons, truth):
    """Pairwise precision, recall and F1 of `record_id, person` against the truth, both names in `duckdb`."""
    def together(*by):
        sql = f"select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) n from " \
              f"(select p.person found, t.person right_one from {persons} p join {truth} t using (record_id)) group by {', '.join(by)})"
        return duckdb.sql(sql).fetchone()[0]
    right, said, true = together("found", "right_one"), together("found"), together("right_one")
    precision, recall = right / said if said else 1.0, right / true if true else 1.0
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / ((precision + recall) or 1.0)}
