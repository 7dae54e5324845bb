/**
 * From hidden states to probabilities of tokens: log-probabilities, entropies, their backward, and
 * softmax of logits. Knows no attention.
 */
package dev.terse.engine.nd4j.head;
