"""Makes src/test/resources/gguf: small GGUF files and what other readers make of them.

usage: make_gguf_fixtures.py   (gguf 0.19, transformers 5.23, tokenizers 0.23, llama-cpp-python)
- types.gguf: a tensor of every number type; types.f32: gguf-py's dequantize of them, in order.
- llama.gguf, llama3.gguf, qwen2.gguf, qwen3.gguf: tiny random models. goldens.json: the weights as transformers
  reads them (sha256 of the float32 bytes) and the token ids that llama.cpp gives (it follows tokenizer.ggml.pre).
"""
import hashlib, json, pathlib, unicodedata
import numpy as np, torch
import gguf, llama_cpp
from gguf import GGMLQuantizationType as T
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM

OUT = pathlib.Path(__file__).parent.parent / "resources" / "gguf"
OUT.mkdir(parents=True, exist_ok=True)
RNG = np.random.default_rng(20260101)

# Where a block keeps its f16 scales; random bytes elsewhere are all valid.
SCALES = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q2_K: [80, 82], T.Q3_K: [108],
          T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}


def random_blocks(kind, rows, columns):
    size, width = gguf.GGML_QUANT_SIZES[kind]
    blocks = RNG.integers(0, 256, (rows * columns // size, width), dtype=np.uint8)
    for at in SCALES[kind]:
        scale = (RNG.standard_normal(len(blocks)) * 10.0 ** RNG.integers(-7, 1, len(blocks))).astype(np.float16)
        blocks[:, at:at + 2] = scale.view(np.uint8).reshape(-1, 2)
    return blocks.reshape(rows, -1)


def types():
    writer = gguf.GGUFWriter(OUT / "types.gguf", "llama")
    golden = []
    for kind in [T.F32, T.F16, T.BF16, *SCALES]:
        if kind in SCALES:
            data = random_blocks(kind, 3, 512)
            values = gguf.dequantize(data, kind)
        else:
            values = RNG.standard_normal((3, 512)).astype(np.float32) * np.float32(10) ** RNG.integers(-7, 4, (3, 512)).astype(np.float32)
            data = values if kind == T.F32 else values.astype(np.float16) if kind == T.F16 else gguf.quantize(values, kind)
            values = data if kind == T.F32 else data.astype(np.float32) if kind == T.F16 else gguf.dequantize(data, kind)
        writer.add_tensor(kind.name, data, raw_dtype=kind)
        golden.append(values.astype("<f4").reshape(-1))
    writer.write_header_to_file(); writer.write_kv_data_to_file(); writer.write_tensors_to_file(); writer.close()
    np.concatenate(golden).tofile(OUT / "types.f32")


CORPUS = ["The answer is 12345.\n\nSo 100 + 25 = 125.\n\n2. Then 3,000 / 15 = 200:\n\n  12 apples\n   34 pears\n\n\n7 x 8 = 56",
          "don't we're I'LL they'Ve it's   spaces    tabs\t\tand\r\nlines\r\n\r\n", "def f(x):\n    return x ** 2\n\n\n# 2024-11-05 12:30",
          "Größe naïve 数学 数学 number ١٢٣ 👍👍 ½ ²", "the then there 1st 2nd 10th \\frac{12}{34} $x_{10}$ <think>\n\n</think>\n\n"]
TEXTS = CORPUS + ["", " ", "\n", "\n\n", "\n\n\n", "\n\n1", "\n\n 1", "\n \n1", "  12", "   123 456", "1234567", "a1b22c333", "x.\n\ny:\n\n1", "\t\n1\n\t2",
                  "don'T", "'S 's", "HELLO world's", "ab  cd   ef    1", "१२३४", "½¾", "a\u00a0b\u30001", "\r\n\r\n12", "e\u0301\u00e9", "!?!?12!?", "--12--", "....\n\n5",
                  "x<|end|>y <|end|>\n\n1", "<think>12</think>\n\n3", "👍1👍", "_1_22", "No. 1\n\n\n22", "the\n\n\n\n1", "  \n  1"]


def vocabulary():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)  # merges over all borders
    trainer = trainers.BpeTrainer(vocab_size=420, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
    return tokens, merges


def permute(weights, heads):  # llama.cpp, convert_hf_to_gguf.py
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def model(name, arch, pre, *, tied, head_dim, factors=None, bos=False):
    tokens, merges = vocabulary()
    special = ["<|end|>", "<|begin|>", "<think>", "</think>", "[PAD0]", "[PAD1]"]
    kinds = [1] * len(tokens) + [3, 3, 4, 4, 5, 5]
    tokens = tokens + special
    end = tokens.index("<|end|>")
    channels, ffn, heads, kv, layers = 32, 64, 4, 2, 2
    path = OUT / f"{name}.gguf"
    w = gguf.GGUFWriter(path, arch)
    w.add_name(f"tiny {name}")
    w.add_block_count(layers); w.add_context_length(128); w.add_embedding_length(channels); w.add_feed_forward_length(ffn)
    w.add_head_count(heads); w.add_head_count_kv(kv); w.add_layer_norm_rms_eps(1e-5); w.add_rope_freq_base(10000.0 if factors is None else 500000.0)
    w.add_vocab_size(len(tokens))
    if arch == "llama": w.add_rope_dimension_count(head_dim)
    else: w.add_key_length(head_dim); w.add_value_length(head_dim)
    w.add_tokenizer_model("gpt2"); w.add_tokenizer_pre(pre); w.add_token_list(tokens); w.add_token_types(kinds); w.add_token_merges(merges)
    w.add_bos_token_id(end + 1); w.add_eos_token_id(end); w.add_add_bos_token(bos)
    w.add_chat_template("{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}{% endfor %}")
    shape_kind = [T.Q8_0, T.Q4_1, T.F16, T.Q5_0]
    count = 0

    def add(tensor, rows, columns=None, heads_of=0):
        nonlocal count
        values = RNG.standard_normal((rows, columns) if columns else rows).astype(np.float32) * np.float32(0.1)
        if heads_of: values = permute(values, heads_of)
        kind = shape_kind[count % 4] if columns else T.F32
        count += 1
        w.add_tensor(tensor, gguf.quantize(values, kind) if columns else values, raw_dtype=kind)

    add("token_embd.weight", len(tokens), channels)
    if factors is not None: w.add_tensor("rope_freqs.weight", factors)
    for i in range(layers):
        b = f"blk.{i}."
        rotated = arch == "llama"
        add(b + "attn_norm.weight", channels)
        add(b + "attn_q.weight", heads * head_dim, channels, heads * rotated)
        add(b + "attn_k.weight", kv * head_dim, channels, kv * rotated)
        add(b + "attn_v.weight", kv * head_dim, channels)
        if arch == "qwen2":
            for part, rows in (("q", heads), ("k", kv), ("v", kv)): add(b + f"attn_{part}.bias", rows * head_dim)
        if arch == "qwen3":
            add(b + "attn_q_norm.weight", head_dim); add(b + "attn_k_norm.weight", head_dim)
        add(b + "attn_output.weight", channels, heads * head_dim)
        add(b + "ffn_norm.weight", channels)
        add(b + "ffn_gate.weight", ffn, channels); add(b + "ffn_up.weight", ffn, channels); add(b + "ffn_down.weight", channels, ffn)
    add("output_norm.weight", channels)
    if not tied: add("output.weight", len(tokens), channels)
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()

    loaded = AutoModelForCausalLM.from_pretrained(str(OUT), gguf_file=path.name, dtype=torch.float32,
                                                  **({"head_dim": head_dim} if arch == "qwen3" else {}))
    state = {k: v for k, v in loaded.state_dict().items() if not (tied and k == "lm_head.weight")}
    cpp = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    form = (lambda t: unicodedata.normalize("NFC", t)) if pre == "qwen2" else (lambda t: t)  # llama.cpp leaves Qwen's NFC out
    return {"head_dim": head_dim, "tied": tied, "end": end,
            "tensors": {k: {"shape": list(v.shape), "sha256": hashlib.sha256(v.float().numpy().astype("<f4").tobytes()).hexdigest()} for k, v in state.items()},
            "texts": [{"text": t, "ids": cpp.tokenize(form(t).encode(), add_bos=False, special=True)} for t in TEXTS]}


def llama3_factors(head_dim, theta=500000.0, factor=8.0, low=1.0, high=4.0, context=8192):  # llama.cpp, convert_hf_to_gguf.py
    out = []
    for f in 1.0 / (theta ** (np.arange(0, head_dim, 2, dtype=np.float32) / head_dim)):
        wave = 2 * np.pi / f
        if wave < context / high: out.append(1)
        elif wave > context / low: out.append(factor)
        else:
            smooth = (context / wave - low) / (high - low)
            out.append(1 / ((1 - smooth) / factor + smooth))
    return np.array(out, dtype=np.float32)


types()
goldens = {"llama": model("llama", "llama", "smollm", tied=True, head_dim=8),
           "llama3": model("llama3", "llama", "llama-bpe", tied=False, head_dim=8, factors=llama3_factors(8), bos=True),
           "qwen2": model("qwen2", "qwen2", "qwen2", tied=True, head_dim=8),
           "qwen3": model("qwen3", "qwen3", "gpt-2", tied=False, head_dim=16)}
(OUT / "goldens.json").write_text(json.dumps(goldens, ensure_ascii=False, indent=1) + "\n")
print({p.name: p.stat().st_size for p in OUT.iterdir()})
