"""Picks training rows for the sft case: the first COUNT traces, in a seeded order, that fit MAX_LENGTH tokens with both sides' templates.

usage: pick_rows.py MODEL TRACES.jsonl MAX_LENGTH COUNT TRACES_OUT.jsonl ROWS_OUT.jsonl

Writes them as traces (for the peers' script) and as rows of prompt and completion (for the sft command).
"""
import json
import random
import sys

from transformers import AutoTokenizer

model, traces, max_length, count, traces_out, rows_out = sys.argv[1:]
SPARE = 16  # end tokens and generation prompts differ by a few tokens between templates
tokenizer = AutoTokenizer.from_pretrained(model)
rows = [json.loads(line) for line in open(traces)]
random.Random(0).shuffle(rows)


def pair(row):
    return {"prompt": [{"role": "user", "content": row["question"]}], "completion": [{"role": "assistant", "content": row["response"]}]}


def length(row):
    messages = pair(row)
    return len(tokenizer.apply_chat_template(messages["prompt"] + messages["completion"], return_dict=True)["input_ids"])


picked = []
for row in rows:
    if length(row) <= int(max_length) - SPARE:
        picked.append(row)
    if len(picked) == int(count):
        break
else:
    raise SystemExit(f"{traces} holds {len(picked)} rows of at most {max_length} tokens, expected {count}")
with open(traces_out, "w") as a, open(rows_out, "w") as b:
    for row in picked:
        a.write(json.dumps(row) + "\n")
        b.write(json.dumps(pair(row)) + "\n")
