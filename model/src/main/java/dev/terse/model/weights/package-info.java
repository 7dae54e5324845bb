/**
 * A decoder's shape, and its weights by their Hugging Face names with the projections made of them.
 * Knows no layer and no file.
 */
package dev.terse.model.weights;
