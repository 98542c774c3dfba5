"""Shows that an imported Splink model gives Splink's own answer.

Trains each model below with Splink on DuckDB, saves it, predicts with it; imports it with
`kinfold import splink`, runs the plan; and compares the pairs and the weights of the two. Ends
with 1 if any pair is on one side only or any weight differs by more than 1e-4 bits.

    python parity.py KINFOLD DATA [MODEL...]
    python parity.py --fixtures FOLDER

KINFOLD is the binary. DATA is a folder of folders, each with a `records.parquet`: fake_1000,
febrl1 to febrl4, rldata500, rldata10000 and fastlink_samplematch, as published; `record_id` names a record,
and `source_dataset` its source where there are two. Those that are not there are passed over.
The models of every comparison and
every level need none: their records are invented here. The second form writes those models and
Splink's weights, for a test without Python.
"""

import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import splink
import splink.blocking_rule_library as brl
import splink.internals.blocking_rule_library as inner
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, DuckDBAPI, Linker, SettingsCreator, block_on

import agree

FOUR = splink.__version__.startswith("4")
LIMIT = math.log2(1e300)
TF = {"term_frequency_adjustments": True}


def linker(tables, settings, names):
    if FOUR:
        return Linker(tables if len(tables) > 1 else tables[0], settings, db_api=DuckDBAPI(),
                      input_table_aliases=names if len(tables) > 1 else None)
    api = DuckDBAPI()
    named = zip(tables, names)
    tables = [api.register(table, dataset_display_name=name) if len(tables) > 1 else api.register(table)
              for table, name in named]
    return Linker(tables if len(tables) > 1 else tables[0], settings)


def predicted(linked):
    pairs = linked.inference.predict()
    columns = "record_id_l, record_id_r, match_weight"
    sql = f"select {columns} from {pairs.physical_name}"
    if FOUR:
        frame = linked._db_api._con.sql(sql).fetchall()
    else:
        frame = linked._db_api.duckdb_con.sql(sql).fetchall()
    return {tuple(sorted((str(l), str(r)))): w for l, r, w in frame}


def stopped(weight):
    """Splink 4 multiplies Bayes factors, and holds the product within 1e-300 and 1e300."""
    return min(max(weight, -LIMIT), LIMIT) if FOUR else weight


def kinfold(binary, folder, saved, files):
    def run(*arguments):
        done = subprocess.run([binary, *arguments], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"kinfold {' '.join(map(str, arguments))}\n{done.stderr}")
        return done
    run("import", "splink", saved, "--files", *files, "--every-pair")
    run("run", "plan.toml", "--model", "model.json")
    links = next((folder / "snapshots").glob("*/links.parquet"))
    rows = pq.read_table(links, columns=["key", "other_key", "match_weight"]).to_pydict()
    keys = zip(rows["key"], rows["other_key"], rows["match_weight"])
    return {tuple(sorted((a, b))): w for a, b, w in keys}


def compare(name, binary, tables, names, settings, train):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for table, source in zip(tables, names):
            pq.write_table(table, folder / f"{source}.parquet")
        linked = linker(tables, settings, names)
        train(linked)
        linked.misc.save_model_to_json(str(folder / "settings.json"))
        saved = json.loads((folder / "settings.json").read_text())
        # Splink 5 rounds nothing, but what it saves is what it is compared with.
        theirs = predicted(linker(tables, saved, names))
        ours = kinfold(binary, folder, "settings.json", [f"{source}.parquet" for source in names])
    duckdb.register("ours", agree.pairs(list(ours), [stopped(weight) for weight in ours.values()]))
    duckdb.register("theirs", agree.pairs(list(theirs), list(theirs.values())))
    found, wrong = agree.agreement("ours", "theirs")
    print(f"{name:<22} {found['pairs']:>9,} {found['only_ours']:>8,} {found['only_theirs']:>8,} "
          f"{found['most_apart']:>12.2e} {found['over']:>8,}", flush=True)
    for pair, our, their in wrong:
        print("   ", pair, our, their)
    return not wrong


def trained(deterministic, recall, em):
    def train(linked):
        linked.training.estimate_probability_two_random_records_match(deterministic, recall=recall)
        linked.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in em:
            try:
                linked.training.estimate_parameters_using_expectation_maximisation(rule)
            except ValueError as error:
                # Splink 5 refuses an m of nought; what it has not learned then keeps its default.
                print(f"    not learned by {rule}: {str(error)[:60]}")
    return train


def fake_1000():
    rules = [block_on(c) for c in ("first_name", "surname", "city", "email", "dob")]
    comparisons = [cl.NameComparison("first_name"), cl.NameComparison("surname"), cl.LevenshteinAtThresholds("dob", 1),
                   cl.ExactMatch("city").configure(**TF), cl.EmailComparison("email")]
    return "dedupe_only", rules, comparisons, trained(
        [block_on("first_name", "dob"), block_on("email")], 0.7, [block_on("first_name", "surname"), block_on("dob")])


def fake_1000_accuracy():
    rules = [block_on(c) for c in ("first_name", "surname", "dob", "email")]
    comparisons = [cl.ForenameSurnameComparison("first_name", "surname"), cl.DateOfBirthComparison("dob", input_is_string=True),
                   cl.ExactMatch("city").configure(**TF), cl.EmailComparison("email")]
    return "dedupe_only", rules, comparisons, trained(
        [block_on("first_name", "dob"), block_on("email")], 0.7,
        [block_on("dob"), block_on("email"), block_on("first_name", "surname")])


def febrl3():
    rules = [block_on(c) for c in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")]
    comparisons = [cl.NameComparison("given_name"), cl.NameComparison("surname"),
                   cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
                   cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
                   cl.ExactMatch("street_number").configure(**TF), cl.ExactMatch("postcode").configure(**TF)]
    return "dedupe_only", rules, comparisons, trained(
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], 0.9,
        [block_on("date_of_birth"), block_on("postcode")])


def febrl4():
    rules = [block_on("given_name", "surname"), "l.given_name = r.surname and l.surname = r.given_name",
             block_on("date_of_birth"), block_on("soc_sec_id"), block_on("state", "address_1"),
             block_on("street_number", "address_1"), block_on("postcode")]
    comparisons = [cl.NameComparison("given_name").configure(**TF), cl.NameComparison("surname").configure(**TF),
                   cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d",
                                            invalid_dates_as_null=True),
                   cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]), cl.ExactMatch("street_number").configure(**TF),
                   cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(**TF)]
    return "link_only", rules, comparisons, trained(
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], 0.8,
        [block_on("date_of_birth"), block_on("postcode")])


def rldata():
    rules = [block_on("fname_c1", "lname_c1"), block_on("dob"), block_on("lname_c1", "by"), block_on("fname_c1", "by"),
             block_on("fname_c1", "bm", "bd"), block_on("lname_c1", "bm", "bd")]
    def name(column):
        return cl.JaroWinklerAtThresholds(column, [0.95, 0.9, 0.8]).configure(**TF)
    agree = " + ".join(f"(case when {part}_l = {part}_r then 1 else 0 end)" for part in ("by", "bm", "bd"))
    birth = {"output_column_name": "birth", "comparison_levels": [
        cll.NullLevel("dob"), cll.ExactMatchLevel("dob"),
        {"sql_condition": f"({agree}) = 2 and damerau_levenshtein(dob_l, dob_r) <= 1", "label_for_charts": "two of three, one edit"},
        {"sql_condition": f"({agree}) = 2", "label_for_charts": "two of three"}, cll.ElseLevel()]}
    return "dedupe_only", rules, [name("fname_c1"), name("lname_c1"), birth], trained(
        [block_on("fname_c1", "lname_c1", "bm", "bd"), block_on("fname_c1", "dob"), block_on("lname_c1", "dob")], 0.6,
        [block_on("dob"), block_on("fname_c1", "lname_c1")])


def with_birth(table):
    """The parts of a birthday as one text."""
    parts = zip(*(table[part].to_pylist() for part in ("by", "bm", "bd")))
    days = [f"{int(y):04d}-{int(m):02d}-{int(d):02d}" for y, m, d in parts]
    return table.append_column("dob", pa.array(days))


def fastlink_samplematch():
    rules = [block_on(c) for c in ("firstname", "lastname", "housenum", "birthyear", "streetname")]
    comparisons = [cl.NameComparison("firstname").configure(**TF), cl.ExactMatch("middlename"),
                   cl.NameComparison("lastname").configure(**TF), cl.LevenshteinAtThresholds("housenum", 1),
                   cl.JaroWinklerAtThresholds("streetname", [0.9]), cl.ExactMatch("birthyear"), cl.ExactMatch("city")]
    return "link_only", rules, comparisons, trained(
        [block_on("firstname", "lastname", "birthyear")], 0.9, [block_on("birthyear"), block_on("lastname")])


PUBLISHED = {
    "fake_1000": ("fake_1000", fake_1000),
    "fake_1000 (accuracy)": ("fake_1000", fake_1000_accuracy),
    "febrl1": ("febrl1", febrl3),
    "febrl2": ("febrl2", febrl3),
    "febrl3": ("febrl3", febrl3),
    "febrl4": ("febrl4", febrl4),
    "rldata500": ("rldata500", rldata),
    "rldata10000": ("rldata10000", rldata),
    "fastlink_samplematch": ("fastlink_samplematch", fastlink_samplematch),
}


def invented(n=600):
    """Records with a slip or a gap in most of their values, and values of every type."""
    draw = random.Random(7)
    forenames = ["Ann", "Anne", "Zoë", "Zoe", "José", "Jose", "Søren", "Mohammed", "Muhammad", "Éloïse", "Eloise", "Jo"]
    surnames = ["Smith", "Smyth", "O'Neil", "ONeil", "Müller", "Muller", "Ann", "Jo", "Okonkwo", "van der Berg"]

    def gap(value, share=0.08):
        return None if draw.random() < share else value

    def slip(word):
        at = draw.randrange(len(word))
        kind = draw.randrange(5)
        if kind == 0:
            return word[:at] + word[at + 1:] or word
        if kind == 1:
            return word[:at] + draw.choice("aeé ") + word[at:]
        if kind == 2:
            return word[:at] + word[at:at + 2][::-1] + word[at + 2:]
        return word

    def words(k):
        return [slip(draw.choice(forenames)) for _ in range(draw.randrange(k))]

    rows = []
    for at in range(n):
        first, last = slip(draw.choice(forenames)), slip(draw.choice(surnames))
        born = f"{draw.randrange(1990, 1996)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 31):02d}"
        rows.append({
            "record_id": f"r{at:05d}",
            "first": gap(first), "last": gap(last), "whole": gap(f"{first} {last}"),
            "dob": gap(slip(born) if draw.random() < 0.2 else born),
            "seen": gap(f"2020-01-{draw.randrange(1, 29):02d}T{draw.randrange(24):02d}:00:00Z"),
            "postcode": gap(f"{draw.choice(['AB1', 'AB12', 'a1', 'ZZ'])} {draw.randrange(1, 4)}{draw.choice(['CD', 'ce'])}"),
            "lat": gap(51.5 + draw.random() * 2), "lng": gap(-0.1 + draw.random()),
            "email": gap(slip(f"{first.lower()}{draw.randrange(3)}@example.{draw.choice(['org', 'net'])}")),
            "aliases": gap(words(4)), "sounds": gap(words(3)),
            "income": gap(float(draw.randrange(0, 2000))), "height": gap(draw.randrange(150, 200)),
            "vector": [draw.random() - 0.2 for _ in range(4)],
            "code": f"{at * 37 % 1000:03d}",
            "city": gap(draw.choice(["York", "york", "Leeds", "LEEDS ", "Hull"])),
        })
    return rows


def every_level_table(first, last):
    import datetime
    rows = invented()[first:last]
    for row in rows:
        text = row["dob"]
        try:
            row["born"] = datetime.date.fromisoformat(text) if text else None
        except ValueError:
            row["born"] = None
        row["seen_at"] = datetime.datetime.fromisoformat(row["seen"][:-1]) if row["seen"] else None
    schema = pa.Table.from_pylist(rows).schema
    at = schema.get_field_index("vector")
    schema = schema.set(at, pa.field("vector", pa.list_(pa.float32(), 4)))
    return pa.Table.from_pylist(rows, schema=schema)


def custom(name, *levels):
    return cl.CustomComparison(comparison_levels=[*levels, cll.ElseLevel()], output_column_name=name)


def named(name, comparison):
    """Two comparisons of one name would be one to Splink."""
    levels = comparison.create_comparison_levels()
    return cl.CustomComparison(comparison_levels=levels, output_column_name=name)


def every_level():
    """Every comparison and every level of the library, in two models: sixteen comparisons are the most of one."""
    column = ColumnExpression
    library = [
        cl.NameComparison("first", dmeta_col_name="sounds"),
        cl.ForenameSurnameComparison("first", "last", forename_surname_concat_col_name="whole"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.DateOfBirthComparison("born", input_is_string=False),
        cl.PostcodeComparison("postcode", invalid_postcodes_as_null=True, lat_col="lat", long_col="lng", km_thresholds=[10, 50]),
        cl.EmailComparison("email"),
        cl.ExactMatch("city").configure(**TF),
        named("jaccard", cl.JaccardAtThresholds("last", [0.9, 0.6])),
        named("jaro", cl.JaroAtThresholds("last", [0.9, 0.7])),
        named("jaro_winkler", cl.JaroWinklerAtThresholds(column("last").lower(), [0.9, 0.8])),
        named("damerau", cl.DamerauLevenshteinAtThresholds("first", [1, 2])),
        cl.PairwiseStringDistanceFunctionAtThresholds("aliases", "jaro_winkler", [0.9, 0.7]),
        cl.AbsoluteTimeDifferenceAtThresholds("seen", input_is_string=True, metrics=["hour", "day"], thresholds=[5, 3]),
        cl.DistanceInKMAtThresholds("lat", "lng", [20, 60]),
        cl.CosineSimilarityAtThresholds("vector", [0.9, 0.5]),
        cl.ArrayIntersectAtSizes("sounds", [2, 1]),
    ]
    levels = [
        custom("and", cll.NullLevel("first"), cll.And(cll.ExactMatchLevel("first"), cll.JaroWinklerLevel("last", 0.8)),
               cll.Or(cll.ExactMatchLevel("last"), cll.ExactMatchLevel("city")), cll.Not(cll.JaroLevel("first", 0.4))),
        custom("reversed", cll.ColumnsReversedLevel("first", "last", symmetrical=True), cll.ColumnsReversedLevel("first", "last"),
               cll.ExactMatchLevel("last")),
        custom("literal", cll.LiteralMatchLevel("city", "York", literal_datatype="string"),
               cll.LiteralMatchLevel("city", "Hull", literal_datatype="string", side_of_comparison="left"),
               cll.LiteralMatchLevel("height", "180", literal_datatype="int", side_of_comparison="right"),
               cll.LiteralMatchLevel("height", "170", literal_datatype="int"), cll.ExactMatchLevel(column("city").lower())),
        custom("aliases", cll.NullLevel("aliases"), cll.ArraySubsetLevel("aliases"), cll.ArrayIntersectLevel("aliases", 1),
               cll.PairwiseStringDistanceFunctionLevel("aliases", "levenshtein", 1),
               cll.PairwiseStringDistanceFunctionLevel("aliases", "damerau_levenshtein", 2),
               cll.PairwiseStringDistanceFunctionLevel("aliases", "jaro", 0.7)),
        custom("sounds", cll.NullLevel("sounds"), cll.ArraySubsetLevel("sounds", empty_is_subset=True), cll.ExactMatchLevel("sounds")),
        custom("income", cll.NullLevel("income"), cll.PercentageDifferenceLevel("income", 0.05),
               cll.AbsoluteDifferenceLevel("income", 200)),
        custom("height", cll.AbsoluteDifferenceLevel("height", 1), cll.PercentageDifferenceLevel("height", 0.03)),
        custom("seen", cll.NullLevel("seen_at"), cll.AbsoluteTimeDifferenceLevel("seen_at", input_is_string=False, threshold=90, metric="minute"),
               cll.AbsoluteDateDifferenceLevel("seen_at", input_is_string=False, threshold=1, metric="month")),
        custom("born", cll.NullLevel("born"), cll.AbsoluteDateDifferenceLevel("born", input_is_string=False, threshold=30, metric="day"),
               cll.AbsoluteDateDifferenceLevel("dob", input_is_string=True, threshold=2, metric="year")),
        custom("near", cll.DistanceInKMLevel("lat", "lng", 30, not_null=True), cll.LevenshteinLevel("postcode", 2)),
        custom("expressions", cll.ExactMatchLevel(column("last").substr(1, 3)),
               cll.ExactMatchLevel(column("email").regex_extract("@(.*)$", 1)),
               cll.ExactMatchLevel(column("city").nullif("York").lower()),
               cll.LevenshteinLevel(column("height").cast_to_string(), 1),
               cll.ExactMatchLevel(column("dob").try_parse_date())),
        custom("members", cll.ExactMatchLevel(column("aliases").access_extreme_array_element("first")),
               cll.ExactMatchLevel(column("aliases").access_extreme_array_element("last")),
               cll.CosineSimilarityLevel("vector", 0.8)),
        named("levenshtein", cl.LevenshteinAtThresholds("dob", [1, 2])),
        named("dates", cl.AbsoluteDateDifferenceAtThresholds("dob", input_is_string=True, metrics=["day", "year"], thresholds=[20, 1])),
        custom("rarity", cll.NullLevel("first"),
               cll.ExactMatchLevel("first").configure(tf_adjustment_column="first", tf_adjustment_weight=0.7, tf_minimum_u_value=0.02),
               cll.JaroWinklerLevel("first", 0.8).configure(tf_adjustment_column="first", tf_adjustment_weight=1.0),
               cll.LevenshteinLevel("first", 3).configure(tf_adjustment_column="city", disable_tf_exact_match_detection=True)),
    ]
    rules = [block_on("first"), block_on("last", "substr(dob, 1, 4)"), block_on(column("email").lower().substr(1, 4)),
             brl.And(block_on("city"), brl.CustomRule("l.height = r.height")), block_on("aliases", arrays_to_explode=["aliases"]),
             brl.CustomRule("1=1")]
    return library, levels, rules


def every_rule(salted=False):
    """Every way of blocking: the library's rules, what stands beside equality, lists exploded and not."""
    comparisons = [
        custom("code", cll.ExactMatchLevel("code"), cll.DistanceFunctionLevel("code", "hamming", 1, higher_is_more_similar=False),
               cll.DistanceFunctionLevel("code", "mismatches", 2, higher_is_more_similar=False),
               cll.DistanceFunctionLevel("first", "jaro_winkler_similarity", 0.8)),
        cl.ExactMatch("last").configure(**TF),
        cl.ArrayIntersectAtSizes("sounds", [1]),
    ]
    custom_rules = [
        "l.first = r.first and levenshtein(l.last, r.last) <= 2",
        "l.last = r.last and l.city <> r.city and l.first is not null and r.first is not null",
        "l.first = r.last and l.last = r.first",
        "l.first = r.last and l.city = r.city",
        "l.height = r.height and (jaro_winkler_similarity(l.first, r.first) > 0.9 or l.postcode = r.postcode)",
        "l.city = r.city and abs(l.income - r.income) < 50",
        "l.sounds = r.sounds and l.height = r.height",
        "l.height = r.height and l.city = 'York'",
        "l.dob = r.dob and not (l.city = r.city and l.height = r.height)",
        "l.city = r.city and (l.email is null or r.email is null)",
        "hamming(l.code, r.code) <= 1 and not (l.last = r.last or substr(l.dob, 1, 4) = substr(r.dob, 1, 4))",
    ]
    rules = [brl.CustomRule(rule) for rule in custom_rules] + [
        brl.And(block_on("city"), inner.Not(block_on("height")), block_on("first")),
        inner.Or(block_on("dob"), brl.And(block_on("email"), block_on("last"))),
        block_on("aliases", "city", arrays_to_explode=["aliases"]),
    ]
    # Splink 4 cannot salt where it links several files.
    if salted and splink.__version__.startswith("4."):
        rules.append(block_on("last", "height", salting_partitions=3))
    return comparisons, rules


def given(comparisons, rules, link_type):
    """Settings whose m and u are drawn, so that no two levels weigh the same."""
    settings = SettingsCreator(link_type=link_type, unique_id_column_name="record_id", comparisons=comparisons,
                               blocking_rules_to_generate_predictions=rules,
                               probability_two_random_records_match=0.003).create_settings_dict("duckdb")
    draw = random.Random(3)
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                level["m_probability"] = round(draw.uniform(0.01, 0.9), 6)
                level["u_probability"] = round(draw.uniform(0.001, 0.9), 6)
    return settings


def write_fixtures(folder):
    """The models that use every level, as this Splink saves them, and its weights on a few records."""
    folder = Path(folder)
    library, levels, rules = every_level()
    table = every_level_table(0, 40)
    pq.write_table(table, folder / "people.parquet")
    rule_comparisons, every = every_rule(salted=True)
    for name, comparisons, rules in (("every_comparison", library, rules), ("every_level", levels, rules),
                                     ("every_rule", rule_comparisons, every)):
        linked = linker([table], given(comparisons, rules, "dedupe_only"), ["people"])
        stem = folder / f"{name}_{splink.__version__.split('.')[0]}"
        linked.misc.save_model_to_json(f"{stem}.json", overwrite=True)
        saved = json.loads(Path(f"{stem}.json").read_text())
        pairs = sorted(predicted(linker([table], saved, ["people"])).items())
        lines = [f"{a},{b},{weight!r}" for (a, b), weight in pairs]
        Path(f"{stem}.csv").write_text("\n".join(["key,other_key,match_weight", *lines, ""]))


def main():
    if sys.argv[1] == "--fixtures":
        return write_fixtures(sys.argv[2])
    binary, data, *wanted = sys.argv[1:]
    binary, data = str(Path(binary).resolve()), Path(data)
    print(f"Splink {splink.__version__}, DuckDB {duckdb.__version__}")
    print(f"{'model':<22} {'pairs':>9} {'only us':>8} {'only it':>8} {'most apart':>12} {'> 1e-4':>8}")
    right = True
    for name, (folder, model) in PUBLISHED.items():
        file = data / folder / "records.parquet"
        if (wanted and name not in wanted) or not file.exists():
            continue
        link_type, rules, comparisons, train = model()
        table = pq.read_table(file)
        if folder.startswith("rldata"):
            table = with_birth(table)
        names, tables = ["records"], [table]
        if link_type != "dedupe_only":
            names = sorted(set(table["source_dataset"].to_pylist()))
            tables = [table.filter(pa.compute.equal(table["source_dataset"], name)).drop_columns("source_dataset") for name in names]
        settings = SettingsCreator(link_type=link_type, unique_id_column_name="record_id",
                                   blocking_rules_to_generate_predictions=rules, comparisons=comparisons)
        right &= compare(name, binary, tables, names, settings, train)
    library, levels, rules = every_level()
    whole = every_level_table(0, 600)
    halves = [every_level_table(0, 300), every_level_table(300, 600)]
    invented_models = {
        "every comparison": (library, rules, "dedupe_only", [whole]),
        "every level": (levels, rules, "dedupe_only", [whole]),
        "every level (link)": (levels, rules[:-1], "link_only", halves),
        "every level (both)": (levels, rules[:-1], "link_and_dedupe", halves),
        "every rule": (*every_rule(salted=True), "dedupe_only", [whole]),
        "every rule (link)": (*every_rule(), "link_only", halves),
        "every rule (both)": (*every_rule(), "link_and_dedupe", halves),
    }
    for name, (comparisons, rules, link_type, tables) in invented_models.items():
        if not wanted or name in wanted:
            names = ["first_half", "second_half"][:len(tables)]
            settings = given(comparisons, rules, link_type)
            right &= compare(name, binary, tables, names, settings, lambda linked: None)
    sys.exit(not right)


if __name__ == "__main__":
    import logging
    import pyarrow.compute
    import warnings
    warnings.simplefilter("ignore")
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    main()
