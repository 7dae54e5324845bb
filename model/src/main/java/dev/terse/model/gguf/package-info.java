/**
 * GGUF files: header, metadata, block formats, and the tokenizer and configuration written in them.
 * Knows no decoder and no engine.
 */
package dev.terse.model.gguf;
