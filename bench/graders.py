"""Grades pairs with Terse and with four other graders, and lists where they disagree.

    mvn package -DskipTests                                          # makes trainer.jar
    python -m venv a && a/bin/pip install "math-verify[antlr4_13_2]==0.9.0" pylatexenc numpy
    a/bin/pip install --no-deps lm_eval verl
    python -m venv b && b/bin/pip install latex2sympy2_extended==1.0.6 antlr4-python3-runtime==4.13.2
    b/bin/pip install --no-deps lighteval
    a/bin/python bench/graders.py --trainer-jar trainer.jar --python lighteval=b/bin/python pairs.jsonl

Rows are {"id", "gold", "prediction"}, with "equal": true or false where the truth is known.

    terse        java -jar trainer.jar grade, a process of its own; its times are its own report
    math-verify  math_verify 0.9: parse and verify
    lighteval    lighteval: extract_target_from_pred and compare_gold_target
    hendrycks    math_equivalence of Hendrycks' MATH, as lm_eval carries it (is_equiv)
    prm800k      the grader of OpenAI's PRM800K, as verl carries it (grade_answer)

The last two are not on PyPI under their own names. Only the module of a grader is loaded, not the
package around it, so that neither torch nor datasets has to be installed. A grader that cannot be
loaded is named with the reason and left out. Graders without a finder of their own get what stands
in the last box, else between the dollar signs, else the whole text. Each pair has 10 s.
"""

import argparse
import importlib
import importlib.util
import json
import logging
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path

LIMIT_S = 10
MATH_VERIFY_TEXTS = Path(__file__).parent.parent / "answers/src/test/python"


def module(name):
    """The module of that name, without running the __init__ files of the packages around it."""
    parts = name.split(".")
    if parts[0] in sys.modules:
        folder = Path(sys.modules[parts[0]].__path__[0])
    else:
        spec = importlib.util.find_spec(parts[0])
        if spec is None:
            raise ImportError(f"{parts[0]} is not installed: pip install --no-deps {parts[0]}")
        folder = Path(spec.submodule_search_locations[0])
    for i in range(1, len(parts)):
        package = types.ModuleType(".".join(parts[:i]))
        package.__path__ = [str(folder.joinpath(*parts[1:i]))]
        sys.modules.setdefault(package.__name__, package)
    return importlib.import_module(name)


def stand_in(name, **members):
    """A module that a grader imports and never uses for grading."""
    if name not in sys.modules:
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)


def answer_in(text):
    """The last box, else what stands between the dollar signs, else the text."""
    start = text.rfind("\\boxed{")
    if start >= 0:
        depth = 0
        for i in range(start + 6, len(text)):
            depth += {"{": 1, "}": -1}.get(text[i], 0)
            if depth == 0:
                return text[start + 7 : i]
    if text.count("$") >= 2:
        return text[text.find("$") + 1 : text.rfind("$")].strip("$ ")
    return text.strip()


def math_verify():
    sys.path.insert(0, str(MATH_VERIFY_TEXTS))
    texts = importlib.import_module("math_verify_side_by_side")

    def grade(gold, prediction):
        return texts.says_equal(
            texts.for_math_verify(gold), texts.for_math_verify(prediction), LIMIT_S // 3
        )

    return grade


def lighteval():
    stand_in(
        "lighteval.utils.imports", requires=lambda *_: lambda thing: thing, Extra=None
    )
    stand_in("lighteval.tasks.requests", Doc=object)
    match = module("lighteval.metrics.utils.extractive_match_utils")
    compare = module("lighteval.metrics.utils.math_comparison").compare_gold_target
    english = module("lighteval.utils.language").Language.ENGLISH
    kinds = (match.LatexExtractionConfig(), match.ExprExtractionConfig())
    patterns = match.get_extraction_regexes(None, kinds, english)

    def read(text):
        return match.extract_target_from_pred(text, patterns, "first_match", "any_match", 3)

    def grade(gold, prediction):
        marked = gold if "$" in gold or "\\boxed" in gold else f"${gold}$"
        return bool(compare(read(marked), read(prediction), 6, True, 3))

    return grade


def hendrycks():
    stand_in("datasets", Dataset=object)
    is_equiv = module("lm_eval.tasks.hendrycks_math.utils").is_equiv
    return lambda gold, prediction: bool(is_equiv(answer_in(prediction), answer_in(gold)))


def prm800k():
    stand_in("verl.utils.metric", Metric=object)
    grade_answer = module("verl.utils.reward_score.prime_math").grade_answer
    return lambda gold, prediction: bool(grade_answer(answer_in(prediction), answer_in(gold)))


GRADERS = {
    "math-verify": math_verify,
    "lighteval": lighteval,
    "hendrycks": hendrycks,
    "prm800k": prm800k,
}


def out_of_time(*_):
    raise TimeoutError


def run_one(name, rows):
    """Grades all rows in this process; writes {"equal", "ms"} a row, or {"missing"}."""
    logging.disable(logging.CRITICAL)
    try:
        grade = GRADERS[name]()
    except Exception as e:  # whatever keeps a foreign module from loading is told
        print(json.dumps({"missing": f"{type(e).__name__}: {e}"}))
        return
    for row in rows:
        signal.signal(signal.SIGALRM, out_of_time)
        signal.alarm(LIMIT_S)
        start = time.perf_counter()
        try:
            equal = grade(row["gold"], row["prediction"])
        except Exception:  # a grader that fails on a pair does not pay it
            equal = False
        signal.alarm(0)
        print(json.dumps({"equal": equal, "ms": 1000 * (time.perf_counter() - start)}))


def others(name, python, pairs):
    run = subprocess.run(
        [python, __file__, "--only", name, pairs], capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return {"missing": run.stderr.strip().splitlines()[-1:] or "no output"}
    if "missing" in lines[0]:
        return lines[0]
    return {
        "equal": [line["equal"] for line in lines],
        "times": speed([line["ms"] for line in lines]),
    }


def speed(millis):
    rate = 1000 * len(millis) / max(1e-9, sum(millis))
    return f"median {statistics.median(millis):.3f} ms, worst {max(millis):.1f} ms; {rate:.0f} pairs/s"


def terse(jar, rows):
    with tempfile.TemporaryDirectory() as folder:
        given, graded = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        given.write_text(
            "".join(
                json.dumps({"id": str(i), "gold": row["gold"], "prediction": row["prediction"]})
                + "\n"
                for i, row in enumerate(rows)
            )
        )
        command = ["java", "-jar", jar, "grade", "--dataset_name", given, "--output", graded]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            return {"missing": run.stderr.strip() or run.stdout.strip()}
        verdicts = [json.loads(line)["verdict"] for line in graded.read_text().splitlines()]
        times = [line for line in run.stdout.splitlines() if line.startswith("time per pair")]
        return {
            "equal": [verdict == "equal" for verdict in verdicts],
            "times": times[0].removeprefix("time per pair: ") if times else "no times",
        }


def report(rows, results, most):
    labelled = [i for i, row in enumerate(rows) if "equal" in row]
    for name, result in results.items():
        if "missing" in result:
            print(f"{name:12} not run: {result['missing']}")
            continue
        right = sum(result["equal"][i] == rows[i]["equal"] for i in labelled)
        false = sum(result["equal"][i] and not rows[i]["equal"] for i in labelled)
        truth = f"right {right} of {len(labelled)}, false equal {false}; " if labelled else ""
        print(f"{name:12} equal {sum(result['equal'])} of {len(rows)}; {truth}{result['times']}")
    ran = {name: result["equal"] for name, result in results.items() if "missing" not in result}
    apart = [i for i in range(len(rows)) if len({equal[i] for equal in ran.values()}) > 1]
    print(f"{len(apart)} disagreements" + (f", the first {most}:" if len(apart) > most else ":"))
    for i in apart[:most]:
        payers = [name for name, equal in ran.items() if equal[i]]
        truth = {True: " (is equal)", False: " (is not)"}.get(rows[i].get("equal"), "")
        print(
            json.dumps(
                {"id": rows[i].get("id", i), "gold": rows[i]["gold"], "prediction": rows[i]["prediction"]},
                ensure_ascii=False,
            )
            + f"{truth} paid by {', '.join(payers)}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", help="JSONL of gold and prediction")
    parser.add_argument("--trainer-jar", default="trainer.jar")
    parser.add_argument("--python", action="append", default=[], metavar="GRADER=PATH",
                        help="interpreter of a grader that needs packages of its own")
    parser.add_argument("--list", type=int, default=50, help="disagreements to print")
    parser.add_argument("--only", choices=GRADERS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    with open(args.pairs, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    if args.only:
        run_one(args.only, rows)
        return
    unknown = [p for p in args.python if p.split("=")[0] not in GRADERS or "=" not in p]
    if unknown:
        parser.error(f"--python must be one of {list(GRADERS)} = path, was {unknown}")
    pythons = dict(p.split("=", 1) for p in args.python)
    results = {"terse": terse(args.trainer_jar, rows)}
    for name in GRADERS:
        results[name] = others(name, pythons.get(name, sys.executable), args.pairs)
    report(rows, results, args.list)


if __name__ == "__main__":
    main()
