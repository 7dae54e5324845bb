"""Runs Math-Verify on the conformance set and prints what it gets right and how long it takes.

    pip install math-verify[antlr4_13_2]
    python math_verify_side_by_side.py ../resources/conformance/*.jsonl [--time-limit 5]

A pair is right if the verdict is "equal" where "equal" is expected and not otherwise. Parsing and
comparing count as time, as a reward pays for both. Each pair is warmed up by nothing: SymPy's own
caches are part of what a trainer sees.
"""

import argparse
import json
import logging
import statistics
import time

from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

CONFIGS = [LatexExtractionConfig(), ExprExtractionConfig()]


def read(text, limit):
    """A bare answer is set in a formula, as Math-Verify's README asks for."""
    marked = any(mark in text for mark in ("$", "\\(", "\\[", "\\boxed", "\n"))
    return parse(text if marked else f"${text}$", CONFIGS, parsing_timeout=limit)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("files", nargs="+")
    arguments.add_argument("--time-limit", type=int, default=5)
    arguments.add_argument("--misses", action="store_true", help="print every pair it gets wrong")
    options = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    for file in options.files:
        right, times, total = 0, [], 0
        for line in open(file, encoding="utf-8"):
            row = json.loads(line)
            start = time.perf_counter()
            try:
                equal = verify(
                    read(row["gold"], options.time_limit),
                    read(row["prediction"], options.time_limit),
                    timeout_seconds=options.time_limit,
                )
            except Exception as error:  # a verdict is asked for, whatever happens
                equal = f"{type(error).__name__}"
            times.append(time.perf_counter() - start)
            total += 1
            if (equal is True) == (row["expect"] == "equal"):
                right += 1
            elif options.misses:
                print(row["id"], repr(row["gold"]), repr(row["prediction"]), "said", equal)
        print(
            f"{file}: {right} of {total} right ({100 * right / total:.1f} %), "
            f"median {1e3 * statistics.median(times):.2f} ms, worst {max(times):.2f} s, "
            f"{total / sum(times):.0f} pairs/s"
        )


if __name__ == "__main__":
    main()
