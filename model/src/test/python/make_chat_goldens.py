"""Makes src/test/resources/chat: templates and what Jinja2 renders from them, set up as transformers does.

usage: make_chat_goldens.py QWEN3_TOKENIZER_CONFIG R1_TOKENIZER_CONFIG SMOLLM2_FOLDER   (jinja2 3.1.6)
Qwen3 and SmolLM2: Apache-2.0. DeepSeek-R1-Distill: MIT. llama3-like.jinja is our own.
"""
import datetime, json, pathlib, sys
import jinja2, jinja2.ext, jinja2.sandbox

OUT = pathlib.Path(__file__).parent.parent / "resources" / "chat"


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    class Generation(jinja2.ext.Extension):  # transformers: AssistantTracker
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
            return jinja2.nodes.CallBlock(self.call_method("same"), [], [], body).set_lineno(line)

        def same(self, caller):
            return caller()

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda f: datetime.datetime.now().strftime(f)
    return env


ENV = environment()


def render(source, **names):
    try:
        return {"expected": ENV.from_string(source).render(**names)}
    except Exception as e:  # the interpreter must refuse too; its sentence is its own
        return {"refused": type(e).__name__}


def text_of(token):
    return token["content"] if isinstance(token, dict) else token


def special(config):
    return {k: text_of(config[k]) for k in ("bos_token", "eos_token", "pad_token", "unk_token") if config.get(k)}


USER = {"role": "user", "content": "What is 2 + 3?\n\n  Say {{ why }} & \"how\" – 数学 👍"}
CONVERSATIONS = [
    [USER],
    [{"role": "system", "content": "  Be brief.\n"}, USER],
    [USER, {"role": "assistant", "content": "<think>\n2+3=5\n\nso\n</think>\n\nIt is 5."},
     {"role": "user", "content": "And 7*6?"}],
    [USER, {"role": "assistant", "content": "\nthinking\n</think>\n\nIt is \\boxed{5}.\n"}],
    [USER, {"role": "assistant", "content": ""}, {"role": "user", "content": "  "}],
    [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
    [{"role": "assistant", "content": "I speak first"}],
    [],
]
VARIABLES = {"qwen3": [{}, {"enable_thinking": False}, {"enable_thinking": True}],
             "llama3-like": [{"date_string": "1 Jan 2026"},
                             {"date_string": "x", "tools": [{"name": "f", "args": {"a": [1, 2.5, None, True]}, "e": {}}]}]}

def main():
    qwen, r1, smol = (pathlib.Path(p) for p in sys.argv[1:4])
    qwen, r1 = json.loads(qwen.read_text()), json.loads(r1.read_text())
    sources = {"qwen3": (qwen["chat_template"], special(qwen)), "r1-distill": (r1["chat_template"], special(r1)),
               "smollm2": ((smol / "chat_template.jinja").read_text(), special(json.loads((smol / "tokenizer_config.json").read_text()))),
               "llama3-like": ((OUT / "llama3-like.jinja").read_text(), {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"})}
    rows = []
    for name, (source, tokens) in sources.items():
        (OUT / f"{name}.jinja").write_text(source)
        for messages in CONVERSATIONS:
            for prompt in (False, True):
                for variables in VARIABLES.get(name, [{}]):
                    names = {"tools": None, "documents": None, **tokens, **variables}
                    rows.append({"template": name, "tokens": tokens, "messages": messages, "add_generation_prompt": prompt,
                                 "variables": variables, **render(source, messages=messages, add_generation_prompt=prompt, **names)})
    (OUT / "goldens.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    print(len(rows), "renderings,", sum("refused" in r for r in rows), "refused")


main()
