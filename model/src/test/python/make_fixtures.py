"""Makes the tiny random models of src/test/resources/tiny with transformers, and what they say in float64.

    python make_fixtures.py ../resources/tiny ../resources/rope

Needs torch, transformers and safetensors from PyPI (made with torch 2.15, transformers 5.23). For each of Llama (Llama-3 rope scaling, own head_dim,
tied; and one with attention_bias, untied), Qwen2 (q/k/v bias, untied) and Qwen3 (q/k norm, own head_dim, tied) it writes the Hugging Face folder and beside its files
    golden.json             ids of two sequences, log-probabilities, entropies (nats), mean negative log-likelihood, greedy continuation
    gradients.safetensors   d(mean negative log-likelihood over both sequences) / d(weight)

The second folder gets smaller ones without a tokenizer: every other kind of rope scaling, SmolLM3 (layers without rope, with YaRN) and Mistral
(a sliding window that the sequences do not fill). Their sequences and the greedy continuation reach beyond the window of the unscaled model.

transformers computes norms and rotary angles in float32 whatever the model's type is, so here both are replaced by the same formula in
float64; the script checks that the unchanged float32 model agrees with the result.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    SmolLM3Config,
    SmolLM3ForCausalLM,
)
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

CORPUS = [
    "Ten apples and two pears make twelve pieces of fruit.\n\nSo the answer is 12.",
    "Wait, let me check that again: 3 + 4 = 7, and 7 * 2 = 14.\n\nTherefore the answer is 14.",
    "First we add the numbers, then we divide by three.\n\nThe answer is \\boxed{5}.",
]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tokenizer():
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=290,
            special_tokens=["<|end|>"],
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|end|>")
    fast.chat_template = CHAT_TEMPLATE
    return fast


def configs(vocabulary):
    """Odd groups of query heads per key-value head; Qwen tables have spare rows."""
    end = dict(bos_token_id=0, eos_token_id=0, pad_token_id=0)
    scaling = dict(
        rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64
    )
    return {
        "llama": (
            LlamaForCausalLM,
            LlamaConfig(
                vocab_size=vocabulary, hidden_size=36, intermediate_size=56, num_hidden_layers=2, num_attention_heads=6,
                num_key_value_heads=2, head_dim=16, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=True,
                rope_parameters=scaling, **end,
            ),
        ),
        "llama_bias": (
            LlamaForCausalLM,
            LlamaConfig(
                vocab_size=vocabulary, hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2,
                num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False,
                attention_bias=True, **end,
            ),
        ),
        "qwen2": (
            Qwen2ForCausalLM,
            Qwen2Config(
                vocab_size=300, hidden_size=36, intermediate_size=52, num_hidden_layers=2, num_attention_heads=6,
                num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=False,
                rope_parameters=dict(rope_type="default", rope_theta=1000000.0), **end,
            ),
        ),
        "qwen3": (
            Qwen3ForCausalLM,
            Qwen3Config(
                vocab_size=300, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=5,
                num_key_value_heads=1, head_dim=8, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True,
                rope_parameters=dict(rope_type="default", rope_theta=1000000.0), **end,
            ),
        ),
    }  # fmt: skip


def rope_configs():
    """A window of 16 positions, scaled to 64."""
    common = dict(
        vocab_size=48, hidden_size=20, intermediate_size=28, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=8,
        max_position_embeddings=16, rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )  # fmt: skip
    yarn = dict(rope_type="yarn", rope_theta=100.0, factor=4.0, original_max_position_embeddings=16)
    return {
        "linear": (LlamaForCausalLM, LlamaConfig(rope_parameters=dict(rope_type="linear", rope_theta=500.0, factor=4.0), **common)),
        "dynamic": (LlamaForCausalLM, LlamaConfig(rope_parameters=dict(rope_type="dynamic", rope_theta=500.0, factor=4.0), **common)),
        "yarn": (Qwen3ForCausalLM, Qwen3Config(rope_parameters=yarn, **common)),
        "yarn_tuned": (
            Qwen2ForCausalLM,
            Qwen2Config(
                rope_parameters=dict(yarn, beta_fast=3.0, beta_slow=0.5, mscale=0.7, mscale_all_dim=1.3, truncate=False),
                **{name: value for name, value in common.items() if name != "head_dim"} | dict(hidden_size=32),
            ),
        ),
        "smollm3": (
            SmolLM3ForCausalLM,
            SmolLM3Config(
                rope_parameters=dict(yarn, attention_factor=1.3), no_rope_layers=[1, 0, 1], **common | dict(num_hidden_layers=3),
            ),
        ),
        "mistral": (
            MistralForCausalLM,
            MistralConfig(
                rope_parameters=dict(rope_type="default", rope_theta=500.0), sliding_window=48,
                **common | dict(max_position_embeddings=256, tie_word_embeddings=False),
            ),
        ),
    }  # fmt: skip


def randomize(model, seed, size):
    """Weights large enough that attention, norms and biases matter."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if name.endswith("norm.weight"):
                weight.copy_(1 + 0.2 * noise)
            elif name.endswith(".bias"):
                weight.copy_(0.3 * noise)
            else:
                weight.copy_(size * noise)


def norm_float64(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def inverse_frequencies(config, length):
    """Those of transformers for a sequence of `length` tokens, and their scale, worked out in float64."""
    kind = config.rope_parameters["rope_type"]
    if kind == "default":
        dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return config.rope_parameters["rope_theta"] ** -(torch.arange(0, dim, 2, dtype=torch.float64) / dim), 1.0
    narrow = torch.float, torch.float32
    torch.float, torch.float32 = torch.float64, torch.float64  # the widths that transformers' formulas ask for
    try:
        return ROPE_INIT_FUNCTIONS[kind](config, torch.device("cpu"), seq_len=length)
    finally:
        torch.float, torch.float32 = narrow


def rotary_float64(self, x, position_ids):
    inverse, scale = inverse_frequencies(self.config, int(position_ids.max()) + 1)
    angles = position_ids[..., None].double() * inverse.double()
    angles = torch.cat((angles, angles), dim=-1)
    return scale * angles.cos(), scale * angles.sin()


def to_float64(model):
    model.double()
    for module in model.modules():
        kind = type(module)
        if kind.__name__.endswith("RMSNorm"):
            module.forward = norm_float64.__get__(module, kind)
        elif kind.__name__.endswith("RotaryEmbedding"):
            module.forward = rotary_float64.__get__(module, kind)
    return model


def scores(model, sequence):
    """ln p(ids[i+1] | ids[0..i]) and the entropy of the distribution after ids[0..i], nats."""
    ids = torch.tensor([sequence])
    log_p = torch.log_softmax(model(ids).logits[0], dim=-1)
    entropies = -(log_p.exp() * log_p).sum(-1)
    return log_p[:-1].gather(1, ids[0, 1:, None])[:, 0], entropies


def make(folder, kind, config, seed, size, tokens, lengths):
    folder.mkdir(parents=True, exist_ok=True)
    model = kind(config).eval()
    randomize(model, seed, size)
    model.save_pretrained(folder)

    ids = torch.Generator().manual_seed(1000 + seed)
    sequences = [torch.randint(1, tokens, (length,), generator=ids).tolist() for length in lengths]
    with torch.no_grad():
        float32 = [scores(model, sequence) for sequence in sequences]

    to_float64(model)
    results = [scores(model, sequence) for sequence in sequences]
    for (a, b), (c, d) in zip(results, float32):
        assert (a - c).abs().max() < 1e-4 and (b - d).abs().max() < 1e-4, "float64 differs from transformers' float32"
    nll = -sum(log_probs.sum() for log_probs, _ in results) / sum(len(log_probs) for log_probs, _ in results)
    nll.backward()
    gradients = {name: weight.grad.float().contiguous() for name, weight in model.named_parameters()}
    save_file(gradients, folder / "gradients.safetensors", metadata={"format": "pt"})

    prompt = sequences[1]
    with torch.no_grad():
        generated = model.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=24, eos_token_id=None, pad_token_id=0)
    golden = dict(
        sequences=sequences,
        log_probs=[log_probs.tolist() for log_probs, _ in results],
        entropies=[entropies.tolist() for _, entropies in results],
        mean_nll=nll.item(),
        greedy=dict(prompt=prompt, ids=generated[0, len(prompt) :].tolist()),
    )
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    print(folder.name, "mean_nll", nll.item(), "greedy", golden["greedy"]["ids"])


def main():
    tiny, rope = Path(sys.argv[1]), Path(sys.argv[2])
    fast = tokenizer()
    for seed, (name, (kind, config)) in enumerate(configs(len(fast)).items()):
        make(tiny / name, kind, config, seed, 0.2, len(fast), (23, 9))
        fast.save_pretrained(tiny / name)
    for seed, (name, (kind, config)) in enumerate(rope_configs().items(), start=300):
        make(rope / name, kind, config, seed, 0.4, config.vocab_size, (40, 9))


if __name__ == "__main__":
    main()
