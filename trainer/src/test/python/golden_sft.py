"""Runs TRL's own SFT loss on small random numbers; SftLossTest holds ours against it.

    python trainer/src/test/python/golden_sft.py > trainer/src/test/resources/golden/sft-loss.json

Needs trl (1.16.0 was used) and torch. Everything is in float64.
"""

import json
from collections import defaultdict
from types import SimpleNamespace

import torch
from trl import SFTTrainer

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)


class Accelerator:
    num_processes = 1
    parallelism_config = None

    def gather_for_metrics(self, x):
        return x


def case(name, loss_type, targets):
    """A micro-batch of 2 x 6 positions, some without a target, of an update of `targets`."""
    mask = torch.tensor([[0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0]])
    logps = (-(torch.rand(2, 6) * 4 * 1024).round() / 1024).requires_grad_()
    outputs = SimpleNamespace(
        log_probs=logps * mask,
        entropy=torch.rand(2, 6) * mask,
        is_top1=torch.zeros(2, 6, dtype=torch.bool),
        label_mask=mask,
    )
    trainer = SimpleNamespace(
        accelerator=Accelerator(),
        model=SimpleNamespace(training=True),
        args=SimpleNamespace(loss_type=loss_type, average_tokens_across_devices=False, max_length=None),
        compute_loss_func=None,
        label_smoother=None,
        aux_loss_enabled=False,
        _total_train_tokens=0,
        _tp_size=1,
        _metrics={"train": defaultdict(list)},
        get_tp_size=lambda: 1,
    )
    inputs = {"input_ids": torch.zeros(2, 6, dtype=torch.long), "attention_mask": torch.ones(2, 6), "labels": mask}
    loss = SFTTrainer.compute_loss(
        trainer, lambda **kwargs: outputs, inputs, num_items_in_batch=torch.tensor(float(targets))
    )
    loss.backward()
    kept = mask.bool()
    return {
        "name": name,
        "loss_type": loss_type,
        "targets": targets,
        "logps": logps[kept].tolist(),
        "loss": loss.item(),
        "gradient": logps.grad[kept].tolist(),
    }


print(
    json.dumps(
        [case("nll", "nll", 7), case("dft", "dft", 7), case("dft, a part of an update", "dft", 31)],
        separators=(",", ":"),
    )
)
