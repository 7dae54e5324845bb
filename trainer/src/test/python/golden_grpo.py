"""Runs TRL's own loss and advantage code on small random numbers; GrpoGoldenTest holds ours against it.

    python trainer/src/test/python/golden_grpo.py > trainer/src/test/resources/golden/grpo-loss.json

Needs trl (1.16.0 was used) and torch. Everything is in float64.
"""

import inspect
import json
import math
import textwrap
from collections import defaultdict
from types import SimpleNamespace

import torch
from trl import GRPOTrainer
from trl.trainer import grpo_trainer

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)

LENGTHS = [3, 5, 1, 4]
MAX_COMPLETION_LENGTH = 6


class Accelerator:
    num_processes = 1
    sync_gradients = True

    def reduce(self, x, reduction):
        return x

    def gather(self, x):
        return x

    def pad_across_processes(self, x, dim, pad_index):
        return x


def trainer_of(settings, accumulation, steps_per_generation):
    """What _compute_loss reads of a trainer."""
    adaptive = settings.get("use_adaptive_entropy", False)
    coef = settings.get("entropy_coef", 0.0)
    args = SimpleNamespace(
        delta=settings.get("delta"),
        use_bias_correction_kl=settings.get("use_bias_correction_kl", False),
        steps_per_generation=steps_per_generation,
        sapo_temperature_neg=settings.get("sapo_temperature_neg", 1.05),
        sapo_temperature_pos=settings.get("sapo_temperature_pos", 1.0),
        vespo_k_pos=settings.get("vespo_k_pos", 2.0),
        vespo_lambda_pos=settings.get("vespo_lambda_pos", 3.0),
        vespo_k_neg=settings.get("vespo_k_neg", 3.0),
        vespo_lambda_neg=settings.get("vespo_lambda_neg", 2.0),
        entropy_coef_min=settings.get("entropy_coef_min", 0.0),
        entropy_coef_max=settings.get("entropy_coef_max", 1.0),
        entropy_coef_delta=settings.get("entropy_coef_delta", 0.005),
        entropy_target=settings.get("entropy_target", 0.2),
    )
    trainer = SimpleNamespace(
        args=args,
        accelerator=Accelerator(),
        model=SimpleNamespace(training=True),
        loss_type=settings["loss_type"],
        importance_sampling_level=settings.get("importance_sampling_level", "token"),
        epsilon_low=settings.get("epsilon", 0.2),
        epsilon_high=settings.get("epsilon_high", settings.get("epsilon", 0.2)),
        beta=settings.get("beta", 0.0),
        max_completion_length=MAX_COMPLETION_LENGTH,
        current_gradient_accumulation_steps=accumulation,
        top_entropy_quantile=settings.get("top_entropy_quantile", 1.0),
        off_policy_mask_threshold=settings.get("off_policy_mask_threshold"),
        aux_loss_enabled=False,
        entropy_coef=coef,
        use_adaptive_entropy=adaptive,
        _entropy_bonus_enabled=coef != 0.0 or adaptive,
        _entropy_window_stats=None,
        _last_world_entropy=float("inf"),
        use_vllm=False,
        _metrics={"train": defaultdict(list)},
        get_off_policy_mask=GRPOTrainer.get_off_policy_mask,
        get_gamma_weights=GRPOTrainer.get_gamma_weights,
    )
    trainer.get_high_entropy_mask = lambda *a: GRPOTrainer.get_high_entropy_mask(trainer, *a)
    return trainer


def short(x):
    """Multiples of 1/1024: few digits in the file."""
    return (x * 1024).round() / 1024


def micro_batch(trainer, lengths, generation_tokens, on_policy, last):
    """One call of _compute_loss on random numbers, backward included."""
    columns = max(lengths)
    rows = len(lengths)
    mask = torch.tensor([[1] * n + [0] * (columns - n) for n in lengths])
    old = short(-torch.rand(rows, columns) * 3)
    logps = short(old + torch.randn(rows, columns) * 0.3).requires_grad_()
    ref = short(logps.detach() + torch.randn(rows, columns) * 0.5)
    # short, so that float32 holds them: TRL looks for the quantile in it
    entropies = short(torch.rand(rows, columns)).requires_grad_()
    advantages = short(torch.randn(rows))
    trainer._get_per_token_logps_and_entropies = lambda *a, **k: (logps, entropies, None)
    trainer.accelerator.sync_gradients = last
    inputs = {
        "prompt_ids": torch.zeros(rows, 1, dtype=torch.long),
        "prompt_mask": torch.ones(rows, 1, dtype=torch.long),
        "completion_ids": torch.zeros(rows, columns, dtype=torch.long),
        "completion_mask": mask,
        "advantages": advantages,
        "num_items_in_batch": torch.tensor(float(generation_tokens)),
    }
    if not on_policy:
        inputs["old_per_token_logps"] = old
    if trainer.beta:
        inputs["ref_per_token_logps"] = ref
    loss = GRPOTrainer._compute_loss(trainer, None, inputs)
    loss.backward()

    def cut(values):
        return [row[:n] for row, n in zip(values.detach().tolist(), lengths)]

    def gradient(leaf):
        return None if leaf.grad is None else cut(leaf.grad)

    return {
        "lengths": lengths,
        "advantages": advantages.tolist(),
        "logps": cut(logps),
        "entropies": cut(entropies),
        "old": None if on_policy else cut(old),
        "ref": cut(ref) if trainer.beta else None,
        "loss": loss.item(),
        "gradient": gradient(logps),
        "entropy_gradient": gradient(entropies),
    }


def case(name, lengths=(LENGTHS,), steps_per_generation=None, generation_tokens=None, on_policy=False, **settings):
    """One update: its micro-batches, which may be a part of a generation."""
    steps_per_generation = steps_per_generation or len(lengths)
    generation_tokens = generation_tokens or sum(map(sum, lengths))
    trainer = trainer_of(settings, len(lengths), steps_per_generation)
    parts = [
        micro_batch(trainer, own, generation_tokens, on_policy, i + 1 == len(lengths)) for i, own in enumerate(lengths)
    ]
    # Over several micro-batches TRL logs means of means, we one mean: they are compared for one.
    metrics = {k: v[0] for k, v in trainer._metrics["train"].items()} if len(parts) == 1 else {}
    return {
        "name": name,
        "settings": settings,
        "update_tokens": generation_tokens * len(lengths) / steps_per_generation,
        "micro_batches": parts,
        "metrics": metrics,
    }


def adaptive(name, updates, **settings):
    """Several updates of one micro-batch under adaptive entropy control."""
    trainer = trainer_of(settings, 1, 1)
    steps = []
    for _ in range(updates):
        steps.append(micro_batch(trainer, LENGTHS, sum(LENGTHS), False, True))
        steps[-1]["entropy_coef"] = trainer._metrics["train"]["entropy_coef"][-1]
    return {"name": name, "settings": settings, "updates": steps}


SCORING = inspect.getsource(GRPOTrainer._generate_and_score_completions)
# TRL's own lines between the rewards and the advantages
ADVANTAGES = textwrap.dedent(
    "        "
    + SCORING[SCORING.index("unscorable_mask = ") : SCORING.index("# Slice to keep only the local part")].rstrip()
)


def advantages(name, aggregation, scale="group", num_generations=3, absent=()):
    """Advantages of three groups under three rewards."""
    rewards = short(torch.randn(3 * num_generations, 3) * torch.tensor([1.0, 5.0, 0.1]))
    for row, function in absent:
        rewards[row, function] = torch.nan
    weights = torch.tensor([1.0, 0.3, -2.0])
    scope = {
        **vars(grpo_trainer),
        "rewards_per_func": rewards,
        "num_generations": num_generations,
        "device": "cpu",
        "self": SimpleNamespace(
            multi_objective_aggregation=aggregation, scale_rewards=scale, reward_weights=weights, reward_funcs=[0, 1, 2]
        ),
    }
    exec(ADVANTAGES, scope)
    return {
        "name": name,
        "aggregation": aggregation,
        "scale": scale,
        "num_generations": num_generations,
        "weights": weights.tolist(),
        "rewards": [[None if math.isnan(x) else x for x in row] for row in rewards.T.tolist()],
        "advantages": scope["advantages"].tolist(),
    }


ALL = ("grpo", "dapo", "dr_grpo", "bnpo", "cispo", "sapo", "luspo", "vespo")
SEQUENCE = {"importance_sampling_level": "sequence"}
TWO = ([3, 5, 1, 4], [6, 2, 2, 5])
cases = [case("on policy " + t, loss_type=t, on_policy=True) for t in ALL]
cases += [case("off policy " + t, loss_type=t, epsilon_high=0.28) for t in ALL]
cases += [case("two micro-batches " + t, TWO, loss_type=t, beta=0.05) for t in ALL]
cases += [
    case("part of a generation " + t, TWO, steps_per_generation=4, generation_tokens=71, loss_type=t, beta=0.05)
    for t in ALL
]
cases += [
    case("sequence corrected kl " + t, loss_type=t, beta=0.1, use_bias_correction_kl=True, **SEQUENCE) for t in ALL
]
cases += [
    case("capped", loss_type="grpo", delta=1.3),
    case("kl", loss_type="grpo", beta=0.1),
    case("corrected kl", loss_type="dapo", beta=0.1, use_bias_correction_kl=True),
    case("sequence", loss_type="grpo", epsilon=0.1, epsilon_high=0.15, **SEQUENCE),
    case("sequence kl", loss_type="grpo", beta=0.05, **SEQUENCE),
    case("sequence corrected kl on policy", loss_type="grpo", beta=0.1, use_bias_correction_kl=True, on_policy=True, **SEQUENCE),
    case("wide epsilon", loss_type="grpo", epsilon=10.0),
    case("cispo capped at 1.1", loss_type="cispo", epsilon_high=1.1),
    case("cispo of sequences", loss_type="cispo", epsilon_high=1.1, **SEQUENCE),
    case("sapo sharp", loss_type="sapo", sapo_temperature_pos=2.0, sapo_temperature_neg=3.0),
    case("sapo of sequences", loss_type="sapo", **SEQUENCE),
    case("luspo of sequences", loss_type="luspo", epsilon=0.1, **SEQUENCE),
    case("vespo shaped", loss_type="vespo", vespo_k_pos=1.0, vespo_lambda_pos=1.5, vespo_k_neg=2.5, vespo_lambda_neg=0.5),
]
cases += [
    case("off-policy mask " + t, loss_type=t, off_policy_mask_threshold=0.02, beta=0.05, **more)
    for t, more in (("grpo", {}), ("dapo", SEQUENCE), ("cispo", {}), ("vespo", {}))
]
cases += [
    case("entropy mask " + t, TWO, loss_type=t, top_entropy_quantile=q, beta=0.05, **more)
    for t, q, more in (
        ("grpo", 0.2, {}),
        ("dapo", 0.45, SEQUENCE),
        ("luspo", 0.45, SEQUENCE),
        ("cispo", 0.3, SEQUENCE),
        ("sapo", 0.0, {}),
    )
]
cases += [case("entropy mask of one micro-batch", loss_type="grpo", top_entropy_quantile=0.5)]
cases += [case("entropy bonus " + t, TWO, loss_type=t, entropy_coef=0.03) for t in ("grpo", "dapo", "luspo")]
cases += [
    case("entropy bonus of one micro-batch", loss_type="grpo", entropy_coef=0.03),
    case("entropy bonus of masked tokens", TWO, loss_type="bnpo", entropy_coef=0.03, top_entropy_quantile=0.4),
]
print(
    json.dumps(
        {
            "max_completion_length": MAX_COMPLETION_LENGTH,
            "cases": cases,
            "adaptive": [
                adaptive(
                    "adaptive",
                    6,
                    loss_type="dapo",
                    use_adaptive_entropy=True,
                    entropy_coef=0.01,
                    entropy_target=0.5,
                    entropy_coef_delta=0.02,
                    entropy_coef_max=0.05,
                    entropy_coef_min=0.005,
                ),
                adaptive(
                    "adaptive of masked tokens",
                    4,
                    loss_type="grpo",
                    use_adaptive_entropy=True,
                    top_entropy_quantile=0.5,
                    entropy_target=0.78,
                ),
            ],
            "advantages": [
                advantages(name + " " + scale, name, scale, absent=absent)
                for name in ("sum_then_normalize", "normalize_then_sum")
                for scale in ("group", "batch", "none")
                for absent in [[(1, 0), (4, 0), (4, 1), (4, 2), (7, 2)]]
            ]
            + [advantages("normalize_then_sum of all", "normalize_then_sum")],
        },
        separators=(",", ":"),
    )
)
