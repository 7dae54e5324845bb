"""Makes the adapters of src/test/resources/peft with Python's peft, and what it says of them in float64.

    python make_peft_fixtures.py ../resources/tiny ../resources/peft

Needs torch, transformers, safetensors and peft from PyPI (made with torch 2.15, transformers 5.23, peft 0.21.2). Each adapter sits on a model of
make_fixtures.py, has random numbers and trains the row of one token; beside PEFT's own files there are
    golden.json             ids of two sequences, log-probabilities, mean negative log-likelihood; the same with dropout
    gradients.safetensors   d(mean negative log-likelihood over both sequences) / d(adapter number), without dropout
    dropped.safetensors     the same with dropout

Dropout is PEFT's, in training mode, but the masks are those of dev.terse.engine.DropoutMask, so that both leave out the same elements.
"""

import json
import sys
from pathlib import Path

import torch
from make_fixtures import scores, to_float64
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import Linear as LoraLinear
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
DROPOUT_SEED = 2026
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def child(seed, part):
    return (mix((seed + GOLDEN) ^ mix(part + GOLDEN)) + GOLDEN) & MASK


def keeps(row_seed, column, rate):
    pair = mix(row_seed + (column // 2 + 1) * GOLDEN)
    own = pair >> 32 if column % 2 == 0 else pair & 0xFFFFFFFF
    return own >= rate * 2.0**32


class TerseDropout(torch.nn.Module):
    """Leaves out what Terse's adapter number `adapter` leaves out of sequence number `sequence`."""

    def __init__(self, rate, adapter):
        super().__init__()
        self.rate, self.adapter, self.sequence = rate, adapter, 0

    def forward(self, x):
        if not self.training:
            return x
        _, tokens, channels = x.shape
        sequence = child(DROPOUT_SEED, self.sequence)
        rows = [child(child(sequence, i), self.adapter) for i in range(tokens)]
        kept = torch.tensor([[keeps(row, c, self.rate) for c in range(channels)] for row in rows])
        return x * kept / (1 - self.rate)


def use_terse_masks(model, rate):
    masks = []
    for name, module in model.named_modules():
        if isinstance(module, LoraLinear):
            layer = int(name.split(".layers.")[1].split(".")[0])
            mask = TerseDropout(rate, layer * len(ALL) + ALL.index(name.split(".")[-1]))
            module.lora_dropout["default"] = mask
            masks.append(mask)
    return masks


def run(model, sequences, masks):
    """Log-probabilities, mean negative log-likelihood, and gradients under PEFT's names in a file."""
    model.zero_grad()
    log_probs = []
    for number, sequence in enumerate(sequences):
        for mask in masks:
            mask.sequence = number
        log_probs.append(scores(model, sequence)[0])
    nll = -sum(p.sum() for p in log_probs) / sum(len(p) for p in log_probs)
    nll.backward()
    gradients = {}
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            # As get_peft_model_state_dict names them.
            saved = name.replace(".default", "").replace("lora_magnitude_vector.weight", "lora_magnitude_vector")
            gradients[saved] = weight.grad.float().contiguous()
    return [p.tolist() for p in log_probs], nll.item(), gradients


def make(base, folder, seed, **settings):
    sequences = json.loads((base / "golden.json").read_text())["sequences"]
    token = sequences[0][5]
    model = AutoModelForCausalLM.from_pretrained(base)
    tied = model.config.tie_word_embeddings
    config = LoraConfig(
        task_type="CAUSAL_LM",
        trainable_token_indices=[token] if tied else {"embed_tokens": [token], "lm_head": [token]},
        **settings,
    )
    model = get_peft_model(model, config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                noise = torch.randn(weight.shape, generator=generator)
                if "lora_magnitude_vector" in name:
                    weight.mul_(1 + 0.2 * noise)
                else:
                    weight.copy_(0.2 * noise)
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    saved = json.loads((folder / "adapter_config.json").read_text())
    saved["base_model_name_or_path"] = f"../../{base.parent.name}/{base.name}"
    (folder / "adapter_config.json").write_text(json.dumps(saved, indent=2) + "\n")

    to_float64(model)
    masks = use_terse_masks(model, config.lora_dropout)
    log_probs, nll, gradients = run(model.eval(), sequences, masks)
    save_file(gradients, folder / "gradients.safetensors", metadata={"format": "pt"})
    dropped, dropped_nll, gradients = run(model.train(), sequences, masks)
    save_file(gradients, folder / "dropped.safetensors", metadata={"format": "pt"})
    golden = dict(
        sequences=sequences,
        log_probs=log_probs,
        mean_nll=nll,
        dropout_seed=DROPOUT_SEED,
        dropped_log_probs=dropped,
        dropped_mean_nll=dropped_nll,
    )
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    print(folder.name, "mean_nll", nll, "with dropout", dropped_nll)


def main():
    tiny, target = Path(sys.argv[1]), Path(sys.argv[2])
    make(tiny / "llama", target / "llama_lora", 1, r=3, lora_alpha=6, lora_dropout=0.1, target_modules=ALL)
    make(
        tiny / "qwen3", target / "qwen3_rslora", 2, r=4, lora_alpha=5, lora_dropout=0.2, target_modules=["q_proj", "v_proj"], use_rslora=True
    )
    make(tiny / "qwen2", target / "qwen2_dora", 3, r=2, lora_alpha=4, lora_dropout=0.25, target_modules=ALL, use_dora=True)


if __name__ == "__main__":
    main()
