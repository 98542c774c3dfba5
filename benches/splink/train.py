"""Trains the model that `race.py` gives to both engines, once, and saves it as `people.json`.

    python train.py PEOPLE.parquet

PEOPLE is a table of `people.py`. What is saved is as Splink saves it, with the parameters of one
town, so that runs of different days and towns use one model.
"""

import sys
from pathlib import Path

import pyarrow.parquet as pq
import splink.comparison_library as cl
from splink import ColumnExpression, DuckDBAPI, Linker, SettingsCreator, block_on

MODEL = Path(__file__).with_name("people.json")
TF = {"term_frequency_adjustments": True}
PRIOR = [block_on("forename", "surname", "dob"), block_on("forename", "phone")]
SESSIONS = [block_on("dob"), block_on("surname", "forename"), block_on("postcode", "substr(forename, 1, 1)")]


NARROW = [block_on("postcode", "substr(forename, 1, 1)"), block_on("surname", "substr(dob, 1, 4)")]
# Above a hundred million pairs of a million records.
WIDE = [block_on("postcode"), block_on("surname", "substr(dob, 1, 3)")]


def settings(rules=NARROW):
    """A name-and-address model such as Splink's documentation advises: seven comparisons, six of them fuzzy."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.NameComparison("forename").configure(**TF),
            cl.NameComparison("surname").configure(**TF),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.JaroWinklerAtThresholds("address", [0.95, 0.88]).configure(**TF),
            cl.LevenshteinAtThresholds("postcode", [1, 2]).configure(**TF),
            cl.DamerauLevenshteinAtThresholds("phone", [1, 2]),
            cl.ExactMatch("sex"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("dob"),
            block_on("surname", "forename"),
            block_on("phone"),
            *rules,
            block_on("forename", "substr(dob, 1, 4)"),
        ],
    )


def learn(linker, seed=1):
    """The prior, u and m, in Splink's usual order."""
    linker.training.estimate_probability_two_random_records_match(PRIOR, recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
    for rule in SESSIONS:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)


def main():
    table = DuckDBAPI().register(pq.read_table(sys.argv[1]).drop_columns(["person", "source"]))
    linker = Linker(table, settings(WIDE))
    learn(linker)
    linker.misc.save_model_to_json(str(MODEL), overwrite=True)


if __name__ == "__main__":
    main()
