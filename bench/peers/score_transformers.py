"""Log-probabilities and entropies by transformers, the plain way: one forward, the full log-softmax.

usage: score_transformers.py MODEL TEXT_FILE --tokens 2048 --dtype fp32|amp|pure-bf16 [--rounds 3]

Prints a JSON line: tokens a second (the best round but the first), resident memory once the model is loaded, and the peak above it.
"""
import argparse
import contextlib
import json
import pathlib
import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

p = argparse.ArgumentParser()
p.add_argument("model")
p.add_argument("text")
p.add_argument("--tokens", type=int, default=2048)
p.add_argument("--dtype", choices=["fp32", "amp", "pure-bf16"], default="fp32")
p.add_argument("--rounds", type=int, default=3)
a = p.parse_args()


def status(key):
    """GB of a line of /proc/self/status."""
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1024 / 1e9


tokenizer = AutoTokenizer.from_pretrained(a.model)
model = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.bfloat16 if a.dtype == "pure-bf16" else torch.float32)
model.eval()
ids = tokenizer(open(a.text).read()[: 12 * a.tokens], return_tensors="pt")["input_ids"][:, : a.tokens]
if ids.shape[1] < a.tokens:
    raise SystemExit(f"{a.text} holds {ids.shape[1]} tokens, expected {a.tokens}")
cast = (lambda: torch.autocast("cpu", dtype=torch.bfloat16)) if a.dtype == "amp" else contextlib.nullcontext

loaded, before = status("VmRSS"), status("VmHWM")
pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here on
best, value = float("inf"), None
for done in range(a.rounds):
    start = time.time()
    with torch.no_grad(), cast():
        logits = model(ids).logits
    with torch.no_grad():
        log_probs = torch.log_softmax(logits.float(), -1)
        of_targets = log_probs[0, :-1].gather(1, ids[0, 1:, None])
        value = float(-(log_probs.exp() * log_probs).sum(-1).mean())
    del logits, log_probs, of_targets
    best = best if done == 0 else min(best, time.time() - start)
peak = status("VmHWM")
print(json.dumps({"peer": "hf-score", "dtype": a.dtype, "tokens": a.tokens, "tokens_per_second": round(a.tokens / best, 1), "value": value,
                  "loaded_gb": round(loaded, 3), "above_loaded_gb": round(peak - loaded, 3), "peak_gb": round(max(before, peak), 3)}))
