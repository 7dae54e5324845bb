"""Runs TRL's own loss and advantage code on small random numbers; GrpoGoldenTest holds ours against it.

    python trainer/src/test/python/golden_grpo.py > trainer/src/test/resources/golden/grpo-loss.json

Needs trl (1.16.0 was used) and torch. Everything is in float64.
"""

import json
from collections import defaultdict
from types import SimpleNamespace

import torch
from trl import GRPOTrainer

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)

LENGTHS = [3, 5, 1, 4]
MAX_COMPLETION_LENGTH = 6
ACCUMULATION = 2


class Accelerator:
    num_processes = 1
    sync_gradients = True

    def reduce(self, x, reduction):
        return x

    def gather(self, x):
        return x


def case(name, **settings):
    """One micro-batch of an update of two equal ones."""
    columns = max(LENGTHS)
    mask = torch.tensor([[1] * n + [0] * (columns - n) for n in LENGTHS])
    old = -torch.rand(len(LENGTHS), columns) * 3
    logps = (old + torch.randn(len(LENGTHS), columns) * 0.3).requires_grad_()
    ref = logps.detach() + torch.randn(len(LENGTHS), columns) * 0.5
    advantages = torch.randn(len(LENGTHS))
    on_policy = settings.pop("on_policy", False)
    args = SimpleNamespace(
        delta=settings.get("delta"),
        use_bias_correction_kl=settings.get("use_bias_correction_kl", False),
        steps_per_generation=ACCUMULATION,
        entropy_target=0.2,
    )
    trainer = SimpleNamespace(
        args=args,
        accelerator=Accelerator(),
        model=SimpleNamespace(training=True),
        loss_type=settings["loss_type"],
        importance_sampling_level=settings.get("importance_sampling_level", "token"),
        epsilon_low=settings.get("epsilon", 0.2),
        epsilon_high=settings.get("epsilon_high", 0.2),
        beta=settings.get("beta", 0.0),
        max_completion_length=MAX_COMPLETION_LENGTH,
        current_gradient_accumulation_steps=ACCUMULATION,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        aux_loss_enabled=False,
        _entropy_bonus_enabled=False,
        use_vllm=False,
        _metrics={"train": defaultdict(list)},
        _get_per_token_logps_and_entropies=lambda *a, **k: (logps, torch.zeros_like(logps), None),
    )
    inputs = {
        "prompt_ids": torch.zeros(len(LENGTHS), 1, dtype=torch.long),
        "prompt_mask": torch.ones(len(LENGTHS), 1, dtype=torch.long),
        "completion_ids": torch.zeros(len(LENGTHS), columns, dtype=torch.long),
        "completion_mask": mask,
        "advantages": advantages,
        "num_items_in_batch": torch.tensor(float(ACCUMULATION * sum(LENGTHS))),
    }
    if not on_policy:
        inputs["old_per_token_logps"] = old
    if trainer.beta:
        inputs["ref_per_token_logps"] = ref
    loss = GRPOTrainer._compute_loss(trainer, None, inputs)
    loss.backward()

    def cut(values):
        return [row[:n] for row, n in zip(values.detach().tolist(), LENGTHS)]

    return {
        "name": name,
        "settings": settings,
        "advantages": advantages.tolist(),
        "logps": cut(logps),
        "old": None if on_policy else cut(old),
        "ref": cut(ref) if trainer.beta else None,
        "loss": loss.item(),
        "gradient": cut(logps.grad),
        "metrics": {k: v[0] for k, v in trainer._metrics["train"].items() if k != "entropy"},
    }


cases = [case("on policy " + t, loss_type=t, on_policy=True) for t in ("grpo", "dapo", "dr_grpo", "bnpo")]
cases += [case("off policy " + t, loss_type=t, epsilon_high=0.28) for t in ("grpo", "dapo", "dr_grpo", "bnpo")]
cases += [
    case("capped", loss_type="grpo", delta=1.3),
    case("kl", loss_type="grpo", beta=0.1),
    case("corrected kl", loss_type="dapo", beta=0.1, use_bias_correction_kl=True),
    case("sequence", loss_type="grpo", importance_sampling_level="sequence", epsilon=0.1, epsilon_high=0.15),
    case("sequence kl", loss_type="grpo", importance_sampling_level="sequence", beta=0.05),
]
print(
    json.dumps(
        {
            "lengths": LENGTHS,
            "max_completion_length": MAX_COMPLETION_LENGTH,
            "accumulation": ACCUMULATION,
            "cases": cases,
        },
        indent=1,
    )
)
