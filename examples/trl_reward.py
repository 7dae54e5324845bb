"""A reward function of TRL, or one written for it, as a reward of the grpo command.

reward_funcs: ["command:python examples/trl_reward.py trl.rewards.think_format_reward"]
reward_funcs: ["command:python examples/trl_reward.py my_rewards.py:my_reward"]

Reads a line of JSON for each batch, calls function(prompts=…, completions=…, completion_ids=…, **columns,
log_metric=…, log_extra=…) and answers with a line of JSON. What the function prints goes to the error stream.
"""

import asyncio
import importlib
import importlib.util
import inspect
import json
import sys


def load(name):
    if ":" in name:
        path, function = name.rsplit(":", 1)
        spec = importlib.util.spec_from_file_location("reward_file", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module_name, function = name.rsplit(".", 1)
        module = importlib.import_module(module_name)
    return getattr(module, function)


def answer(function, request):
    metrics, extra = {}, {}
    values = function(
        prompts=request["prompts"],
        completions=request["completions"],
        completion_ids=request["completion_ids"],
        log_metric=lambda name, value: metrics.setdefault(name, []).append(float(value)),
        log_extra=lambda name, column: extra.__setitem__(name, list(column)),
        **request["columns"],
    )
    if inspect.isawaitable(values):
        values = asyncio.run(values)
    means = {name: sum(values) / len(values) for name, values in metrics.items()}
    return {"rewards": [None if v is None else float(v) for v in values], "metrics": means, "extra": extra}


def main():
    replies, sys.stdout = sys.stdout, sys.stderr
    function = load(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(answer(function, json.loads(line))), file=replies, flush=True)


main()
