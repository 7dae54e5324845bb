"""Makes src/test/resources/peft-kinds: an adapter of each kind that people have, by Python's peft, and three steps of training it in float64.

    python make_peft_kinds.py ../resources/rope ../resources/peft-kinds

Needs torch, transformers, safetensors and peft from PyPI (made with torch 2.15, transformers 5.24, peft 0.21.2). Bases are models of
make_fixtures.py: `mistral` (its head is a table of its own) and `yarn` (tied). Each adapter has random numbers; beside PEFT's own files there are
    golden.json             ids of two sequences; log-probabilities of the adapter as it stands, and after three steps of gradient descent
    trained.safetensors     what PEFT saves after these steps
A step subtracts RATE times the gradient of the mean negative log-likelihood of both sequences.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from make_fixtures import scores, to_float64
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

RATE = 0.01
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
QV = ["q_proj", "v_proj"]
KINDS = {
    "patterns": ("mistral", dict(r=3, lora_alpha=6, target_modules=ALL, rank_pattern={"v_proj": 1, r"layers\.1\..*down_proj": 4, "^model.layers.0.mlp.up_proj": 2}, alpha_pattern={"layers.0.self_attn.q_proj": 9, "down_proj": 2})),
    "patterns_rslora": ("yarn", dict(r=2, lora_alpha=3, target_modules=QV, rank_pattern={"v_proj": 4}, alpha_pattern={"v_proj": 5}, use_rslora=True)),
    "regex": ("yarn", dict(r=2, lora_alpha=4, target_modules=r".*\.(?:0\.self_attn\.(?:q|k)_proj|1\.mlp\.\w+_proj)")),
    "layers": ("mistral", dict(r=2, lora_alpha=4, target_modules=["o_proj", "up_proj"], layers_to_transform=[1], layers_pattern="layers", use_dora=True)),
    "excluded": ("mistral", dict(r=2, lora_alpha=4, target_modules="all-linear", exclude_modules=["k_proj", "layers.0.mlp.gate_proj"])),
    "saved_tables": ("mistral", dict(r=2, lora_alpha=4, target_modules=QV, modules_to_save=["embed_tokens", "lm_head"])),
    "saved_embedding_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=QV, modules_to_save=["embed_tokens"])),
    "saved_head_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=QV, modules_to_save=["lm_head"])),
    "saved_parts": ("yarn", dict(r=2, lora_alpha=4, target_modules=["q_proj", "up_proj"], modules_to_save=["input_layernorm", "q_norm", "1.mlp"])),
    "resized": ("mistral", dict(r=2, lora_alpha=4, target_modules=QV)),
    "resized_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=QV)),
    "resized_saved": ("mistral", dict(r=2, lora_alpha=4, target_modules=QV, modules_to_save=["lm_head"])),
    "tokens": ("mistral", dict(r=2, lora_alpha=4, target_modules=QV, trainable_token_indices={"embed_tokens": [5, 6], "lm_head": [6, 7, 9]})),
    "tokens_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=QV, trainable_token_indices={"embed_tokens": [5, 6], "lm_head": [5, 6]})),
    "tables": ("mistral", dict(r=2, lora_alpha=4, target_modules=["q_proj", "embed_tokens", "lm_head"], rank_pattern={"lm_head": 3})),
    "embedding_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=["v_proj", "embed_tokens"])),
    "head_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=["v_proj", "lm_head"], use_rslora=True)),
    "saved_both_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=QV, modules_to_save=["embed_tokens", "lm_head"])),
    "saved_and_tokens_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=QV, modules_to_save=["embed_tokens"], trainable_token_indices={"lm_head": [5, 6]})),
    "resized_tables": ("mistral", dict(r=2, lora_alpha=4, target_modules=["q_proj", "embed_tokens", "lm_head"])),
    "resized_tables_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=["q_proj", "embed_tokens"])),
    "resized_saved_tied": ("yarn", dict(r=2, lora_alpha=4, target_modules=QV, modules_to_save=["lm_head"])),
}  # fmt: skip


def randomize(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                noise = torch.randn(weight.shape, generator=generator)
                if "lora_magnitude_vector" in name:
                    weight.mul_(1 + 0.2 * noise)
                elif "modules_to_save" in name:
                    weight.add_(0.1 * noise)
                else:
                    weight.copy_(0.2 * noise)


def log_probs(model, sequences):
    with torch.no_grad():
        return [scores(model, sequence)[0].tolist() for sequence in sequences]


def make(rope, folder, name, base, settings, seed):
    base = rope / base
    sequences = json.loads((base / "golden.json").read_text())["sequences"]
    sequences[0] = sequences[0][:24] + [5, 6, 7, 9]
    model = AutoModelForCausalLM.from_pretrained(base)
    if name.startswith("resized"):
        rows = model.config.vocab_size
        model.resize_token_embeddings(rows + 2, mean_resizing=False)
        with torch.no_grad():
            for table in {model.get_input_embeddings(), model.get_output_embeddings()}:
                table.weight[rows:] = 0.3 * torch.randn(2, table.weight.shape[1], generator=torch.Generator().manual_seed(7))
        sequences[1] = sequences[1][:4] + [rows, rows + 1] + sequences[1][4:]
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
    randomize(model, seed)
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    saved = json.loads((folder / "adapter_config.json").read_text())
    saved["base_model_name_or_path"] = f"../../{rope.name}/{base.name}"
    (folder / "adapter_config.json").write_text(json.dumps(saved, indent=2, sort_keys=True) + "\n")

    to_float64(model)
    golden = dict(sequences=sequences, rate=RATE, log_probs=log_probs(model, sequences))
    for _ in range(3):
        model.zero_grad()
        results = [scores(model, sequence)[0] for sequence in sequences]
        nll = -sum(p.sum() for p in results) / sum(len(p) for p in results)
        nll.backward()
        with torch.no_grad():
            for weight in model.parameters():
                if weight.requires_grad and weight.grad is not None:
                    weight -= RATE * weight.grad
    golden["trained_log_probs"] = log_probs(model, sequences)
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    with tempfile.TemporaryDirectory() as other:
        model.float().save_pretrained(other)
        shutil.copyfile(Path(other) / "adapter_model.safetensors", folder / "trained.safetensors")
    moved = max(abs(a - b) for x, y in zip(golden["log_probs"], golden["trained_log_probs"]) for a, b in zip(x, y))
    names = load_file(folder / "adapter_model.safetensors")
    print(name, "moved by", moved, len(names), "tensors", [n for n in names if "lora_A" not in n and "lora_B" not in n])


def main():
    rope, target = Path(sys.argv[1]), Path(sys.argv[2])
    for seed, (name, (base, settings)) in enumerate(KINDS.items()):
        make(rope, target / name, name, base, settings, seed)


if __name__ == "__main__":
    main()
