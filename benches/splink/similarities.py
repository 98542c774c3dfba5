"""Writes DuckDB's similarities of random pairs of texts, for the test that holds ours to them.

    python similarities.py PAIRS > similarities.tsv
"""

import random
import sys

import duckdb

LETTERS = ["abcde", "abcdefghijklmnopqrstuvwxyz", "aàéßøñ", "ab é日本語👧", "ABCabc 0123-'", "ab"]


def main(pairs):
    draw = random.Random(11)

    def word():
        letters = draw.choice(LETTERS)
        length = draw.choice([1, 2, 3, 5, 8, 13, 20, 40, 80])
        return "".join(draw.choice(letters) for _ in range(draw.randint(1, length)))

    def slip(text):
        for _ in range(draw.randrange(4)):
            at = draw.randrange(len(text) + 1)
            text = draw.choice([text[:at] + draw.choice("aéb ") + text[at:], text[:at] + text[at + 1:],
                                text[:at] + text[at:at + 2][::-1] + text[at + 2:]])
        return text or "a"

    rows = []
    for _ in range(pairs):
        a = word()
        rows.append((a, slip(a) if draw.random() < 0.6 else word()))
    import pyarrow as pa
    pairs = pa.table({"a": [a for a, _ in rows], "b": [b for _, b in rows]})
    answers = duckdb.sql("""select a, b, levenshtein(a, b), damerau_levenshtein(a, b), jaro_similarity(a, b),
        jaro_winkler_similarity(a, b), jaccard(a, b) from pairs""").fetchall()
    print("a\tb\tlevenshtein\tdamerau_levenshtein\tjaro\tjaro_winkler\tjaccard")
    for answer in answers:
        print("\t".join(str(cell) for cell in answer))


main(int(sys.argv[1]))
