"""LoRA training steps on a GPU by transformers and peft: the peer of our sft with use_peft on engine: cuda.

usage: lora_torch.py HF_FOLDER LENGTH... [--steps 6] [--rows 4] [--r 16] [--no-recompute]

Each step takes the next --rows of the lengths (tokens a row, the ids drawn at random: only the time counts), padded to the longest as
TRL's collator does, weights and products in bfloat16, adapters on q_proj and v_proj, gradient checkpointing, AdamW. Tokens are those that are
not padding; the first step is not counted. Prints one JSON line.
"""
import argparse
import json
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
p.add_argument("folder")
p.add_argument("lengths", type=int, nargs="+")
p.add_argument("--steps", type=int, default=6)
p.add_argument("--rows", type=int, default=4)
p.add_argument("--r", type=int, default=16)
p.add_argument("--no-recompute", action="store_true")
a = p.parse_args()

model = AutoModelForCausalLM.from_pretrained(a.folder, dtype=torch.bfloat16, attn_implementation="sdpa").cuda()
model.config.use_cache = False
if not a.no_recompute:
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.enable_input_require_grads()
model = get_peft_model(model, LoraConfig(r=a.r, lora_alpha=a.r, lora_dropout=0.1, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM"))
model.train()
optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=1e-4)
draws = torch.Generator().manual_seed(1)
seconds, tokens = [], []
for step in range(a.steps):
    lengths = [a.lengths[(step * a.rows + i) % len(a.lengths)] for i in range(a.rows)]
    ids = torch.randint(0, 10_000, (a.rows, max(lengths)), generator=draws)
    mask = torch.tensor([[1] * n + [0] * (max(lengths) - n) for n in lengths])
    labels = ids.masked_fill(mask == 0, -100)
    torch.cuda.synchronize()
    start = time.perf_counter()
    loss = model(input_ids=ids.cuda(), attention_mask=mask.cuda(), labels=labels.cuda()).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    torch.cuda.synchronize()
    seconds.append(time.perf_counter() - start)
    tokens.append(sum(lengths))
print(json.dumps({"peer": "lora-torch", "tokens_per_second": round(sum(tokens[1:]) / sum(seconds[1:]), 1), "step_seconds": [round(s, 3) for s in seconds],
                  "step_tokens": tokens, "peak_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2), "torch": torch.__version__}))
