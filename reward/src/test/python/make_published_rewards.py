"""Writes published-rewards.jsonl: values of TRL's and open-r1's rewards by their definitions.

The patterns and formulas are those of trl/rewards and open_r1/rewards.py, with Python's own
regular expressions. Answers are right where a row says so; how answers are compared is tested
elsewhere. Run: python3 make_published_rewards.py > ../resources/published-rewards.jsonl
"""

import json
import math
import random
import re

PIECES = [
    "<think>", "</think>", "<answer>", "</answer>", "\n", "\n", "\n\n", "<think>\n",
    "\n</think>\n<answer>\n", "\n</answer>", "```python\nx = 1\n```", "```", "Step 1: add", "Step x:",
    "1. ", "12. ", "\n- item", "\n* item", "First, ", "Second, ", "Next, ", "Finally, ", "a b a b ",
    "The The the ", "x", " ", "7", "½ ", "𝔸",
]
WHOLE = [
    "<think>\nI add.\n</think>\n<answer>\n7\n</answer>",
    "<think>\n\n</think>\n<answer>\n\n</answer>",
    "<think>\nI add.\n</think>\n<answer>\n```python\nprint(7)\n```\n</answer>",
    "<think>\nI add.\n</think>\n<answer>\n7\n</answer>\ntail",
    "<think>\nI add.\n</think>\n<answer>\n7\n</answer> tail",
    "<think>\na\n</think>\n<answer>\nb\n</answer> c\n</answer>",
    "<think>a</think>b", "<think>a<think></think>", " <think>a</think>", "a</think>b", "",
]


def matches(pattern, text):
    return 1.0 if re.match(pattern, text, re.DOTALL | re.MULTILINE) else 0.0


def tag_count(text):
    tags = ["<think>\n", "\n</think>\n", "\n<answer>\n", "\n</answer>"]
    return sum(0.25 for tag in tags if text.count(tag) == 1)


def steps(text):
    signs = re.findall(r"(Step \d+:|^\d+\.|\n-|\n\*|First,|Second,|Next,|Finally,)", text)
    return min(1.0, len(signs) / 3)


def repetition(units, n, most):
    if len(units) < n:
        return 0.0
    grams = list(zip(*[units[i:] for i in range(n)]))
    return (1 - len(set(grams)) / len(grams)) * most


def cosine(length, most, right, wrong_short, wrong_long, right_long, right_short):
    low, high = (right_long, right_short) if right else (wrong_long, wrong_short)
    return low + 0.5 * (high - low) * (1 + math.cos(length / most * math.pi))


def overlong(length, most, cache):
    if length <= most - cache:
        return 0.0
    return (most - cache - length) / cache if length <= most else -1.0


def batch_length(texts, right):
    lengths = [len(text) for text in texts]
    if max(lengths) == min(lengths):
        return [0.0] * len(texts)
    values = [0.5 - (n - min(lengths)) / (max(lengths) - min(lengths)) for n in lengths]
    return [v if ok else min(0, v) for v, ok in zip(values, right)]


def main():
    draw = random.Random(7)
    for number in range(60):
        texts = [WHOLE[(5 * number + i) % len(WHOLE)] if i < 2 else
                 "".join(draw.choice(PIECES) for _ in range(draw.randrange(14))) for i in range(5)]
        right = [draw.random() < 0.5 for _ in texts]
        ids = [[draw.randrange(4) for _ in range(draw.randrange(30))] for _ in texts]
        fence = r"^<think>\n.*?\n</think>\n<answer>\n.*?```python.*?```.*?\n</answer>$"
        print(json.dumps({
            "texts": texts, "right": right, "ids": ids,
            "think_format_reward": [matches(r"^<think>(?!.*<think>)(.*?)</think>.*$", t) for t in texts],
            "format_reward": [matches(r"^<think>\n.*?\n</think>\n<answer>\n.*?\n</answer>$", t) for t in texts],
            "code_format_reward": [matches(fence, t) for t in texts],
            "tag_count_reward": [tag_count(t) for t in texts],
            "reasoning_steps_reward": [steps(t) for t in texts],
            "repetition_penalty": [repetition(t.lower().split(), 2, -0.5) for t in texts],
            "get_repetition_penalty_reward": [repetition(i, 2, -0.5) for i in ids],
            "cosine": [cosine(len(t), 40, ok, 0.0, -0.5, 0.5, 1.0) for t, ok in zip(texts, right)],
            "get_cosine_scaled_reward": [
                cosine(min(len(i), 20), 20, ok, -1.0, -0.5, 0.5, 1.0) for i, ok in zip(ids, right)],
            "get_soft_overlong_punishment": [overlong(len(i), 20, 8) for i in ids],
            "length": batch_length(texts, right),
        }, ensure_ascii=True))


if __name__ == "__main__":
    main()
