"""Grades the conformance set with Terse and with Math-Verify and prints a table of both.

    mvn package -DskipTests                      # makes trainer.jar
    pip install math-verify[antlr4_13_2]
    python answers/src/test/python/math_verify_side_by_side.py --trainer-jar trainer.jar \
        answers/src/test/resources/conformance/equivalent.jsonl \
        answers/src/test/resources/conformance/exploits.jsonl

Terse runs as `java -jar trainer.jar grade`, Math-Verify in this process, one after the other, one
thread each. A pair is right if the verdict is "equal" where both mean the same and not otherwise:
only "equal" is paid. What a row expects of Terse ("expect") may be "unknown"; then "truth" says what
is so, and rows without it, which even people read in two ways, are left out. Reading and comparing
count as time, as a reward pays for both; starting Java and importing SymPy do not. Nothing is warmed
up: what a grader has to load or compile first is in the worst time.

Math-Verify gets each text the way that its README and its users' golds have it: what is marked as
LaTeX as it stands, bare mathematics in $...$, quantities with a unit in words as plain text, and
words alone as $\\text{...}$, which is how it reads them best.

The column "best" counts a pair as right for Math-Verify also where it would be right with both
texts plain, or with both in $...$: no way to call it does better.
"""

import argparse
import collections
import json
import logging
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

CONFIGS = [LatexExtractionConfig(), ExprExtractionConfig()]
LATEX = re.compile(r"[\\^_{}=<>|]")
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = {"sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "sqrt", "pi", "cis", "inf"}


def for_math_verify(text):
    if any(mark in text for mark in ("$", "\\(", "\\[", "\\boxed", "\n")):
        return text
    words = [word for word in WORD.findall(text) if word.lower() not in NAMES]
    if LATEX.search(text) or not any(len(word) > 1 for word in words):
        return f"${text}$"
    letters = re.fullmatch(r"[A-Za-z .,'-]+", text)
    return f"$\\text{{{text}}}$" if letters else text


def says_equal(gold, prediction, limit):
    try:
        return (
            verify(
                parse(gold, CONFIGS, parsing_timeout=limit),
                parse(prediction, CONFIGS, parsing_timeout=limit),
                timeout_seconds=limit,
            )
            is True
        )
    except Exception:  # a verdict is asked for, whatever happens
        return False


def math_verify_on(rows, limit):
    """Whether Math-Verify says equal, and seconds, for each row."""
    verdicts, times = [], []
    for row in rows:
        gold, prediction = for_math_verify(row["gold"]), for_math_verify(row["prediction"])
        start = time.perf_counter()
        verdicts.append(says_equal(gold, prediction, limit))
        times.append(time.perf_counter() - start)
    return verdicts, times


def best_of_math_verify(rows, verdicts, limit):
    """The verdicts, and where one is wrong, that of another way to call it if it is right."""
    best = []
    for row, verdict in zip(rows, verdicts):
        gold, prediction = row["gold"], row["prediction"]
        for a, b in ((gold, prediction), (f"${gold}$", f"${prediction}$")):
            if verdict != is_equal(row):
                verdict = says_equal(a, b, limit)
        best.append(verdict)
    return best


def is_equal(row):
    return row.get("truth", row["expect"]) == "equal"


def terse_on(rows, jar, java):
    """Whether Terse says equal for each row, and its line about time."""
    with tempfile.TemporaryDirectory() as folder:
        given, graded = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        given.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        command = [java, "-jar", jar, "grade", "--dataset_name", given, "--output", graded]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        with open(graded, encoding="utf-8") as lines:
            verdicts = [json.loads(line)["verdict"] == "equal" for line in lines]
    return verdicts, printed.strip().splitlines()[-1]


def table(rows, terse, other, best):
    """Rows of a Markdown table: one for each kind of pair, and their sum."""
    counts = collections.OrderedDict()
    for row, a, b, c in zip(rows, terse, other, best):
        expected = is_equal(row)
        for key in (("equal" if expected else "not equal", row["kind"]), ("all", "")):
            count = counts.setdefault(key, collections.Counter())
            count["pairs"] += 1
            count["terse"] += a == expected
            count["other"] += b == expected
            count["best"] += c == expected
            count["agree"] += a == b
    print("| truth | kind | pairs | Terse right | Math-Verify right | best | agree |")
    print("|---|---|--:|--:|--:|--:|--:|")
    total = counts.pop(("all", ""))
    for (expected, kind), c in list(counts.items()) + [(("", "all"), total)]:
        print(
            f"| {expected} | {kind} | {c['pairs']} | {c['terse']} | {c['other']} | {c['best']} "
            f"| {c['agree']} |"
        )
    differ = total["pairs"] - total["agree"]
    terse_only = sum(
        a != b and a == is_equal(row) for row, a, b in zip(rows, terse, other)
    )
    print(f"\nthey differ on {differ}: Terse is right on {terse_only} of these", end=", ")
    print(f"Math-Verify on {differ - terse_only}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("files", nargs="+")
    arguments.add_argument("--trainer-jar", default="trainer.jar")
    arguments.add_argument("--java", default="java")
    arguments.add_argument("--time-limit", type=int, default=5, help="of Math-Verify, seconds")
    arguments.add_argument("--misses", action="store_true", help="print pairs that one gets wrong")
    options = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    rows = []
    for file in options.files:
        with open(file, encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    rows = [row for row in rows if row.get("truth", row["expect"]) != "unknown"]
    terse, terse_time = terse_on(rows, options.trainer_jar, options.java)
    other, times = math_verify_on(rows, options.time_limit)
    table(rows, terse, other, best_of_math_verify(rows, other, options.time_limit))
    print(f"Terse        {terse_time}")
    print(
        f"Math-Verify  time per pair: median {1e3 * statistics.median(times):.3f} ms, "
        f"worst {1e3 * max(times):.1f} ms; {len(times) / sum(times):.0f} pairs/s"
    )
    if options.misses:
        for row, a, b in zip(rows, terse, other):
            expected = is_equal(row)
            if a != expected or b != expected:
                wrong = [n for n, v in (("Terse", a), ("Math-Verify", b)) if v != expected]
                print(row["id"], expected, repr(row["gold"]), repr(row["prediction"]), wrong)


if __name__ == "__main__":
    main()
