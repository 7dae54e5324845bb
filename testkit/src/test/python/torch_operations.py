"""Writes torch-operations.json: small inputs and what PyTorch computes from them in float64.

    python testkit/src/test/python/torch_operations.py > testkit/src/test/resources/torch-operations.json

Every entry has "in" and "out"; a tensor is {"shape": [...], "values": [...]}.
"""

import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(20261123)


def normal(*shape, scale=1.0):
    """Float32 numbers, so that the file stays short and every engine starts from the same values."""
    return (torch.randn(*shape) * scale).float().double()


def text(t):
    return {"shape": list(t.shape), "values": t.detach().flatten().tolist()}


def entry(inputs, outputs):
    return {
        "in": {k: text(v) if torch.is_tensor(v) else v for k, v in inputs.items()},
        "out": {k: text(v) if torch.is_tensor(v) else v for k, v in outputs.items()},
    }


def with_gradients(inputs, function, names):
    """Runs function on inputs, sends a random slope back, and returns both."""
    leaves = {k: v.clone().requires_grad_(k in names) if torch.is_tensor(v) else v for k, v in inputs.items()}
    out = function(**leaves)
    slope = normal(*out.shape)
    out.backward(slope)
    return entry({**inputs, "dOut": slope}, {"out": out, **{"d_" + k: leaves[k].grad for k in names}})


def rms_norm(x, w, eps):
    return F.rms_norm(x, (x.shape[-1],), w, eps)


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


def rope(x, positions, headDim, base):
    n, width = x.shape
    frequencies = 1.0 / base ** (torch.arange(0, headDim, 2) / headDim)
    angles = torch.tensor(positions).double()[:, None] * frequencies[None, :]
    angles = torch.cat((angles, angles), dim=-1)[:, None, :]
    heads = x.view(n, width // headDim, headDim)
    return (heads * angles.cos() + rotate_half(heads) * angles.sin()).reshape(n, width)


def attention(q, k, v, lengths, heads, kvHeads, headDim):
    outs = []
    for qs, ks, vs in zip(q.split(lengths), k.split(lengths), v.split(lengths)):
        qs = qs.view(-1, heads, headDim).transpose(0, 1)
        ks = ks.view(-1, kvHeads, headDim).transpose(0, 1).repeat_interleave(heads // kvHeads, 0)
        vs = vs.view(-1, kvHeads, headDim).transpose(0, 1).repeat_interleave(heads // kvHeads, 0)
        out = F.scaled_dot_product_attention(qs, ks, vs, is_causal=True)
        outs.append(out.transpose(0, 1).reshape(-1, heads * headDim))
    return torch.cat(outs)


def head():
    hidden, table = normal(6, 5).requires_grad_(), normal(11, 5).requires_grad_()
    rows, targets, temperature = [0, 1, 3, 5], [10, 0, -1, 4], 0.7
    slopes = [-0.5, 0.25, None, -1.5]
    logp = F.log_softmax(hidden[rows] @ table.T / temperature, dim=-1)
    entropies = torch.distributions.Categorical(logits=logp).entropy()
    listed = [k for k, t in enumerate(targets) if t >= 0]
    chosen = torch.stack([logp[k, targets[k]] for k in listed])
    (chosen * torch.tensor([slopes[k] for k in listed])).sum().backward()
    argmax = [bool(t >= 0 and logp[k].argmax() == t) for k, t in enumerate(targets)]
    return entry(
        {"hidden": hidden, "head": table, "rows": rows, "targets": targets,
         "temperature": temperature, "slopes": [s or 0 for s in slopes]},
        {"logProbs": chosen, "entropies": entropies, "targetIsArgMax": argmax,
         "d_hidden": hidden.grad, "d_head": table.grad})


def adamw():
    weight = normal(3, 4)
    settings = {"learningRate": 0.02, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-6, "weightDecay": 0.1}
    gradients = [normal(3, 4, scale=0.1) for _ in range(3)]
    parameter = torch.nn.Parameter(weight.clone())
    optimizer = torch.optim.AdamW(
        [parameter], lr=settings["learningRate"], betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"], weight_decay=settings["weightDecay"])
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
    state = optimizer.state[parameter]
    return entry(
        {"weight": weight, **{f"gradient{i}": g for i, g in enumerate(gradients)}, **settings},
        {"weight": parameter, "m": state["exp_avg"], "v": state["exp_avg_sq"]})


cases = {
    "embed": with_gradients(
        {"table": normal(7, 3), "ids": [6, 0, 2, 2, 6]}, lambda table, ids: table[ids], ["table"]),
    "linear": with_gradients(
        {"x": normal(4, 5), "w": normal(3, 5), "bias": normal(3)},
        lambda x, w, bias: F.linear(x, w, bias), ["x", "w", "bias"]),
    "rmsNorm": with_gradients(
        {"x": normal(3, 6), "w": normal(6), "eps": 1e-2}, rms_norm, ["x", "w"]),
    "rope": with_gradients(
        {"x": normal(3, 16), "positions": [0, 5, 1234], "headDim": 8, "base": 10000.0}, rope, ["x"]),
    "swiglu": with_gradients(
        {"gate": normal(3, 4, scale=3), "up": normal(3, 4)}, lambda gate, up: F.silu(gate) * up,
        ["gate", "up"]),
    "attention": with_gradients(
        {"q": normal(9, 16), "k": normal(9, 8), "v": normal(9, 8), "lengths": [1, 5, 3],
         "heads": 4, "kvHeads": 2, "headDim": 4}, attention, ["q", "k", "v"]),
    "softmaxRows": entry(
        {"x": (x := normal(3, 7, scale=4)), "factor": 1.5}, {"out": torch.softmax(1.5 * x, -1)}),
    "tokenLogProbs": head(),
    "adamW": adamw(),
}
lines = [json.dumps(name) + ": " + json.dumps(case) for name, case in cases.items()]
print("{\n" + ",\n".join(lines) + "\n}")
