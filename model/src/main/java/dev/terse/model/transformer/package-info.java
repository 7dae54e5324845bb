/**
 * The decoder: layers forward and backward, and decoding over a key-value cache. Knows no file, no
 * loss and no optimizer.
 */
package dev.terse.model.transformer;
