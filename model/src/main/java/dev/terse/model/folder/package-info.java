/**
 * Models as folders and files: a Hugging Face folder, a PEFT adapter, a GGUF file in; folders out.
 * Knows no training.
 */
package dev.terse.model.folder;
