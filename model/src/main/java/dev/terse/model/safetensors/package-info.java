/**
 * Weights in safetensors files as floats: one file, shards with an index, and tensors in memory.
 * Knows no name of a weight.
 */
package dev.terse.model.safetensors;
