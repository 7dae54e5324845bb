"""Ours and the peers in alternation on the same weights and data: rates, ratios, peak memory, as a Markdown table.

usage: peers.py --model HF_FOLDER --traces TRACES.jsonl --problems GSM8K_TRAIN.jsonl [--gguf-f32 FILE --gguf-bf16 FILE]
                [--cases sft loop grpo decode score] [--dtypes fp32 bf16] [--peer-dtypes fp32 bf16] [--rounds 2] ...

Build first (mvn -B package -DskipTests), and run it with a Python that has the peers' packages (torch, transformers, trl, llama_cpp).
Cases, each on the same model:
  sft     the sft command, and TRL's SFTTrainer: real traces of at most 1,024 tokens, 4 rows a step; the first step is not counted
  loop    forward, backward and AdamW on one sequence of 2,048 tokens, and the same by a hand-written PyTorch loop
  grpo    the grpo command, and TRL's GRPOTrainer: one prompt, 8 completions of at most 256 tokens, beta 0, on policy
  decode  sampled completions of one prompt at 1, 8 and 32 sequences, and llama.cpp and transformers' generate
  score   log-probabilities and entropies of one sequence of 2,048 and 8,192 tokens, and transformers with the full log-softmax
In a round each side runs once, as a process of its own; --rounds of them alternate. Rates shown are medians over the rounds, a ratio
is the median of the rounds' ratios; an asterisk marks a rate with a round during which other processes took more than 5 % of the machine.
Memory is the most that the process had resident. Raw results go to --out, one JSON line a result.
--through CMD puts CMD before every run (a queue, taskset, numactl); --limit bounds a run in seconds.
"""
import argparse
import itertools
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OWN = ROOT / "bench" / "peers"  # scripts of ours, where the shared ones lack something
SFT_ROWS = 4
SFT_LENGTH = 1024
GROUP = 8
PROBLEM = 2  # the line of the problems that all grpo steps of both sides draw from: the length of completions hangs on the problem
PROBLEMS = 200  # the peers' script reads as many
DISTURBED = 0.05  # share of the machine that others may take before a run is marked
PROMPT = 54  # tokens of the decode case's prompt by SmolLM2's template


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--model", required=True, help="Hugging Face folder that both sides load")
    p.add_argument("--traces", required=True, help="JSONL with question and response")
    p.add_argument("--problems", required=True, help="JSONL with question and answer (GSM8K's training split)")
    p.add_argument("--gguf-f32", help="the same weights for llama.cpp")
    p.add_argument("--gguf-bf16", help="the same weights for llama.cpp")
    p.add_argument("--peers", default=str(ROOT.parent / "shared" / "peers"), help="folder of the peers' scripts")
    p.add_argument("--cases", nargs="+", default=["sft", "loop", "grpo", "decode", "score"], choices=list(CASES))
    p.add_argument("--dtypes", nargs="+", default=["fp32", "bf16"], choices=["fp32", "bf16"], help="of ours")
    p.add_argument("--peer-dtypes", nargs="*", default=["fp32", "bf16"], choices=["fp32", "bf16"], help="of the peers; bf16 is autocast and pure bf16")
    p.add_argument("--rounds", type=int, default=2)
    p.add_argument("--steps", type=int, default=4, help="of sft, the first of them not counted")
    p.add_argument("--grpo-steps", type=int, default=3, help="the first of them not counted")
    p.add_argument("--completion", type=int, default=256, help="most tokens of a completion of grpo")
    p.add_argument("--score-tokens", nargs="+", type=int, default=[2048, 8192])
    p.add_argument("--batches", nargs="+", type=int, default=[1, 8, 32], help="sequences of the decode case")
    p.add_argument("--setting", nargs="*", default=[], metavar="KEY=VALUE", help="further keys of our sft and grpo, e.g. gradient_checkpointing=true")
    p.add_argument("--java-options", default="", help="e.g. -Xmx2g")
    p.add_argument("--through", default="", help="command before every run")
    p.add_argument("--limit", type=int, default=900, help="seconds a run may take")
    p.add_argument("--out", default="bench.jsonl")
    return p.parse_args()


# Runs --------------------------------------------------------------------------------------------


class Run:
    """Starts processes and keeps what they say."""

    def __init__(self, a):
        self.a = a
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)

    def process(self, command):
        """(stdout, how it fared: peak_gb, others) of a command; (None, {}) if it failed or took too long."""
        report, out, err = (self.path / name for name in ("report", "stdout", "stderr"))
        report.unlink(missing_ok=True)
        words = list(map(str, command))
        with open(out, "w") as o, open(err, "w") as e:
            subprocess.run([*shlex.split(self.a.through), sys.executable, str(OWN / "watched.py"), str(report), str(self.a.limit), *words], stdout=o, stderr=e)
        fared = json.loads(report.read_text()) if report.exists() else {"exit": "nothing: it did not start"}
        if fared["exit"] != 0:
            why = f"took more than {self.a.limit} s" if fared["exit"] == 124 else f"ended with {fared['exit']}"
            print(f"{why}: {shlex.join(words)}\n{err.read_text()[-1500:]}", file=sys.stderr, flush=True)
            return None, {}
        if (fared["others"] or 0) > DISTURBED:
            print(f"others took {fared['others']:.0%} of the machine during {shlex.join(words[:8])} ...", file=sys.stderr, flush=True)
        return out.read_text(), {"peak_gb": round(fared["peak_gb"], 2), "others": fared["others"] and round(fared["others"], 3)}

    def lines(self, name, dtype, command):
        """Results of a command that prints JSON lines."""
        out, fared = self.process(command)
        results = [json.loads(line) for line in (out or "").splitlines() if line.startswith('{"')]
        return [self.keep(r | fared | {"side": name, "dtype": dtype, "peak_gb": max(fared["peak_gb"], r.get("peak_gb", 0))}) for r in results]

    def keep(self, result):
        with open(self.a.out, "a") as f:
            f.write(json.dumps(result) + "\n")
        return result

    def peer(self, script, *args):
        own = OWN / script
        return [sys.executable, own if own.exists() else f"{self.a.peers}/{script}", *args]

    def java(self, *args):
        return ["java", *shlex.split(self.a.java_options), *args]

    def end_to_end(self, case, dtype, *args):
        classes = f"{ROOT}/trainer.jar{os.pathsep}{ROOT}/bench/target/classes"
        width = ["--bf16"] if dtype == "bf16" else []
        return self.java("-cp", classes, "dev.terse.bench.EndToEnd", case, "--model", self.a.model, *width, *args)

    def training(self, command, dtype, settings):
        """Metrics of the steps of our sft or grpo, and how it fared; none if it failed."""
        keys = {"model_name_or_path": self.a.model, "skip_token": "null", "gradient_checkpointing": "false", "save_strategy": "no", "logging_steps": 1, "disable_tqdm": "true"}
        keys |= settings | ({"bf16": "true"} if dtype == "bf16" else {}) | dict(s.split("=", 1) for s in self.a.setting)
        with tempfile.TemporaryDirectory() as out:
            pairs = [part for key, value in (keys | {"output_dir": out}).items() for part in (f"--{key}", value)]
            text, fared = self.process(self.java("-jar", ROOT / "trainer.jar", command, *pairs))
            if text is None:
                return [], fared
            metrics = [json.loads(line) for line in open(f"{out}/metrics.jsonl")]
        return [m for m in metrics if "train/step_time" in m], fared


# Cases: each yields (our sides, peer sides); a side is (name, dtype, function that runs it and returns results) ----------------------


def sft(run):
    a = run.a
    traces, rows = run.path / "traces.jsonl", run.path / "rows.jsonl"
    subprocess.run(run.peer("pick_rows.py", a.model, a.traces, str(SFT_LENGTH), str(SFT_ROWS * a.steps), traces, rows), check=True)

    def ours(dtype):
        settings = {"dataset_name": rows, "max_length": SFT_LENGTH, "per_device_train_batch_size": SFT_ROWS, "max_steps": a.steps, "learning_rate": 1e-5}
        steps, fared = run.training("sft", dtype, settings)
        if not steps:
            return []
        tokens = steps[-1]["train/num_tokens"] - steps[0]["train/num_tokens"]
        seconds = sum(m["train/step_time"] for m in steps[1:])
        return [run.keep({"peer": "terse-sft", "side": "Terse", "dtype": dtype, "tokens_per_second": round(tokens / seconds, 1),
                          "losses": [round(m["train/loss"], 4) for m in steps]} | fared)]

    def trl(dtype):
        return run.lines("TRL SFTTrainer", dtype, run.peer("sft_trl.py", a.model, traces, "--dtype", dtype, "--steps", a.steps, "--rows", SFT_ROWS, "--max-length", SFT_LENGTH))

    return [("Terse", d, ours) for d in a.dtypes], [("TRL SFTTrainer", d, trl) for d in a.peer_dtypes]


def loop(run):
    a = run.a
    text = text_of(run, tokens=2048)

    def ours(dtype):
        return run.lines("Terse", dtype, run.end_to_end("train", dtype, "--text", text, "--tokens", 2048, "--segments", 1))

    def torch(dtype):
        return run.lines("PyTorch loop", dtype, run.peer("score_hf.py", a.model, text, "--tokens", 2048, "--dtype", dtype, "--train"))

    return [("Terse", d, ours) for d in a.dtypes], [("PyTorch loop", d, torch) for d in wide(a, "amp", "pure-bf16")]


def grpo(run):
    a = run.a
    problems = run.path / "problems.jsonl"
    with open(a.problems) as source:
        problems.write_text(PROBLEMS * next(itertools.islice(source, PROBLEM, None)))

    def timings(result, seconds, generation, lengths):
        """Means over all steps but the first."""
        step, drawing, length = (statistics.mean(column[1:]) for column in (seconds, generation, lengths))
        return result | {"step_seconds": round(step, 2), "generation_seconds": round(drawing, 2), "update_seconds": round(step - drawing, 2),
                         "mean_length": round(length, 1), "tokens_per_second": round(GROUP * length / step, 2)}

    def ours(dtype):
        settings = {"dataset_name": problems, "num_generations": GROUP, "per_device_train_batch_size": GROUP, "max_completion_length": a.completion,
                    "temperature": 1.0, "beta": 0.0, "max_steps": a.grpo_steps, "learning_rate": 1e-6, "reward_preset": "paper",
                    "eval_strategy": "no", "eval_on_start": "false"}  # configs/grpo.yaml evaluates, TRL's script does not
        steps, fared = run.training("grpo", dtype, settings)
        if not steps:
            return []
        columns = ([m[f"train/{key}"] for m in steps] for key in ("step_time", "rollout_time", "completions/mean_length"))
        return [run.keep(timings({"peer": "terse-grpo", "side": "Terse", "dtype": dtype} | fared, *columns))]

    def trl(dtype):
        command = run.peer("grpo_trl.py", a.model, problems, "--dtype", dtype, "--steps", a.grpo_steps, "--max-completion-length", a.completion)
        return [run.keep(timings(r, r["step_seconds"], r["generation_seconds"], r["mean_length"])) for r in run.lines("TRL GRPOTrainer", dtype, command)]

    return [("Terse", d, ours) for d in a.dtypes], [("TRL GRPOTrainer", d, trl) for d in wide(a, "bf16", "pure-bf16")]


def decode(run):
    a = run.a

    def ours(dtype):
        return run.lines("Terse", dtype, run.end_to_end("decode", dtype, "--batches", *a.batches))

    def llama(dtype):
        gguf = a.gguf_f32 if dtype == "fp32" else a.gguf_bf16
        return run.lines("llama.cpp", dtype, run.peer("decode_llamacpp.py", gguf, "--batches", *a.batches, "--prompt", PROMPT))

    def generate(dtype):
        return run.lines("transformers generate", dtype, run.peer("generate_hf.py", a.model, "--dtype", dtype, "--batches", *a.batches))

    files = {"fp32": a.gguf_f32, "bf16": a.gguf_bf16}
    peers = [("llama.cpp", d, llama) for d in a.peer_dtypes if files[d]] + [("transformers generate", d, generate) for d in a.peer_dtypes]
    return [("Terse", d, ours) for d in a.dtypes], peers


def score(run):
    a = run.a
    text = text_of(run, tokens=max(a.score_tokens))

    def ours(dtype):
        return run.lines("Terse", dtype, run.end_to_end("score", dtype, "--text", text, "--tokens", *a.score_tokens))

    def transformers(dtype):  # a process a length, so that each has a peak of its own
        return [r for n in a.score_tokens for r in run.lines("transformers", dtype, run.peer("score_transformers.py", a.model, text, "--tokens", n, "--dtype", dtype))]

    return [("Terse", d, ours) for d in a.dtypes], [("transformers", d, transformers) for d in wide(a, "amp")]


CASES = {"sft": sft, "loop": loop, "grpo": grpo, "decode": decode, "score": score}


def wide(a, *bf16_kinds):
    """The peers' own names of the number types that were asked for."""
    return ["fp32"] * ("fp32" in a.peer_dtypes) + list(bf16_kinds) * ("bf16" in a.peer_dtypes)


def text_of(run, tokens):
    """A file of responses, long enough for so many tokens."""
    file = run.path / "text.txt"
    with open(run.a.traces) as f:
        file.write_text("\n\n".join(json.loads(line)["response"] for _, line in zip(range(60), f))[: 12 * tokens])
    return file


# Results -----------------------------------------------------------------------------------------


def size(result):
    """What tells the results of one side apart."""
    return result.get("batch") or result.get("tokens") or 0


def measured(run, sides):
    """Results by (side, dtype, size), a list over the rounds; a side that fails once is left out from then on."""
    found, failed = {}, set()
    for _ in range(run.a.rounds):
        for name, dtype, run_side in sides:
            if (name, dtype) in failed:
                continue
            results = run_side(dtype)
            if not results:
                failed.add((name, dtype))
            for result in results:
                found.setdefault((name, dtype, size(result)), []).append(result)
    return found


def median(results, key):
    values = [r[key] for r in results if r.get(key) is not None]
    return statistics.median(values) if values else None


def rate(results):
    """Median tokens a second, marked if a round was disturbed."""
    return show(median(results, "tokens_per_second")) + "*" * disturbed(results)


def disturbed(results):
    return any((r.get("others") or 0) > DISTURBED for r in results)


def show(value, digits=1):
    return "-" if value is None else f"{value:,.{digits}f}"


def table(case, found):
    """Every one of our results beside every peer's of the same size."""
    grpo_case = case == "grpo"
    head = ["case", "Terse", "rate", "peer", "rate", "ratio", "peak GB Terse / peer", "above the loaded model"]
    if grpo_case:
        head[2] = head[4] = "s a step (generation + update; mean length)"
        head[5] = "ratio of steps"
        head[7] = "ratio by token"
    rows = []
    for (name, dtype, n), mine in found.items():
        for (peer, peer_dtype, m), theirs in found.items():
            if name != "Terse" or peer == "Terse" or n != m:
                continue
            ratios = [x["tokens_per_second"] / y["tokens_per_second"] for x, y in zip(mine, theirs)]
            label = f"{case} {n:,}" if n else case
            peak = f"{show(median(mine, 'peak_gb'))} / {show(median(theirs, 'peak_gb'))}"
            if grpo_case:
                steps = [y["step_seconds"] / x["step_seconds"] for x, y in zip(mine, theirs)]
                rows.append([label, dtype, grpo_text(mine), f"{peer} {peer_dtype}", grpo_text(theirs), show(statistics.median(steps), 2), peak, show(statistics.median(ratios), 2)])
            else:
                above = f"{show(median(mine, 'above_loaded_gb'), 2)} / {show(median(theirs, 'above_loaded_gb'), 2)}"
                rows.append([label, dtype, rate(mine), f"{peer} {peer_dtype}", rate(theirs), show(statistics.median(ratios), 2), peak, above])
    if not rows:  # a side alone
        head, rows = ["case", "side", "rate", "peak GB"], [[case + (f" {n:,}" if n else ""), f"{name} {d}", grpo_text(r) if grpo_case else rate(r), show(median(r, "peak_gb"))] for (name, d, n), r in found.items()]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def grpo_text(results):
    step, drawing, update, length = (median(results, k) for k in ("step_seconds", "generation_seconds", "update_seconds", "mean_length"))
    return f"{show(step)}{'*' * disturbed(results)} ({show(drawing)} + {show(update)}; {show(length, 0)})"


def main():
    run = Run(arguments())
    tables = []
    for case in run.a.cases:
        ours, peers = CASES[case](run)
        turns = max(len(ours), len(peers))
        alternating = [side for i in range(turns) for side in ours[i : i + 1] + peers[i : i + 1]]
        tables.append(table(case, measured(run, alternating)))
        print(tables[-1], flush=True)
    print(f"\nAll tables ({run.a.rounds} rounds, rates in tokens/s, medians):\n\n" + "\n\n".join(tables))


if __name__ == "__main__":
    main()
