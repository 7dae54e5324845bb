"""lm-evaluation-harness against a server, beside the harness's own model of transformers.

pip install "lm-eval[api]==0.4.13" torch transformers
java -jar trainer.jar serve --model_name_or_path MODEL
python lm_harness.py MODEL PROBLEMS.jsonl [http://127.0.0.1:8000/v1] [items]

Three tasks are made of the problems (question, answer): choices by log-likelihood, the questions as
texts, and answers that are generated. Held: each item's log-probability within 1e-3, equal choices
and texts, equal scores.
"""

import json
import re
import sys
import tempfile
from pathlib import Path

import lm_eval
from lm_eval.tasks import TaskManager

MODEL, PROBLEMS = sys.argv[1:3]
URL = sys.argv[3] if len(sys.argv) > 3 else "http://127.0.0.1:8000/v1"
ITEMS = int(sys.argv[4]) if len(sys.argv) > 4 else 40
MOST = 1e-3

COMMON = """
dataset_path: json
dataset_kwargs: {data_files: {test: %s}}
test_split: test
"""
TASKS = {
    "choices": """
output_type: multiple_choice
doc_to_text: "Question: {{question}}\\nAnswer:"
doc_to_choice: choices
doc_to_target: gold
metric_list: [{metric: acc}, {metric: acc_norm}]
""",
    "texts": """
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{question}}"
metric_list: [{metric: word_perplexity}, {metric: bits_per_byte}]
""",
    "answers": """
output_type: generate_until
doc_to_text: "Question: {{question}}\\nAnswer:"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["\\n"], max_gen_toks: 24, do_sample: false, temperature: 0.0}
metric_list: [{metric: exact_match}]
""",
}


def items():
    for line in Path(PROBLEMS).read_text().splitlines()[:ITEMS]:
        row = json.loads(line)
        number = int(re.sub(r"[^\d-]", "", str(row["answer"]).split("####")[-1]))
        choices = [number + 1, number, 2 * number, number - 3]
        yield {
            "question": row["question"],
            "choices": [f" {choice}" for choice in choices],
            "gold": 1,
            "answer": str(number),
        }


def run(folder, kind, **arguments):
    manager = TaskManager(include_path=str(folder), include_defaults=False)
    names = [f"terse_{name}" for name in TASKS]
    return lm_eval.simple_evaluate(
        model=kind, model_args=arguments, tasks=names, task_manager=manager, log_samples=True
    )


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    data = folder / "items.jsonl"
    data.write_text("".join(json.dumps(item) + "\n" for item in items()))
    for task, rest in TASKS.items():
        text = f"task: terse_{task}\n" + COMMON % data + rest
        (folder / f"{task}.yaml").write_text(text)
    theirs = run(folder, "hf", pretrained=MODEL, dtype="float32", device="cpu", batch_size=1)
    ours = run(
        folder,
        "local-completions",
        model=Path(MODEL).resolve().name,
        base_url=URL + "/completions",
        tokenizer=MODEL,
        batch_size=8,
    )

worst = 0.0
for task in TASKS:
    pairs = list(zip(ours["samples"][f"terse_{task}"], theirs["samples"][f"terse_{task}"]))
    for mine, other in pairs:
        assert mine["doc_id"] == other["doc_id"]
        for a, b in zip(mine["filtered_resps"], other["filtered_resps"]):
            if task == "answers":
                assert a == b, (a, b)
                continue
            a, b = (a, b) if task == "texts" else (a[0], b[0])
            a, b = (x[0] if isinstance(x, (list, tuple)) else x for x in (a, b))
            worst = max(worst, abs(float(a) - float(b)))
    mine, other = ours["results"][f"terse_{task}"], theirs["results"][f"terse_{task}"]
    scores = {k: (v, other[k]) for k, v in mine.items() if isinstance(v, float)}
    print(task, len(pairs), "items", scores)
    assert all(abs(a - b) <= MOST * max(1, abs(b)) for a, b in scores.values())
print(f"greatest difference of a log-probability: {worst:.2e}")
assert worst <= MOST
