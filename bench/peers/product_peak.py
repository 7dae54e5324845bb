"""What PyTorch's own matrix product reaches on this machine, the best of several shapes: a roofline that no engine of ours has a hand in.

usage: product_peak.py
"""
import json
import time

import torch

for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
    best = 0.0
    for n in (1024, 2048, 4096):
        x, w = torch.randn(n, n).to(dtype), torch.randn(n, n).to(dtype)
        until = time.time() + 2
        while time.time() < until:
            start = time.time()
            torch.matmul(x, w)
            best = max(best, 2 * n**3 / (time.time() - start) / 1e9)
    print(json.dumps({"peer": "torch-matmul", "dtype": name, "gigaflops": round(best)}), flush=True)
