"""Sampled decoding on a GPU by transformers: the peer of EndToEnd decode --cuda.

usage: decode_torch.py HF_FOLDER [--batches 8 32] [--prompt 54] [--new 96]

One prompt of --prompt random tokens, --batches completions of exactly --new tokens at temperature 1 without filters, bfloat16 weights; the best
of two runs after one that is not counted, the reading of the prompt included. Prints a JSON line for each number of sequences.
"""
import argparse
import json
import time

import torch
from transformers import AutoModelForCausalLM

p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
p.add_argument("folder")
p.add_argument("--batches", type=int, nargs="+", default=[8, 32])
p.add_argument("--prompt", type=int, default=54)
p.add_argument("--new", type=int, default=96)
a = p.parse_args()

model = AutoModelForCausalLM.from_pretrained(a.folder, dtype=torch.bfloat16, attn_implementation="sdpa").cuda().eval()
for batch in a.batches:
    ids = torch.randint(0, 10_000, (1, a.prompt)).repeat(batch, 1).cuda()
    best = None
    for run in range(3):
        torch.cuda.synchronize()
        start = time.perf_counter()
        with torch.inference_mode():
            out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
                                 min_new_tokens=a.new, max_new_tokens=a.new, pad_token_id=0)
        torch.cuda.synchronize()
        seconds = time.perf_counter() - start
        assert out.shape[1] == a.prompt + a.new
        best = seconds if run and (best is None or seconds < best) else best
    print(json.dumps({"peer": "decode-torch", "batch": batch, "new": a.new, "tokens_per_second": round(batch * a.new / best, 1),
                      "peak_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2)}))
