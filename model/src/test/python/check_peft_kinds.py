"""Loads with Python's peft the adapters that Terse read, trained three steps and wrote, and compares the log-probabilities.

    mvn -o test -pl model -am -Dtest=AdapterKindsTest -Dsurefire.failIfNoSpecifiedTests=false -Dterse.adapters=FOLDER
    python check_peft_kinds.py FOLDER
"""

import json
import sys
from pathlib import Path

import torch
from make_fixtures import scores, to_float64
from peft import PeftModel
from safetensors import safe_open
from transformers import AutoModelForCausalLM

ALLOWED = 1e-4


def rows(folder):
    """Rows of the longest token table that stands in the adapter's file."""
    with safe_open(folder / "adapter_model.safetensors", "pt") as file:
        shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}
    tables = ("embed_tokens.weight", "lm_head.weight", "base_layer.weight")
    return max((shape[0] for name, shape in shapes.items() if name.endswith(tables)), default=0)


def main():
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        golden = json.loads((folder / "golden.json").read_text())
        base = json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"]
        model = AutoModelForCausalLM.from_pretrained(base)
        if rows(folder) > model.config.vocab_size:
            model.resize_token_embeddings(rows(folder), mean_resizing=False)
        model = to_float64(PeftModel.from_pretrained(model, folder)).eval()
        with torch.no_grad():
            found = [scores(model, sequence)[0] for sequence in golden["sequences"]]
        worst = max((f - torch.tensor(e, dtype=torch.float64)).abs().max().item() for f, e in zip(found, golden["trained_log_probs"]))
        print(f"{folder.name:22s} largest difference {worst:.1e}", "" if worst < ALLOWED else "TOO LARGE")


if __name__ == "__main__":
    main()
