"""Renders published chat templates with transformers and keeps what comes out.

usage: make_template_goldens.py OUT NAME=FOLDER ...      (transformers 5.x, jinja2 3.1.6)

A NAME is one of SOURCES; its FOLDER holds *.jinja. Written into OUT:
  published-templates.jsonl.gz   texts of templates whose licence lets them be passed on, with source and licence
  published-goldens.jsonl.gz     a line a template: its SHA-256 and what each conversation gives, with and without the
                                 generation prompt: the text (its SHA-256 where the template is not passed on), the
                                 places of {% generation %}, or that it is refused
Other templates are tested where -Dterse.templates=FOLDER holds them: FOLDER/NAME/FILE.jinja.
"""
import datetime, gzip, hashlib, json, pathlib, sys
import transformers.utils.chat_template_utils as utils

SOURCES = {
    "trl": ("TRL 1.16, trl/chat_templates (PyPI package trl)", "Apache-2.0"),
    "llama.cpp": ("llama.cpp, models/templates (PyPI source package llama-cpp-python 0.3.36)", "MIT"),
    "chat_templates": ("github.com/chujiezheng/chat_templates at 11c4956", "MIT"),
    "axolotl": ("github.com/axolotl-ai-cloud/axolotl at 067b021, src/axolotl/utils/chat_templates", "Apache-2.0"),
}
# Models whose own licence is Apache-2.0 or MIT, or templates that the source's authors wrote. Others are hashed.
PASSED_ON = {
    "trl": ["deepseek", "glm4moe", "gptoss", "idefics3", "phi3", "qwen2_5", "qwen3", "smolvlm"],
    "llama.cpp": ["deepseek-ai-DeepSeek-V3.1", "deepseek-ai-DeepSeek-R1-Distill-Qwen", "GLM-4", "HuggingFaceTB", "ibm-granite",
                  "llama-cpp-", "microsoft-Phi", "Mistral-Small", "mistralai", "openai-gpt", "Qwen", "unsloth-Apriel",
                  "ByteDance", "Apertus", "MiMo", "openbmb"],
    "chat_templates": ["alpaca", "amberchat", "chatml", "chatqa", "falcon", "granite", "mistral", "openchat", "phi-3", "qwen2.5",
                       "saiga", "solar", "vicuna", "zephyr"],
    "axolotl": ["alpaca", "chatml", "deepseek", "llava", "metharme", "mistral", "phi", "pixtral", "qwen"],
}
TOKENS = {"bos_token": "<|bos|>", "eos_token": "<|eos|>", "pad_token": "<|pad|>", "unk_token": "<|unk|>"}
NOW = datetime.datetime(2026, 3, 5, 7, 8, 9)


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def function(name, description, **parameters):
    return {"type": "function", "function": {"name": name, "description": description, "parameters": {
        "type": "object", "properties": parameters, "required": list(parameters)[:1]}}}


WEATHER = function("get_weather", "The weather of a place, in \"degrees\" & words <today>.",
                   city={"type": "string", "description": "A town, e.g. Zürich"},
                   unit={"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"})
ADD = function("add", "Adds numbers.", numbers={"type": "array", "items": {"type": "number"}, "description": "What to add"},
               exact={"type": "boolean"}, options={"type": "object", "properties": {"digits": {"type": ["integer", "null"]}}})


def call(name, arguments, number):
    return {"id": f"call_{number:05d}", "type": "function", "function": {"name": name, "arguments": arguments}}


def user(text):
    return {"role": "user", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


PLAIN = user("What is 2 + 3?\n\n  Say {{ why }} & \"how\" – 数学 👍")
CONVERSATIONS = [
    {"messages": [PLAIN]},
    {"messages": [{"role": "system", "content": "  Be brief.\n"}, PLAIN]},
    {"messages": [PLAIN, assistant("<think>\n2+3=5\n\nso\n</think>\n\nIt is 5."), user("And 7*6?"), assistant("42")]},
    {"messages": [{"role": "system", "content": "Think."}, PLAIN, assistant("It is 5.", reasoning_content="\n2+3=5\n"),
                  user("And 7*6?"), assistant("42", reasoning_content="7*6=42"), user("Sure?")]},
    {"messages": [{"role": "system", "content": "Use tools."}, user("Weather in Zürich?")], "tools": [WEATHER, ADD]},
    {"messages": [user("Weather in Zürich?"), assistant("", tool_calls=[call("get_weather", {"city": "Zürich", "unit": "celsius"}, 1)]),
                  {"role": "tool", "name": "get_weather", "tool_call_id": "call_00001", "content": "{\"degrees\": 7.5}"},
                  assistant("7.5 degrees.")], "tools": [WEATHER]},
    {"messages": [user("Both!"), assistant("I look.", reasoning_content="Two calls.", tool_calls=[
        call("get_weather", {"city": "Bern \"old\" <town>"}, 1), call("add", {"numbers": [1, 2.5, -3e20], "exact": True, "options": {"digits": None}}, 2)]),
        {"role": "tool", "name": "get_weather", "tool_call_id": "call_00001", "content": "sunny\nand 'warm'"},
        {"role": "tool", "name": "add", "tool_call_id": "call_00002", "content": "-3e20"}], "tools": [WEATHER, ADD]},
    {"messages": [user([{"type": "text", "text": "Part one. "}, {"type": "text", "text": "Part two."}]),
                  assistant([{"type": "text", "text": "Yes."}]), user("Go on")]},
    {"messages": [{"role": "system", "content": "Be brief."}, PLAIN],
     "kwargs": {"enable_thinking": False, "thinking": False, "reasoning_effort": "low", "date_string": "1 Jan 2026",
                "custom_instructions": "Answer in verse."}},
    {"messages": [PLAIN, assistant("It is 5."), user("Sure?")],
     "kwargs": {"enable_thinking": True, "thinking": True, "reasoning_effort": "high", "preserve_thinking": True, "model_identity": "You are X."}},
    {"messages": [user("What does it say?")], "documents": [{"title": "One", "text": "First text"}, {"title": "Two <&>", "text": "Second\ntext"}]},
    {"messages": [user("x"), assistant(None, tool_calls=[call("add", "{\"numbers\": [1, 2]}", 123456789)]),
                  {"role": "tool", "tool_call_id": "call_123456789", "content": "3"}, assistant("<think>\n\n</think>\n\n3"), user("thanks\n")],
     "tools": [ADD]},
    {"messages": [user("a"), user("b"), assistant(" \n"), user("")]},
    {"messages": [assistant("I speak first"), {"role": "developer", "content": "Be kind."}, user("  padded  ")]},
]


def rendered(source, conversation, prompt):
    messages = utils._normalize_chat_messages(conversation["messages"])
    texts, spans = utils.render_jinja_template(
        [messages], tools=conversation.get("tools"), documents=conversation.get("documents"), chat_template=source,
        add_generation_prompt=prompt, return_assistant_tokens_mask="{% generation" in source or "{%- generation" in source,
        **{**TOKENS, **conversation.get("kwargs", {})})
    return texts[0], spans[0] if spans else []


def outcome(source, conversation, prompt, passed_on):
    try:
        text, spans = rendered(source, conversation, prompt)
    except Exception as e:  # whatever a template may raise: the other side must refuse too
        return {"refused": type(e).__name__ + ": " + str(e)[:100]}
    found = {"text": text} if passed_on else {"sha256": sha(text)}
    return {**found, "generated": [list(span) for span in spans]} if spans else found


def sha(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def write(path, rows):
    with open(path, "wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as out:
        for row in rows:
            out.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


def main():
    out = pathlib.Path(sys.argv[1])
    utils.datetime = Clock
    templates, goldens = [], [{"now": NOW.isoformat(), "tokens": TOKENS, "conversations": CONVERSATIONS}]
    seen = set()
    for argument in sys.argv[2:]:
        name, folder = argument.split("=", 1)
        source, licence = SOURCES[name]
        for file in sorted(pathlib.Path(folder).glob("*.jinja")):
            text = file.read_bytes().decode("utf-8")
            if sha(text) in seen:
                continue
            seen.add(sha(text))
            passed_on = any(file.name.startswith(prefix) for prefix in PASSED_ON[name])
            key = f"{name}/{file.stem}"
            if passed_on:
                templates.append({"name": key, "source": source, "licence": licence, "text": text})
            outcomes = [outcome(text, c, p, passed_on) for c in CONVERSATIONS for p in (False, True)]
            goldens.append({"name": key, "sha256": sha(text), "outcomes": outcomes})
    write(out / "published-templates.jsonl.gz", templates)
    write(out / "published-goldens.jsonl.gz", goldens)
    all_outcomes = [o for g in goldens[1:] for o in g["outcomes"]]
    print(len(goldens) - 1, "templates,", len(templates), "passed on,", len(all_outcomes), "renderings,",
          sum("refused" in o for o in all_outcomes), "refused by jinja2")


main()
