package dev.terse.model.adapter;

/**
 * The adapter of one module.
 *
 * @param module such as {@code model.layers.0.self_attn.q_proj}, {@code lm_head}
 * @param rank r
 * @param scale s, the factor on the low-rank matmul
 */
public record ModuleLora(String module, int rank, double scale) {}
