"""Computes step entropies with transformers and holds a steps file of `compress` against them.

    python step_entropy.py --model DIR --traces traces.jsonl --steps steps.jsonl [--rows 10]

Everything but the file formats is done anew here: prompt, tokens, steps, entropies. Prints the
largest differences and ends with status 1 where one is above --tolerance (bits).
"""

import argparse
import json
import re
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ROWS_OF_HEAD = 256  # logits of so many positions are held at once


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def take_apart(response, prompt_opens):
    """What is read after the prompt, where the thinking begins in it, and the thinking."""
    text, start = response, 0
    opened = re.match(r"\s*<think>\n?", response)
    if opened and prompt_opens:
        text = response[opened.end():]
    elif opened:
        start = opened.end()
    return text, start, text[start:text.index("</think>", start)]


def bounds(thinking):
    inner = [m.end() for m in re.finditer(r"\n{2,}", thinking)
             if m.start() > 0 and m.end() < len(thinking)]
    return [0] + inner + [len(thinking)]


@torch.no_grad()
def token_entropies(model, ids):
    """Entropy in bits of the distribution after each token, in float64 from float32 logits."""
    hidden = model.model(torch.tensor([ids])).last_hidden_state[0]
    parts = []
    for chunk in hidden.split(ROWS_OF_HEAD):
        logp = torch.log_softmax(model.lm_head(chunk).double(), -1)
        parts.append(-(logp.exp() * logp).sum(-1) / torch.log(torch.tensor(2.0).double()))
    return torch.cat(parts).tolist()


def steps(model, tokenizer, trace):
    messages = [{"role": "user", "content": trace["question"]}]
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    text, start, thinking = take_apart(trace["response"], prompt.rstrip().endswith("<think>"))
    prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    entropies = token_entropies(model, prompt_ids + encoded["input_ids"])
    edges = bounds(thinking)
    found = [{"start": a, "end": b, "tokens": 0, "entropy_sum": 0.0}
             for a, b in zip(edges, edges[1:])]
    for t, (first, _) in enumerate(encoded["offset_mapping"]):
        for step in found:
            if step["start"] <= first - start < step["end"]:
                step["tokens"] += 1
                step["entropy_sum"] += entropies[len(prompt_ids) + t - 1]
    for step in found:
        step["entropy_mean"] = step["entropy_sum"] / max(1, step["tokens"])
    return found


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--model", required=True)
    args.add_argument("--traces", required=True)
    args.add_argument("--steps", required=True)
    args.add_argument("--rows", type=int, default=10, help="compare so many rows of the file")
    args.add_argument("--tolerance", type=float, default=1e-3, help="bits, of a step's mean")
    args = args.parse_args()
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    traces = {row["id"]: row for row in rows(args.traces)}
    worst = 0.0
    for row in rows(args.steps)[: args.rows]:
        expected = steps(model, tokenizer, traces[row["id"]])
        for key in ("start", "end", "tokens"):
            if [s[key] for s in row["steps"]] != [s[key] for s in expected]:
                sys.exit(f"{row['id']}: '{key}' differs")
        mean, total = (max(abs(a[key] - b[key]) for a, b in zip(row["steps"], expected))
                       for key in ("entropy_mean", "entropy_sum"))
        tokens = sum(s["tokens"] for s in expected)
        print(f"{row['id']}: {len(expected)} steps, {tokens} tokens, largest difference "
              f"{mean:.2e} bits of a mean, {total:.2e} of a sum")
        worst = max(worst, mean)
    print(f"largest difference of a step's mean entropy: {worst:.2e} bits")
    sys.exit(worst > args.tolerance)


if __name__ == "__main__":
    main()
