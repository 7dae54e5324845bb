"""The official Python client against a server of checkpoints/arithmetic-base.

pip install openai==3.57.0; java -jar trainer.jar serve --model_name_or_path checkpoints/arithmetic-base
python openai_client.py http://127.0.0.1:8000/v1
"""

import sys

import openai

URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/v1"
PROMPT = "<|user|>Left to right: 7*3+3-6<|assistant|>"
MESSAGES = [{"role": "user", "content": "Left to right: 7*3+3-6"}]
client = openai.OpenAI(base_url=URL, api_key="none", max_retries=0)
checks = 0


def check(name, holds):
    global checks
    checks += 1
    assert holds, name


def refused(kind, words, call):
    try:
        call()
    except kind as e:
        check(words, words in e.body["message"])
        return e
    raise AssertionError(f"not refused: {words}")


model = client.models.list().data[0].id
check("model", client.models.list().data[0].object == "model")

# Completions: whole, in pieces, of texts and of ids, with log-probabilities.
asked = dict(model=model, prompt=PROMPT, max_tokens=40, seed=5, temperature=0.8, logprobs=3, n=2)
whole = client.completions.create(**asked)
check("choices", [choice.index for choice in whole.choices] == [0, 1])
check("usage", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens)
check("seed", client.completions.create(**asked).choices[1].text == whole.choices[1].text)
for choice in whole.choices:
    told = choice.logprobs
    check("lengths", len(told.tokens) == len(told.token_logprobs) == len(told.top_logprobs))
    for token, log_prob, top in zip(told.tokens, told.token_logprobs, told.top_logprobs):
        check("the chosen one is among the likeliest", top[token] == log_prob)
pieces = ["", ""]
for event in client.completions.create(**asked, stream=True, stream_options={"include_usage": True}):
    for choice in event.choices:
        pieces[choice.index] += choice.text
check("pieces", pieces == [choice.text for choice in whole.choices])
check("usage of a stream", event.usage == whole.usage)
ids = client.post("/../tokenize", body={"prompt": PROMPT}, cast_to=object)["tokens"]
one = client.completions.create(model=model, prompt=PROMPT, max_tokens=9, temperature=0)
for prompt in (ids, [ids], [PROMPT]):
    got = client.completions.create(model=model, prompt=prompt, max_tokens=9, temperature=0)
    check("the same prompt", got.choices[0].text == one.choices[0].text)
echo = client.completions.create(
    model=model, prompt=[ids, ids[:3]], max_tokens=0, echo=True, logprobs=1, temperature=0
)
check("echo", echo.choices[0].text == PROMPT)
check("echo's length", [len(c.logprobs.token_logprobs) for c in echo.choices] == [len(ids), 3])
check("no token before the first", echo.choices[0].logprobs.token_logprobs[0] is None)
extra = client.completions.create(
    model=model, prompt=PROMPT, max_tokens=5, extra_body={"return_token_ids": True, "top_k": 2}
)
check("ids", extra.choices[0].prompt_token_ids == ids and len(extra.choices[0].token_ids) <= 5)
check("version", extra.weights_version == 1)

# Chats.
asked = dict(
    model=model, messages=MESSAGES, max_completion_tokens=80, seed=3, logprobs=True, top_logprobs=2
)
chat = client.chat.completions.create(**asked)
check("role", chat.choices[0].message.role == "assistant")
check("numbers", len(chat.choices[0].logprobs.content) == chat.usage.completion_tokens)
check("two", all(len(token.top_logprobs) == 2 for token in chat.choices[0].logprobs.content))
said, thought = "", ""
for event in client.chat.completions.create(**asked, stream=True):
    delta = event.choices[0].delta
    said += delta.content or ""
    thought += getattr(delta, "reasoning_content", None) or ""
check("said", said == chat.choices[0].message.content)
check("thought", thought == (getattr(chat.choices[0].message, "reasoning_content", None) or ""))
with client.chat.completions.stream(model=model, messages=MESSAGES, seed=3, max_tokens=80) as stream:
    stream.until_done()
    check("helper", stream.current_completion_snapshot.choices[0].message.content == said)
stop = client.chat.completions.create(model=model, messages=MESSAGES, seed=3, stop=["="])
check("stop", "=" not in (stop.choices[0].message.content or ""))
check("why", stop.choices[0].finish_reason in ("stop", "length"))

# Errors arrive as the client's own kinds.
create = client.completions.create
bad = refused(openai.BadRequestError, "temperature must be", lambda: create(model=model, prompt="x", temperature=-1))
check("kind", bad.type == "invalid_request_error" and bad.param == "temperature")
refused(openai.NotFoundError, "there is no model", lambda: create(model="gpt", prompt="x"))
long = refused(openai.BadRequestError, "has room for", lambda: create(model=model, prompt="x", max_tokens=10**6))
check("code", long.code == "context_length_exceeded")
refused(openai.BadRequestError, "tools", lambda: client.chat.completions.create(model=model, messages=MESSAGES, tools=[{"type": "function", "function": {"name": "f"}}]))
refused(openai.BadRequestError, "unknown key", lambda: create(model=model, prompt="x", extra_body={"temprature": 1}))
print(f"openai {openai.__version__}: {checks} checks hold")
