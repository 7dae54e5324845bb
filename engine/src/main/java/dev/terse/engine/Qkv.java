package dev.terse.engine;

/**
 * Queries, keys and values of an attention, or the gradients of the three.
 *
 * @param q [N, H*D], rotated
 * @param k [N, K*D], rotated
 * @param v [N, K*D]
 */
public record Qkv<T extends Tensor>(T q, T k, T v) {}
