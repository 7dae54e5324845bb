"""Fine-tunes the small arithmetic model with TRL on a few rows; SftTrlRunTest does the same with ours.

    python trainer/src/test/python/golden_sft_run.py > trainer/src/test/resources/golden/sft-run.json

Needs trl (1.16.0 was used), transformers, datasets and torch. Everything is in float32, on the CPU: 20 updates over 12
rows in their order, of text, of prompt and completion, and of messages, with each mask.
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
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from trl import SFTConfig, SFTTrainer

ROOT = Path(__file__).resolve().parents[4]
MODEL = ROOT / "checkpoints/arithmetic-skip"
UPDATES = 20


def question(i):
    return f"Left to right: {i + 2}*{i % 4 + 2}-{i}"


def answer(i):
    steps = "\n\n".join(f"{i}+{k}={i + k}" for k in range(i % 5 + 1))
    return f"<think>\n{steps}\n</think>\n\nThe answer is \\boxed{{{(i + 2) * (i % 4 + 2) - i}}}."


ROWS = {
    "text": [{"text": question(i) + "\n" + answer(i)} for i in range(12)],
    "prompt and completion": [{"prompt": question(i) + "\n", "completion": answer(i)} for i in range(12)],
    "messages": [
        {
            "messages": [
                {"role": "user", "content": question(i)},
                {"role": "assistant", "content": f"It is {(i + 2) * (i % 4 + 2) - i}."},
                {"role": "user", "content": "Why?"},
                {"role": "assistant", "content": f"{i + 2} by {i % 4 + 2} is {(i + 2) * (i % 4 + 2)}."},
            ]
        }
        for i in range(12)
    ],
}
MARKED = (
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.role == 'assistant' %}{% generation %}"
    "{{ m.content + '<|end|>' }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
)
RUNS = {
    "text": dict(rows="text", loss_type="nll", gradient_accumulation_steps=1),
    "completions": dict(rows="prompt and completion", loss_type="nll", gradient_accumulation_steps=2),
    "completions, dft": dict(rows="prompt and completion", loss_type="dft", gradient_accumulation_steps=1),
    "messages": dict(rows="messages", loss_type="nll", gradient_accumulation_steps=1, weight_decay=0.1),
    "prompts too": dict(
        rows="prompt and completion", loss_type="nll", gradient_accumulation_steps=1, completion_only_loss=False
    ),
    "assistant only": dict(
        rows="messages", loss_type="nll", gradient_accumulation_steps=2, assistant_only_loss=True, chat_template=MARKED
    ),
}


class Recorded(TrainerCallback):
    def __init__(self):
        self.logs = []

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "grad_norm" in logs:
            self.logs.append(dict(logs))


def run(rows, gradient_accumulation_steps, chat_template=None, **settings):
    tokenizer = PreTrainedTokenizerFast.from_pretrained(MODEL)
    tokenizer.chat_template = chat_template or tokenizer.chat_template
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    begun = {k: v.clone() for k, v in model.state_dict().items()}
    recorded = Recorded()
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=tempfile.mkdtemp(),
            per_device_train_batch_size=4 // gradient_accumulation_steps,
            gradient_accumulation_steps=gradient_accumulation_steps,
            learning_rate=2e-4,
            lr_scheduler_type="linear",
            warmup_steps=4,
            max_steps=UPDATES,
            train_sampling_strategy="sequential",
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            max_length=256,
            **settings,
        ),
        train_dataset=Dataset.from_list(ROWS[rows]),
        processing_class=tokenizer,
        callbacks=[recorded],
    )
    losses = []
    compute = trainer.compute_loss

    def computed(*args, **kwargs):
        loss = compute(*args, **kwargs)
        losses.append(loss.item())
        return loss

    trainer.compute_loss = computed
    with contextlib.redirect_stdout(sys.stderr):
        trainer.train()
    a = gradient_accumulation_steps
    updates = [
        {"loss": sum(losses[i * a : (i + 1) * a]), "grad_norm": float(logs["grad_norm"]), "num_tokens": logs["num_tokens"]}
        for i, logs in enumerate(recorded.logs)
    ]
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
    return {
        "rows": rows,
        "settings": {
            "gradient_accumulation_steps": a,
            **({"chat_template": chat_template} if chat_template else {}),
            **settings,
        },
        "updates": updates,
        "weights": weights,
    }


out = {"rows": ROWS, "runs": {}}
for name, settings in RUNS.items():
    print(name, file=sys.stderr)
    out["runs"][name] = run(**settings)
print(json.dumps(out, separators=(",", ":")))
