"""Makes the tokenizer of the small arithmetic model: byte-level BPE, digits one by one.

    pip install tokenizers
    java -jar trainer.jar task arithmetic --split train --rows 16000 --output train.jsonl
    python configs/arithmetic/make_tokenizer.py train.jsonl configs/arithmetic
"""
import json
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

CONTROL = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
MARKS = ["<think>", "</think>", "[SKIP]"]
TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def texts(path):
    with open(path, encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            yield row["prompt"][0]["content"]
            completion = row["completion"][0]["content"]
            for mark in MARKS:
                completion = completion.replace(mark, "\x00")
            yield from completion.split("\x00")


rows, folder = sys.argv[1:]
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    texts(rows),
    trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
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
size = tokenizer.get_vocab_size()
end = tokenizer.token_to_id("<|end|>")
with open(f"{folder}/config.json", "w", encoding="utf-8") as out:
    json.dump(
        {
            "architectures": ["Qwen2ForCausalLM"],
            "model_type": "qwen2",
            "vocab_size": size,
            "hidden_size": 128,
            "intermediate_size": 384,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "hidden_act": "silu",
            "max_position_embeddings": 512,
            "rms_norm_eps": 1e-6,
            "rope_theta": 10000.0,
            "initializer_range": 0.02,
            "tie_word_embeddings": True,
            "eos_token_id": end,
        },
        out,
        indent=2,
    )
    out.write("\n")
print(f"{size} tokens, end token {end}")
