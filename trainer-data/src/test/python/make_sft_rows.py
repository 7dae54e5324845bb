"""Token ids and labels that TRL's SFTTrainer makes of rows: trl-sft-rows.jsonl beside the tests.

python make_sft_rows.py   with trl 1.16 and transformers; the tokenizer is checkpoints/arithmetic-skip.
Each line: name, template, begin (the tokenizer puts <|system|> before a text), config, rows, result.
"""

import json
import pathlib
import shutil
import tempfile

from datasets import Dataset
from trl import SFTConfig, SFTTrainer

ROOT = pathlib.Path(__file__).resolve().parents[4]
MODEL = ROOT / "checkpoints/arithmetic-skip"
OUTPUT = ROOT / "trainer-data/src/test/resources/trl-sft-rows.jsonl"

OWN = json.loads((MODEL / "tokenizer_config.json").read_text())["chat_template"]
MARKED = (
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.role == 'assistant' %}{% generation %}"
    "{{ (m.content or '') }}{% for t in (m.tool_calls or []) %}{{ t.function.name + t.function.arguments }}"
    "{% endfor %}{{ '<|end|>' }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
RICH = (
    "{% if tools %}{{ '<|system|>' + (tools | tojson) }}{% endif %}"
    "{% if extra %}{{ '<|system|>' + extra }}{% endif %}"
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.reasoning_content %}"
    "{{ '<think>' + m.reasoning_content + '</think>' }}{% endif %}{{ (m.content or '') }}"
    "{% for t in (m.tool_calls or []) %}{{ t.function.name + t.function.arguments }}{% endfor %}"
    "{% if m.role == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% if enable_thinking is defined and not enable_thinking %}"
    "{{ '<think></think>' }}{% endif %}{% endif %}"
)


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


CHAT = [turn("user", "1+1"), turn("assistant", "2"), turn("user", "3+3"), turn("assistant", "6")]
SYSTEM = [turn("system", "add"), *CHAT[:2]]
CALL = {"type": "function", "function": {"name": "mul", "arguments": "7,8"}}
TOOLS = [turn("user", "7*8"), turn("assistant", "", tool_calls=[CALL]), turn("tool", "56"), turn("assistant", "56")]
SCHEMA = [{"type": "function", "function": {"name": "mul"}}]
SHAREGPT = [{"from": "user", "value": "1+1"}, {"from": "assistant", "value": "2"}]
TEXTS = ["1+1=2", "<|user|>1+1<|assistant|>2<|end|>", "a [SKIP]b\n\n<think>c</think>"]
LONG = ["1+2+3+4+5=15", "7*8=56", "2", "1+1+1+1+1+1+1+1=8"]

CASES = [
    ("text", OWN, False, {}, [{"text": t} for t in TEXTS]),
    ("text with a begin token", OWN, True, {}, [{"text": t} for t in TEXTS]),
    ("text under another key", OWN, False, {"dataset_text_field": "body"}, [{"body": "1+1=2"}]),
    ("prompt and completion", OWN, False, {}, [{"prompt": "1+1=", "completion": "2"}, {"prompt": "1+1=", "completion": "2<|end|>"}]),
    ("prompt and completion with a begin token", OWN, True, {}, [{"prompt": "1+1=", "completion": "2"}]),
    ("tokens that merge over the border", OWN, False, {}, [{"prompt": "the ans", "completion": "wer is 2"}]),
    ("loss on the prompt too", OWN, False, {"completion_only_loss": False}, [{"prompt": "1+1=", "completion": "2"}]),
    ("messages", OWN, False, {}, [{"messages": CHAT}, {"messages": SYSTEM}]),
    ("messages with a begin token", OWN, True, {}, [{"messages": CHAT}]),
    ("messages that end with the user", OWN, False, {}, [{"messages": CHAT[:3]}]),
    ("assistant only by marks", MARKED, False, {"assistant_only_loss": True}, [{"messages": CHAT}, {"messages": SYSTEM}]),
    ("assistant only with tool calls", MARKED, False, {"assistant_only_loss": True}, [{"messages": TOOLS}]),
    ("prompt and completion of messages", OWN, False, {}, [{"prompt": CHAT[:1], "completion": CHAT[1:2]}]),
    ("completion of several messages", OWN, False, {}, [{"prompt": CHAT[:1], "completion": CHAT[1:]}]),
    ("completion and assistant only", MARKED, False, {"assistant_only_loss": True}, [{"prompt": CHAT[:1], "completion": CHAT[1:]}]),
    ("all of a conversation", OWN, False, {"completion_only_loss": False}, [{"prompt": CHAT[:1], "completion": CHAT[1:2]}]),
    ("tool calls", RICH, False, {}, [{"messages": TOOLS}]),
    ("tools", RICH, False, {}, [{"messages": CHAT[:2], "tools": SCHEMA}, {"messages": CHAT[:2], "tools": json.dumps(SCHEMA)}][:1]),
    ("tools as text", RICH, False, {}, [{"messages": CHAT[:2], "tools": json.dumps(SCHEMA)}]),
    ("reasoning", RICH, False, {}, [{"messages": [CHAT[0], turn("assistant", "2", reasoning_content="1+1=2")]}]),
    ("row variables", RICH, False, {}, [{"prompt": CHAT[:1], "completion": CHAT[1:2], "chat_template_kwargs": {"extra": "7 7 7"}}]),
    ("conversations", OWN, False, {}, [{"conversations": SHAREGPT}]),
    ("input_ids", OWN, False, {}, [{"input_ids": [16, 10, 17], "labels": [-100, 10, 17]}]),
    ("keep_start", OWN, False, {"max_length": 9, "truncation_mode": "keep_start"}, [{"text": t} for t in LONG]),
    ("keep_end", OWN, False, {"max_length": 9, "truncation_mode": "keep_end"}, [{"text": t} for t in LONG]),
    ("bfd", OWN, False, {"max_length": 12, "packing": True}, [{"text": t} for t in LONG]),
    ("bfd_split", OWN, False, {"max_length": 8, "packing": True, "packing_strategy": "bfd_split"}, [{"text": t} for t in LONG]),
    ("wrapped", OWN, False, {"max_length": 8, "packing": True, "packing_strategy": "wrapped"}, [{"text": t} for t in LONG]),
]


def folder(parent, template, begin):
    path = pathlib.Path(tempfile.mkdtemp(dir=parent))
    for file in MODEL.iterdir():
        shutil.copy(file, path)
    config = json.loads((path / "tokenizer_config.json").read_text())
    config["chat_template"] = template
    if begin:
        config["tokenizer_class"] = "PreTrainedTokenizerFast"
        tokenizer = json.loads((path / "tokenizer.json").read_text())
        ids = {t["content"]: t["id"] for t in tokenizer["added_tokens"]}
        tokenizer["post_processor"] = {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<|system|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<|system|>": {"id": "<|system|>", "ids": [ids["<|system|>"]], "tokens": ["<|system|>"]}},
        }
        (path / "tokenizer.json").write_text(json.dumps(tokenizer))
    (path / "tokenizer_config.json").write_text(json.dumps(config))
    return str(path)


def made(parent, template, begin, config, rows):
    args = SFTConfig(
        output_dir=parent + "/out", report_to="none", use_cpu=True, bf16=False, eos_token="<|end|>", pad_token="<|end|>", **config
    )
    trainer = SFTTrainer(model=folder(parent, template, begin), args=args, train_dataset=Dataset.from_list(rows))
    return [{key: row[key] for key in ("input_ids", "labels", "seq_lengths") if key in row} for row in trainer.train_dataset]


def main():
    with tempfile.TemporaryDirectory() as parent, open(OUTPUT, "w") as out:
        for name, template, begin, config, rows in CASES:
            case = {"name": name, "template": template, "begin": begin, "config": config, "rows": rows}
            case["result"] = made(parent, template, begin, config, rows)
            out.write(json.dumps(case) + "\n")


main()
