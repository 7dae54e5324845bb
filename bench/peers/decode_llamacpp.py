"""llama.cpp through its C interface: sampled completions of one prompt, whose cells all sequences share.

usage: decode_llamacpp.py FILE.gguf [--batches 1 8 32] [--prompt 54] [--new 96] [--rounds 3]

Prints a JSON line a batch: tokens a second with the prompt and its sampler, and of the decoding calls alone; the best round but the first.
"""
import argparse
import json
import os
import time

import llama_cpp as llama

p = argparse.ArgumentParser()
p.add_argument("gguf")
p.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32])
p.add_argument("--prompt", type=int, default=54)
p.add_argument("--new", type=int, default=96)
p.add_argument("--rounds", type=int, default=3)
a = p.parse_args()

llama.llama_backend_init()
model = llama.llama_model_load_from_file(a.gguf.encode(), llama.llama_model_default_params())


def context(sequences):
    c = llama.llama_context_default_params()
    c.n_ctx, c.n_batch, c.n_ubatch, c.n_seq_max = 8192, 2048, 512, sequences
    c.n_threads = c.n_threads_batch = os.cpu_count()
    c.kv_unified = True
    return llama.llama_init_from_model(model, c)


def put(batch, i, token, position, sequence, wants_logits):
    batch.token[i] = token
    batch.pos[i] = position
    batch.n_seq_id[i] = 1
    batch.seq_id[i][0] = sequence
    batch.logits[i] = wants_logits


def generate(sequences):
    """Seconds in all, and seconds of the decoding calls."""
    ctx, batch = context(sequences), llama.llama_batch_init(2048, 0, sequences)
    sampler = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
    llama.llama_sampler_chain_add(sampler, llama.llama_sampler_init_dist(1))
    start = time.time()
    batch.n_tokens = a.prompt
    for i in range(a.prompt):
        put(batch, i, 100 + 37 * i, i, 0, i == a.prompt - 1)
    assert llama.llama_decode(ctx, batch) == 0
    for s in range(1, sequences):
        llama.llama_memory_seq_cp(llama.llama_get_memory(ctx), 0, s, -1, -1)
    ids = [llama.llama_sampler_sample(sampler, ctx, -1) for _ in range(sequences)]
    inside = 0.0
    for n in range(a.new - 1):  # the first new token came from the prompt
        batch.n_tokens = sequences
        for s in range(sequences):
            put(batch, s, ids[s], a.prompt + n, s, True)
        before = time.time()
        assert llama.llama_decode(ctx, batch) == 0
        llama.llama_synchronize(ctx)
        inside += time.time() - before
        ids = [llama.llama_sampler_sample(sampler, ctx, s) for s in range(sequences)]
    seconds = time.time() - start
    llama.llama_sampler_free(sampler)
    llama.llama_batch_free(batch)
    llama.llama_free(ctx)
    return seconds, inside


for sequences in a.batches:
    rounds = [generate(sequences) for _ in range(a.rounds)][1:]
    best, inside = (min(column) for column in zip(*rounds))
    print(json.dumps({"peer": "llama.cpp", "file": os.path.basename(a.gguf), "batch": sequences, "prompt": a.prompt, "new": a.new,
                      "tokens_per_second": round(sequences * a.new / best, 1), "decode_only": round(sequences * (a.new - 1) / inside, 1)}), flush=True)
