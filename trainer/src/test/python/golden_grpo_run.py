"""Trains the small arithmetic model with TRL on completions that are given; GrpoTrlRunTest does the same with ours.

    python trainer/src/test/python/golden_grpo_run.py > trainer/src/test/resources/golden/grpo-run.json

Needs trl (1.16.0 was used), transformers, datasets and torch. Everything is in float32, on the CPU. Five generations of
two prompts and four completions each, drawn by the model that the runs begin with; rewards are made up. A run goes over
each generation twice, in two updates a time: 20 updates.
"""

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer
from trl.trainer import grpo_trainer

ROOT = Path(__file__).resolve().parents[4]
MODEL = ROOT / "checkpoints/arithmetic-skip"
GENERATIONS = 5
GROUP = 4
# What the rows of a generation are shuffled by: SeedTree.permutation(SeedTree.at(42, "minibatch", 0), 8)
ORDER = [int(i) for i in "10547362"]
MOST = 60

RUNS = {
    "dapo with kl": dict(
        loss_type="dapo", beta=0.05, epsilon=0.05, epsilon_high=0.08, gradient_accumulation_steps=1, weight_decay=0.01
    ),
    "sequence level, masked, with a bonus": dict(
        loss_type="grpo",
        importance_sampling_level="sequence",
        beta=0.1,
        epsilon=0.05,
        top_entropy_quantile=0.6,
        entropy_coef=0.02,
        gradient_accumulation_steps=2,
        max_grad_norm=0.5,
        learning_rate=5e-5,
    ),
    "cispo": dict(loss_type="cispo", epsilon_high=1.05, gradient_accumulation_steps=2),
}


def completions(model, tokenizer):
    """Prompts [P] and completions of each generation, drawn once."""
    torch.manual_seed(5)
    rows = [json.loads(x) for x in open(ROOT / "configs/arithmetic/problems-train.jsonl")][: 2 * GENERATIONS]
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": row["question"]}], add_generation_prompt=True, return_dict=False
        )
        for row in rows
    ]
    drawn = []
    for prompt in prompts:
        ids = torch.tensor([prompt] * GROUP)
        out = model.generate(ids, do_sample=True, temperature=1.3, max_new_tokens=MOST, top_k=0, pad_token_id=0)
        for row in out[:, len(prompt) :].tolist():
            row = row[: row.index(299) + 1] if 299 in row else row
            drawn.append(row[: int(torch.randint(4, MOST + 1, ()))])  # of unequal lengths
    rewards = [round(float(x), 3) for x in torch.rand(len(drawn))]
    return prompts, drawn, rewards


class Recorded(TrainerCallback):
    def __init__(self):
        self.logs = []

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "grad_norm" in logs:
            self.logs.append(dict(logs))


def run(settings, prompts, drawn, rewards):
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    begun = {k: v.clone() for k, v in model.state_dict().items()}
    accumulation = settings["gradient_accumulation_steps"]
    given = iter(range(GENERATIONS))

    def rollout(asked, trainer):
        at = next(given) * 2 * GROUP
        rows = range(at, at + 2 * GROUP)
        return {
            "prompt_ids": [prompts[i // GROUP] for i in rows],
            "completion_ids": [drawn[i] for i in rows],
            "logprobs": [[0.0] * len(drawn[i]) for i in rows],
            "given": [rewards[i] for i in rows],
        }

    recorded = Recorded()
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=lambda completions, given, **kwargs: given,
        args=GRPOConfig(
            output_dir=tempfile.mkdtemp(),
            per_device_train_batch_size=4 // accumulation,
            steps_per_generation=2 * accumulation,
            num_generations=GROUP,
            num_iterations=2,
            max_completion_length=MOST,
            lr_scheduler_type="constant",
            max_steps=4 * GENERATIONS,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            shuffle_dataset=False,
            **({"learning_rate": 2e-4} | settings),
        ),
        train_dataset=Dataset.from_dict({"prompt": [str(i) for i in range(len(prompts))]}),
        processing_class=AutoTokenizer.from_pretrained(MODEL),
        rollout_func=rollout,
        callbacks=[recorded],
    )
    losses = []
    compute = trainer._compute_loss

    def computed(*args):
        loss = compute(*args)
        losses.append(loss.item())
        return loss

    trainer._compute_loss = computed
    with contextlib.redirect_stdout(sys.stderr):
        trainer.train()
    updates = []
    for i, logs in enumerate(recorded.logs):
        update = {
            "loss": sum(losses[i * accumulation : (i + 1) * accumulation]),
            "grad_norm": float(logs["grad_norm"]),
        }
        if accumulation == 1:  # over several micro-batches TRL logs means of means
            update |= {k: logs[k] for k in logs if k == "kl" or k.startswith("clip_ratio") or k == "entropy"}
        updates.append(update)
    weights = {}
    for name, value in trainer.model.state_dict().items():
        if name == "lm_head.weight":
            continue
        flat = value.flatten().double()
        step = max(1, flat.numel() // 8)
        weights[name] = {
            "change": (flat - begun[name].flatten().double()).norm().item(),
            "values": flat[::step].tolist()[:8],
        }
    return {"settings": settings, "updates": updates, "weights": weights}


def permuted(batch):
    order = torch.tensor(ORDER)
    return {k: v[order] if isinstance(v, torch.Tensor) and v.dim() > 0 else v for k, v in batch.items()}


grpo_trainer.shuffle_sequence_dict = permuted
tokenizer = AutoTokenizer.from_pretrained(MODEL)
prompts, drawn, rewards = completions(AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32), tokenizer)
out = {"group": GROUP, "prompts": prompts, "completions": drawn, "rewards": rewards, "runs": {}}
for name, settings in RUNS.items():
    print(name, file=sys.stderr)
    out["runs"][name] = run(settings, prompts, drawn, rewards)
print(json.dumps(out, separators=(",", ":")))
