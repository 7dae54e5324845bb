"""Ours and the peers in alternation on the same weights and data; a table of ratios.

usage: peers.py --model HF_FOLDER --traces TRACES.jsonl [--peers FOLDER_OF_PEER_SCRIPTS] [--cases sft decode score] [--rounds 2] [--out FILE.jsonl]

Build first: mvn -q package (leaves trainer.jar) and python packages as the peers' requirements.txt says. Each case runs ours, then the
peer, `rounds` times in turn; the rates printed are the best of each, the ratio is the median of the rounds' ratios.
"""
import argparse, json, os, pathlib, resource, statistics, subprocess, sys, tempfile

root = pathlib.Path(__file__).resolve().parent.parent
p = argparse.ArgumentParser()
p.add_argument("--model", required=True)
p.add_argument("--traces", required=True)
p.add_argument("--peers", default=str(root.parent / "shared" / "peers"))
p.add_argument("--gguf", help="full-width GGUF of the same weights, for llama.cpp")
p.add_argument("--cases", nargs="+", default=["sft", "decode", "score"])
p.add_argument("--rounds", type=int, default=2)
p.add_argument("--out", default="bench.jsonl")
a = p.parse_args()

text = tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False)
with open(a.traces) as f:
    text.write("\n\n".join(json.loads(line)["response"] for _, line in zip(range(60), f)))
text.close()


def ours(*args):
    return ["java", "-Xmx4g", "-cp", f"{root}/trainer.jar{os.pathsep}{root}/bench/target/classes", "dev.terse.bench.EndToEnd", *args]


def our_sft():
    """The sft command on the peer's rows: real traces of at most 1,024 tokens, 4 an update; the first update is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        rows, out = f"{folder}/rows.jsonl", f"{folder}/out"
        with open(a.traces) as source, open(rows, "w") as target:
            for line in source:
                row = json.loads(line)
                pair = {"prompt": [{"role": "user", "content": row["question"]}], "completion": [{"role": "assistant", "content": row["response"]}]}
                target.write(json.dumps(pair) + "\n")
        command = ["java", "-jar", f"{root}/trainer.jar", "sft", "--model_name_or_path", a.model, "--dataset_name", rows, "--output_dir", out]
        settings = dict(max_length=1024, per_device_train_batch_size=4, max_steps=6, learning_rate=1e-5, gradient_checkpointing="false", save_strategy="no", logging_steps=1)
        for key, value in settings.items():
            command += [f"--{key}", str(value)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"sft failed\n{done.stderr[-2000:]}")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        metrics = [json.loads(line) for line in open(f"{out}/metrics.jsonl")]
    steps = [m for m in metrics if "train/step_time" in m]
    tokens = steps[-1]["train/num_tokens"] - steps[0]["train/num_tokens"]
    line = {"peer": "terse-sft", "dtype": "fp32", "tokens_per_second": round(tokens / sum(m["train/step_time"] for m in steps[1:]), 1),
            "losses": [round(m["train/loss"], 4) for m in steps]}
    # The kernel tells only the largest child so far: unknown where an earlier one was larger.
    return line | ({"peak_gb": round(peak / 1e6, 2)} if peak > before else {})


def peer(script, *args):
    return [sys.executable, f"{a.peers}/{script}", *args]


def run(command):
    """The JSON lines that a command prints on stdout (or a function returns), keyed by batch where it has one."""
    if callable(command):
        lines = [command()]
    else:
        done = subprocess.run(command, capture_output=True, text=True)
        lines = [json.loads(l) for l in done.stdout.splitlines() if l.startswith('{"')]
        if not lines:
            sys.exit(f"no result from {' '.join(command)}\n{done.stderr[-2000:]}")
    with open(a.out, "a") as f:
        f.writelines(json.dumps(l) + "\n" for l in lines)
    return {l.get("batch", 0): l for l in lines}


pairs = {
    "sft": [("TRL fp32", our_sft, peer("sft_trl.py", a.model, a.traces, "--dtype", "fp32"))],
    "decode": [("transformers fp32", ours("decode", "--model", a.model), peer("generate_hf.py", a.model, "--batches", "8", "32"))],
    "score": [("transformers fp32", ours("score", "--model", a.model, "--text", text.name), peer("score_hf.py", a.model, text.name, "--dtype", "fp32"))],
}
if a.gguf:
    pairs["decode"].append(("llama.cpp", ours("decode", "--model", a.model), peer("decode_llamacpp.py", a.gguf, "--batches", "8", "32")))

print(f"{'case':34}{'terse':>12}{'peer':>12}{'ratio':>8}   peak GB terse / peer")
for case in a.cases:
    for name, our_command, peer_command in pairs[case]:
        rounds = [(run(our_command), run(peer_command)) for _ in range(a.rounds)]
        for batch in rounds[0][1]:
            mine = [r[0][batch] for r in rounds]
            theirs = [r[1][batch] for r in rounds]
            ratio = statistics.median(m["tokens_per_second"] / t["tokens_per_second"] for m, t in zip(mine, theirs))
            label = f"{case} {batch or ''} against {name}"
            best = [max(r["tokens_per_second"] for r in side) for side in (mine, theirs)]
            peak = [max(r.get("peak_gb", 0) for r in side) for side in (mine, theirs)]
            print(f"{label:34}{best[0]:>12.1f}{best[1]:>12.1f}{ratio:>8.2f}   {peak[0] or '-'} / {peak[1] or '-'}", flush=True)
