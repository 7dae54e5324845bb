"""Prints the digests that SmolLm2GgufTest expects.

usage: smollm2_digests.py GGUF_FILE HF_FOLDER TRACES_FOLDER
HF_FOLDER is what transformers makes of GGUF_FILE; the token ids are llama.cpp's.
"""
import hashlib, json, pathlib, struct, sys
import llama_cpp
from safetensors import safe_open

gguf, folder, traces = sys.argv[1:4]
weights = hashlib.sha256()
with safe_open(f"{folder}/model.safetensors", "np") as f:
    for name in sorted(f.keys()):
        weights.update(f.get_tensor(name).astype("<f4").tobytes())
ids, texts, count = hashlib.sha256(), 0, 0
model = llama_cpp.Llama(gguf, vocab_only=True, verbose=False)
for file in ("traces-train.jsonl", "traces-eval.jsonl"):
    for line in open(pathlib.Path(traces) / file, encoding="utf-8"):
        row = json.loads(line)
        for text in (row["question"], row["response"]):
            tokens = model.tokenize(text.encode(), add_bos=False, special=True)
            ids.update(struct.pack(f"<{len(tokens)}i", *tokens))
            texts, count = texts + 1, count + len(tokens)
print("gguf", hashlib.sha256(open(gguf, "rb").read()).hexdigest())
print("weights", weights.hexdigest())
print("ids", ids.hexdigest(), texts, "texts", count, "tokens")
