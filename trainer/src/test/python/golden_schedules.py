"""Writes golden/schedules.txt: learning rates of transformers' own schedules.

    pip install torch transformers
    python golden_schedules.py > ../resources/golden/schedules.txt

Columns: lr_scheduler_type, warmup, total, lr_scheduler_kwargs, then the rate at each STEP; peak 2e-5.
"""
import torch
from transformers import get_scheduler

STEPS = [0, 1, 4, 5, 13, 20, 37, 49, 50, 60]
CASES = [
    ("linear", 5, {}), ("linear", 0, {}), ("cosine", 5, {}), ("cosine", 5, {"num_cycles": 1.5}),
    ("constant", 5, {}), ("constant_with_warmup", 5, {}),
    ("cosine_with_min_lr", 5, {"min_lr_rate": 0.1}), ("cosine_with_min_lr", 5, {"min_lr": 4e-6}),
]


def rates(name, warmup, kwargs):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2e-5)
    scheduler = get_scheduler(
        name, optimizer, num_warmup_steps=warmup, num_training_steps=50, scheduler_specific_kwargs=kwargs or None
    )
    for step in range(max(STEPS) + 1):
        if step in STEPS:
            yield scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()


print("# steps", *STEPS)
for name, warmup, kwargs in CASES:
    text = ",".join(f"{k}={v}" for k, v in kwargs.items()) or "-"
    print(name, warmup, 50, text, *rates(name, warmup, kwargs))
