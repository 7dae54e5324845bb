"""Writes golden/schedules.txt: learning rates of transformers' own schedules.

    pip install torch transformers
    python golden_schedules.py > ../resources/golden/schedules.txt

Columns: lr_scheduler_type, warmup, total, lr_scheduler_kwargs, then the rate at each STEP; peak 2e-5. Of
reduce_lr_on_plateau the rate after each of METRICS.
"""
import torch
from transformers import get_scheduler

STEPS = [0, 1, 4, 5, 13, 20, 37, 49, 50, 60]
CASES = [
    ("linear", 5, {}), ("linear", 0, {}), ("cosine", 5, {}), ("cosine", 5, {"num_cycles": 1.5}),
    ("constant", 5, {}), ("constant_with_warmup", 5, {}),
    ("cosine_with_min_lr", 5, {"min_lr_rate": 0.1}), ("cosine_with_min_lr", 5, {"min_lr": 4e-6}),
    ("cosine_with_restarts", 5, {}), ("cosine_with_restarts", 0, {"num_cycles": 3}),
    ("polynomial", 5, {}), ("polynomial", 4, {"lr_end": 2e-6, "power": 2.0}),
    ("inverse_sqrt", 5, {}), ("inverse_sqrt", 0, {}), ("inverse_sqrt", 4, {"timescale": 9}),
    ("cosine_warmup_with_min_lr", 5, {"min_lr_rate": 0.1}),
    ("cosine_warmup_with_min_lr", 5, {"min_lr": 2e-6, "warmup_lr_rate": 0.2}),
    ("warmup_stable_decay", 5, {"num_decay_steps": 20}),
    ("warmup_stable_decay", 5, {"num_decay_steps": 20, "num_stable_steps": 10, "min_lr_ratio": 0.1, "num_cycles": 0.4}),
    ("warmup_stable_decay", 5, {"num_decay_steps": 30, "warmup_type": "cosine", "decay_type": "linear"}),
    ("warmup_stable_decay", 8, {"num_decay_steps": 15, "warmup_type": "1-sqrt", "decay_type": "1-sqrt"}),
]
METRICS = [3.0, 2.0, 2.0, 1.9999, 2.1, 1.5, 1.6, 1.7, 1.4, 1.45, 1.5, 1.6, 1.7, 1.39995, 1.8, 1.2, 1.3, 1.3, 1.3, 1.3]
PLATEAUS = [
    {"patience": 1},
    {"patience": 0, "factor": 0.5, "cooldown": 2, "min_lr": 4e-6},
    {"patience": 1, "mode": "max", "threshold": 0.2, "threshold_mode": "abs", "factor": 0.7},
    {"patience": 1, "factor": 0.5, "eps": 6e-6},
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


def plateau(kwargs):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2e-5)
    scheduler = get_scheduler("reduce_lr_on_plateau", optimizer, scheduler_specific_kwargs=kwargs)
    for metric in METRICS:
        scheduler.step(metric)
        yield optimizer.param_groups[0]["lr"]


print("# steps", *STEPS)
for name, warmup, kwargs in CASES:
    text = ",".join(f"{k}={v}" for k, v in kwargs.items()) or "-"
    print(name, warmup, 50, text, *rates(name, warmup, kwargs))
print("# metrics", *METRICS)
for kwargs in PLATEAUS:
    print("reduce_lr_on_plateau", 0, 50, ",".join(f"{k}={v}" for k, v in kwargs.items()), *plateau(kwargs))
