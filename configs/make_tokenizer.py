"""Makes the tokenizer of a small model from SFT rows: byte-level BPE, digits one by one.

    pip install tokenizers
    java -jar trainer.jar task arithmetic --split train --rows 16000 --output train.jsonl
    python configs/make_tokenizer.py train.jsonl configs/arithmetic 400 gpt2
    java -jar trainer.jar task word-problems --split train --rows 20000 --output train.jsonl
    python configs/make_tokenizer.py train.jsonl configs/tiny-reasoner 1000 qwen2

The third argument is the most tokens that may be learned (fewer where the text has no more words);
the marks come on top. The fourth is how text is cut before that: as in GPT-2, or as in Qwen2, where
a full stop and the blank line after it can be one token.
"""
import json
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

CONTROL = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
MARKS = ["<think>", "</think>", "[SKIP]"]
TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CUTS = {
    "gpt2": [
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
    ],
    "qwen2": [
        pre_tokenizers.Split(Regex(QWEN2), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ],
}


def texts(path):
    with open(path, encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            yield row["prompt"][0]["content"]
            completion = row["completion"][0]["content"]
            for mark in MARKS:
                completion = completion.replace(mark, "\x00")
            yield from completion.split("\x00")


rows, folder, vocabulary, cut = sys.argv[1:]
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(CUTS[cut])
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    texts(rows),
    trainers.BpeTrainer(
        vocab_size=int(vocabulary),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
tokenizer.add_tokens([AddedToken(mark, normalized=False) for mark in MARKS])
tokenizer.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in CONTROL])
tokenizer.save(f"{folder}/tokenizer.json")
with open(f"{folder}/tokenizer_config.json", "w", encoding="utf-8") as out:
    json.dump(
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "<|end|>",
            "pad_token": "<|end|>",
            "model_max_length": 512,
            "clean_up_tokenization_spaces": False,
            "chat_template": TEMPLATE,
        },
        out,
        indent=2,
    )
    out.write("\n")
print(f"{tokenizer.get_vocab_size()} tokens, end token {tokenizer.token_to_id('<|end|>')}")
