"""Loss curves of 100 SFT steps, ours and PyTorch's, from the same weights on the same token ids in the same order.

usage: loss_curves.py --model HF_FOLDER --traces TRACES.jsonl [--ours fp32 bf16] [--torch fp32 bf16] [--steps 100] [--out curves.jsonl]

Build first (mvn -B package -DskipTests), and run it with a Python that has torch and transformers. Ours is the sft command; it reads the
rows in the order of the file (train_sampling_strategy: sequential). PyTorch is fed the ids and the first supervised token of each row as
the sft command reads them (EndToEnd sft-rows), unpadded, one row at a time; its loss is the mean over all supervised tokens of the step,
as ours. Both: AdamW without decay, constant learning rate, clipping to norm 1, no dropout; torch bf16 is autocast over fp32 weights.
What must hold: |ours fp32 / torch fp32 - 1| <= 1e-4 in every step; and in the mean over the steps, |ours bf16 - torch fp32| no larger
than about |torch bf16 - torch fp32|. Exit code 1 if the first does not hold, or if the second misses by more than a quarter.
"""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BETAS, EPSILON, MAX_NORM, CLIP_EPSILON = (0.9, 0.999), 1e-8, 1.0, 1e-6
FP32_TOLERANCE = 1e-4
BF16_ALLOWANCE = 1.25  # two rounding noises of one size are never equal

p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
p.add_argument("--model", required=True)
p.add_argument("--traces", required=True, help="JSONL with question and response")
p.add_argument("--ours", nargs="*", default=["fp32", "bf16"], choices=["fp32", "bf16"])
p.add_argument("--torch", nargs="*", default=["fp32", "bf16"], choices=["fp32", "bf16"])
p.add_argument("--steps", type=int, default=100)
p.add_argument("--rows", type=int, default=2, help="rows a step")
p.add_argument("--max-length", type=int, default=256)
p.add_argument("--learning-rate", type=float, default=1e-5)
p.add_argument("--through", default="", help="command before every run")
p.add_argument("--out", default="curves.jsonl", help="a line a curve; curves that it holds already are not run again")
p.add_argument("--torch-worker", nargs=3, metavar=("DTYPE", "IDS", "LOSSES"), help=argparse.SUPPRESS)
a = p.parse_args()


def sentences(text, most):
    """The beginning of a text, up to a paragraph's end where there is one."""
    cut = text[:most]
    return cut[: cut.rfind("\n\n")] if "\n\n" in cut[most // 2 :] else cut


def write_rows(file, count):
    """Short rows from the beginnings of real traces: a question and the first paragraphs of the response."""
    written = 0
    with open(a.traces) as source, open(file, "w") as target:
        for line in source:
            trace = json.loads(line)
            if len(trace["question"]) > 400:
                continue
            pair = {"prompt": [{"role": "user", "content": trace["question"]}], "completion": [{"role": "assistant", "content": sentences(trace["response"], 500)}]}
            target.write(json.dumps(pair) + "\n")
            written += 1
            if written == count:
                return
    raise SystemExit(f"{a.traces} holds {written} rows with short questions, expected {count}")


def run(*command):
    done = subprocess.run([*shlex.split(a.through), *map(str, command)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{shlex.join(map(str, command))}\n{done.stderr[-3000:]}")


def ours(dtype, rows, folder):
    out = folder / f"ours-{dtype}"
    settings = {"model_name_or_path": a.model, "skip_token": "null", "dataset_name": rows, "max_length": a.max_length, "output_dir": out,
                "per_device_train_batch_size": a.rows, "max_steps": a.steps, "learning_rate": a.learning_rate, "lr_scheduler_type": "constant",
                "weight_decay": 0, "max_grad_norm": MAX_NORM, "train_sampling_strategy": "sequential", "gradient_checkpointing": "false",
                "save_strategy": "no", "logging_steps": 1, "disable_tqdm": "true"} | ({"bf16": "true"} if dtype == "bf16" else {})
    run("java", "-jar", ROOT / "trainer.jar", "sft", *[part for key, value in settings.items() for part in (f"--{key}", value)])
    return [m["train/loss"] for m in map(json.loads, open(out / "metrics.jsonl")) if "train/loss" in m]


def torch_curve(dtype, ids, folder):
    losses = folder / f"torch-{dtype}.json"
    run(sys.executable, __file__, *sys.argv[1:], "--torch-worker", dtype, ids, losses)
    return json.loads(losses.read_text())


def torch_worker(dtype, ids, losses):
    import contextlib

    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=a.learning_rate, betas=BETAS, eps=EPSILON, weight_decay=0)
    cast = (lambda: torch.autocast("cpu", dtype=torch.bfloat16)) if dtype == "bf16" else contextlib.nullcontext
    rows, curve = [json.loads(line) for line in open(ids)], []
    for step in range(a.steps):
        batch = rows[step * a.rows : (step + 1) * a.rows]
        targets, value = sum(sum(r["loss"]) for r in batch), 0.0
        for row in batch:
            x = torch.tensor([row["ids"]])
            with cast():
                logits = model(x).logits
            log_probs = torch.log_softmax(logits[0, :-1].float(), -1)
            bears = torch.tensor(row["loss"][1:], dtype=torch.float32)
            loss = -(log_probs.gather(1, x[0, 1:, None])[:, 0] * bears).sum() / targets
            loss.backward()
            value += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()
        optimizer.zero_grad()
        curve.append(value)
    pathlib.Path(losses).write_text(json.dumps(curve))


def curves():
    """Losses by name, e.g. "ours fp32"."""
    file = pathlib.Path(a.out)
    found = {c["curve"]: c["losses"] for c in map(json.loads, file.read_text().splitlines())} if file.exists() else {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        rows, ids = folder / "rows.jsonl", folder / "ids.jsonl"
        write_rows(rows, a.steps * a.rows * 3 // 2)  # both sides drop the same rows that are too long
        classes = f"{ROOT}/trainer.jar:{ROOT}/bench/target/classes"
        run("java", "-cp", classes, "dev.terse.bench.EndToEnd", "sft-rows", "--model", a.model, "--input", rows, "--output", ids, "--max-length", a.max_length)
        kept = sum(1 for _ in open(ids))
        if kept < a.steps * a.rows:
            raise SystemExit(f"{kept} rows are at most {a.max_length} tokens long, expected {a.steps * a.rows}: raise --max-length")
        wanted = [(f"torch {d}", torch_curve, d, ids) for d in a.torch] + [(f"ours {d}", ours, d, rows) for d in a.ours]
        for name, curve, dtype, data in wanted:
            if name not in found:
                found[name] = curve(dtype, data, folder)
                with open(file, "a") as f:
                    f.write(json.dumps({"curve": name, "losses": found[name]}) + "\n")
    return found


def main():
    found = curves()
    exact = found.get("torch fp32")
    print("| curve | first loss | last loss | mean distance to torch fp32 | largest | largest, relative |\n| --- | --- | --- | --- | --- | --- |")
    mean = {}
    for name, losses in found.items():
        away = [abs(x - y) for x, y in zip(losses, exact)] if exact else []
        mean[name] = sum(away) / len(away) if away else 0
        relative = max(d / y for d, y in zip(away, exact)) if away else 0
        print(f"| {name} | {losses[0]:.5f} | {losses[-1]:.5f} | {mean[name]:.2e} | {max(away, default=0):.2e} | {relative:.2e} |")
    failed = False
    if exact and "ours fp32" in found:
        worst = max(abs(x / y - 1) for x, y in zip(found["ours fp32"], exact))
        failed |= worst > FP32_TOLERANCE
        print(f"\nfp32: largest relative distance {worst:.2e}, at most {FP32_TOLERANCE:.0e} expected: {'no' if worst > FP32_TOLERANCE else 'yes'}")
    if exact and "ours bf16" in found and "torch bf16" in found:
        ratio = mean["ours bf16"] / mean["torch bf16"]
        failed |= ratio > BF16_ALLOWANCE
        print(f"bf16: our mean distance is {ratio:.2f} of PyTorch's own, about 1 or less expected: {'no' if ratio > BF16_ALLOWANCE else 'yes'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(torch_worker(*a.torch_worker) if a.torch_worker else main())
