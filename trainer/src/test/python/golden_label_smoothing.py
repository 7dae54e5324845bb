"""Runs transformers' LabelSmoother on small random logits; SftLossTest holds ours against it.

    python trainer/src/test/python/golden_label_smoothing.py > trainer/src/test/resources/golden/label-smoothing.json

Needs transformers and torch. Everything is in float64 but one sum, which LabelSmoother takes in float32:
the logits are of few bits, so that ours differs by that rounding alone.
"""

import json

import torch
from transformers.trainer_pt_utils import LabelSmoother

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
cases = []
for epsilon, targets in ((0.1, 4), (0.35, 9), (1.0, 4)):
    logits = ((torch.randn(1, 5, 7) * 64).round() / 32).requires_grad_()
    labels = torch.tensor([[-100, 3, 0, 6, 3]])
    loss = LabelSmoother(epsilon)({"logits": logits}, labels, shift_labels=True, num_items_in_batch=targets)
    loss.backward()
    cases.append(
        {
            "epsilon": epsilon,
            "targets": targets,
            "labels": labels[0, 1:].tolist(),
            "logits": logits[0, :-1].tolist(),
            "loss": loss.item(),
            "gradient": logits.grad[0, :-1].tolist(),
        }
    )
print(json.dumps(cases))
