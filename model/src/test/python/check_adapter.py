"""Holds an adapter that Terse wrote against Python's peft.

    java -jar trainer.jar score --model_name_or_path ADAPTER --dataset_name in.jsonl --output scores.jsonl
    python check_adapter.py ADAPTER scores.jsonl

Needs torch, transformers and peft from PyPI. Loads the folder with peft on its base model, unmerged and merged, and prints the largest difference from
the log-probabilities and entropies of the rows of scores.jsonl, and whether every number of the file was taken (peft ignores what it does not know).
"""

import json
import sys
from pathlib import Path

import torch
from peft import PeftModel
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer


def load(folder):
    config = json.loads((folder / "adapter_config.json").read_text())
    base = AutoModelForCausalLM.from_pretrained(config["base_model_name_or_path"], dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if len(tokenizer) > base.get_input_embeddings().num_embeddings:
        base.resize_token_embeddings(len(tokenizer))
    return PeftModel.from_pretrained(base, folder).eval()


def differences(model, rows):
    largest = [0.0, 0.0]
    with torch.no_grad():
        for row in rows:
            ids = torch.tensor(row["ids"])
            log_p = model(input_ids=ids[None]).logits[0].double().log_softmax(-1)
            entropies = -(log_p.exp() * log_p).sum(-1)
            log_probs = log_p[:-1].gather(1, ids[1:, None])[:, 0]
            for k, (theirs, ours) in enumerate(((log_probs, row["logprobs"]), (entropies, row["entropies"]))):
                largest[k] = max(largest[k], (theirs - torch.tensor(ours).double()).abs().max().item())
    return largest


def main():
    folder, scores = Path(sys.argv[1]), Path(sys.argv[2])
    rows = [json.loads(line) for line in scores.read_text().splitlines()]
    model = load(folder)
    saved = load_file(folder / "adapter_model.safetensors")
    taken = get_peft_model_state_dict(model, save_embedding_layers=False)
    assert saved.keys() == taken.keys(), f"peft knows other names: {saved.keys() ^ taken.keys()}"
    assert all(torch.equal(saved[name], taken[name]) for name in saved), "peft holds other numbers"
    print(f"{len(saved)} tensors taken by peft, {sum(t.numel() for t in saved.values())} numbers")
    print("largest difference, log-probabilities %.2e, entropies %.2e" % tuple(differences(model, rows)))
    print("merged by peft:     log-probabilities %.2e, entropies %.2e" % tuple(differences(model.merge_and_unload(), rows)))


if __name__ == "__main__":
    main()
