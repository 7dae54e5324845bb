"""Exported GGUF files held against llama.cpp: tokens, greedy completions, log-probabilities, as a Markdown table.

usage: gguf.py --terse "java -jar trainer.jar" [--model NAME=FOLDER ...] [--random NAME=TOKENIZER_FOLDER:SHAPE ...] [--types ...] --out FOLDER

Run it with a Python that has llama_cpp and numpy (pip install llama-cpp-python). For each model, and each number type:
  ids      texts with [SKIP] in them are the same ids for llama.cpp as for us, and their pieces give the text again
  skip     [SKIP], where the vocabulary has it, is one token and is printed
  greedy   whether a greedy completion of 48 tokens is that of the model itself (float32), or how far it is; also where it ends
           with a stop token
  exact    largest and mean difference of a token's log-probability, llama.cpp with the file against us with the model
  file     the same against us with the same file: what llama.cpp's own rounding in matmuls adds
  type     the same, us with the file against us with the model: what the type rounds
Fails where F32 is not greedily equal or more than 0.001 away, where ids differ, or where another type is further from us with the
same file than twice the type's rounding (and BOUND). --random makes a small model of random weights (SHAPE llama, qwen2 or qwen3) with a real tokenizer.
"""
import argparse
import json
import pathlib
import shlex
import shutil
import struct
import subprocess
import sys

import llama_cpp
import numpy as np

TYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16", "q8_0": "Q8_0", "q4_0": "Q4_0"}
# Mean difference to the same file that is borne, or twice what the type rounds: llama.cpp rounds what it multiplies as well,
# to 16 bits beside 16-bit weights and to 8 bits beside blocks.
BOUND = {"F32": 1e-4, "F16": 0.005, "BF16": 0.05, "Q8_0": 0.05, "Q4_0": 0.05}
F32_BOUND = 1e-3
COMPLETION = 48
TEXTS = [
    "The sum of 12 and 345 is\n\n[SKIP]\n\n357, so the answer is 357.",
    "def add(a, b):\n    return a + b\n\n\nprint(add(1, 20))  # 21\n",
    "Zürich's café 東京 Привет 🙂 it's I'LL\t\tx  y   z\r\n\r\n1234567",
]


def terse(args, *words):
    done = subprocess.run(shlex.split(args.terse) + list(map(str, words)), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_rows(path, values):
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def random_model(folder, tokenizer, shape):
    """A Hugging Face folder of random weights: 3 layers, 192 channels; norms and biases random too."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tokenizer, folder, ignore=shutil.ignore_patterns("*.safetensors", "*.bin", "model*.json", "config.json"))
    source = json.loads((tokenizer / "config.json").read_text()) if (tokenizer / "config.json").exists() else {}
    added = json.loads((folder / "tokenizer.json").read_text())
    vocab = max([*added["model"]["vocab"].values(), *[t["id"] for t in added["added_tokens"]]]) + 9
    config = dict(model_type=shape, vocab_size=vocab, hidden_size=192, intermediate_size=320, num_hidden_layers=3, num_attention_heads=6,
                  num_key_value_heads=2, head_dim=48 if shape == "qwen3" else 32, max_position_embeddings=2048, rms_norm_eps=1e-6,
                  rope_theta=10000.0, tie_word_embeddings=shape != "llama", hidden_act="silu", torch_dtype="float32")
    if "eos_token_id" in source:
        config["eos_token_id"] = source["eos_token_id"]
    if shape == "llama":
        config["attention_bias"] = True
    (folder / "config.json").write_text(json.dumps(config))
    c, f, d = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    q, k = config["num_attention_heads"] * d, config["num_key_value_heads"] * d
    shapes = {"model.embed_tokens.weight": (vocab, c), "model.norm.weight": (c,)}
    for i in range(config["num_hidden_layers"]):
        at = f"model.layers.{i}."
        shapes |= {at + "input_layernorm.weight": (c,), at + "post_attention_layernorm.weight": (c,), at + "self_attn.q_proj.weight": (q, c),
                   at + "self_attn.k_proj.weight": (k, c), at + "self_attn.v_proj.weight": (k, c), at + "self_attn.o_proj.weight": (c, q),
                   at + "mlp.gate_proj.weight": (f, c), at + "mlp.up_proj.weight": (f, c), at + "mlp.down_proj.weight": (c, f)}
        if shape != "qwen3":
            shapes |= {at + "self_attn.q_proj.bias": (q,), at + "self_attn.k_proj.bias": (k,), at + "self_attn.v_proj.bias": (k,)}
        if shape == "llama":
            shapes |= {at + "self_attn.o_proj.bias": (c,)}
        if shape == "qwen3":
            shapes |= {at + "self_attn.q_norm.weight": (d,), at + "self_attn.k_norm.weight": (d,)}
    if not config["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (vocab, c)
    random = np.random.default_rng(7)
    header, blobs, at = {}, [], 0
    for name, size in shapes.items():
        values = random.standard_normal(size, dtype=np.float32) * (0.2 if len(size) == 1 else size[-1] ** -0.5)
        values = (values + (len(size) == 1 and name.endswith("norm.weight"))).astype("<f4")
        blobs.append(values.tobytes())
        header[name] = dict(dtype="F32", shape=list(size), data_offsets=[at, at + len(blobs[-1])])
        at += len(blobs[-1])
    text = json.dumps(header).encode()
    with open(folder / "model.safetensors", "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    return folder


def scores(args, model, sequences, work):
    terse(args, "score", "--model_name_or_path", model, "--dataset_name", write_rows(work / "ids.jsonl", [{"ids": ids} for ids in sequences]),
          "--output", work / "scores.jsonl", "--overwrite", "true")
    return [np.array(row["logprobs"]) for row in rows(work / "scores.jsonl")]


def llama_scores(llama, sequences):
    found = []
    for ids in sequences:
        llama.reset()
        llama.eval(ids)
        logits = np.array(llama.scores[: len(ids)], dtype=np.float64)
        logits -= logits.max(-1, keepdims=True)
        logprobs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        found.append(logprobs[np.arange(len(ids) - 1), ids[1:]])
    return found


def greedy(llama, prompt, count):
    llama.reset()
    ids = []
    llama.eval(prompt)
    while len(ids) < count:
        ids.append(int(np.argmax(llama.scores[llama.n_tokens - 1])))
        llama.eval(ids[-1:])
    return ids


def difference(ours, theirs):
    all_of = np.abs(np.concatenate(ours) - np.concatenate(theirs))
    return all_of.max(), all_of.mean()


def check(args, name, model, work):
    texts = write_rows(work / "texts.jsonl", [{"text": text} for text in TEXTS])
    terse(args, "tokenize", "--model_name_or_path", model, "--dataset_name", texts, "--output", work / "tokens.jsonl", "--overwrite", "true")
    ids = [row["ids"] for row in rows(work / "tokens.jsonl")]
    ours = scores(args, model, ids, work)
    prompt = TEXTS[0].split("\n")[0]
    text = greedy_of_ours(args, model, prompt, work)
    bad = []
    for dtype in args.types:
        kind = TYPES[dtype]
        terse(args, "export", "--model_name_or_path", model, "--output_dir", work / "out", "--dtype", dtype, "--overwrite", "true")
        file = work / "out" / f"model-{kind}.gguf"
        llama = llama_cpp.Llama(str(file), n_ctx=512, n_batch=512, n_threads=1, logits_all=True, verbose=False,
                                type_k=llama_cpp.GGML_TYPE_F32, type_v=llama_cpp.GGML_TYPE_F32, flash_attn=False)  # its cache is 16 bits wide
        same = [llama.tokenize(text.encode(), add_bos=False, special=True) == row for text, row in zip(TEXTS, ids)]
        pieces = [llama.detokenize(row, special=True).decode() == text for text, row in zip(TEXTS, ids)]
        skip = llama.tokenize(b"[SKIP]", add_bos=False, special=False)
        printed = len(skip) == 1 and llama.detokenize(skip, special=False) == b"[SKIP]"
        theirs = llama_scores(llama, ids)
        exact, rounded = difference(ours, theirs), scores(args, file, ids, work)
        apart, type_ = difference(rounded, theirs), difference(ours, rounded)
        completion = greedy(llama, llama.tokenize(prompt.encode(), add_bos=False, special=True), COMPLETION)
        equal = common(text, llama.detokenize(completion, special=True).decode(errors="replace"))
        print(f"| {name} | {kind} | {sum(same)} of {len(same)} | {'yes' if printed else 'in ' + str(len(skip))} | {equal} "
              f"| {exact[0]:.2g}, {exact[1]:.2g} | {apart[0]:.2g}, {apart[1]:.2g} | {type_[0]:.2g}, {type_[1]:.2g} |", flush=True)
        if not all(same) or not all(pieces):
            bad.append(f"{name} {kind}: ids differ")
        if kind == "F32" and (equal != "all" or exact[0] > F32_BOUND):
            bad.append(f"{name} F32 is not ours")
        if apart[1] > max(BOUND[kind], 2 * type_[1]):
            bad.append(f"{name} {kind} is {apart[1]} from us with the same file")
        llama.close()
        file.unlink()
    return bad


def greedy_of_ours(args, model, prompt, work):
    """The text of our greedy completion; a stop token ends it, after which llama.cpp is not looked at."""
    terse(args, "generate", "--model_name_or_path", model, "--dataset_name", write_rows(work / "prompt.jsonl", [{"prompt": prompt}]),
          "--raw", "true", "--temperature", "0", "--max_completion_length", COMPLETION, "--output", work / "done.jsonl", "--overwrite", "true")
    return rows(work / "done.jsonl")[0]["completion"]


def common(ours, theirs):
    if theirs.startswith(ours) and ours:
        return "all"
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    return f"{at} of {len(ours)} characters"


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--terse", required=True, help="the command, e.g. 'java -jar cli/target/trainer.jar'")
    p.add_argument("--model", action="append", default=[], metavar="NAME=FOLDER")
    p.add_argument("--random", action="append", default=[], metavar="NAME=TOKENIZER_FOLDER:SHAPE")
    p.add_argument("--types", nargs="+", default=list(TYPES), choices=list(TYPES))
    p.add_argument("--out", required=True, type=pathlib.Path)
    args = p.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    models = [(name, pathlib.Path(folder)) for name, folder in (given.split("=", 1) for given in args.model)]
    for given in args.random:
        name, (folder, shape) = given.split("=", 1)[0], given.split("=", 1)[1].rsplit(":", 1)
        models.append((name, random_model(args.out / name, pathlib.Path(folder), shape)))
    print("| model | type | ids | skip | greedy | exact: max, mean | file: max, mean | type: max, mean |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    bad = [sentence for name, folder in models for sentence in check(args, name, folder, args.out)]
    sys.exit("\n".join(bad) if bad else 0)


if __name__ == "__main__":
    main()
