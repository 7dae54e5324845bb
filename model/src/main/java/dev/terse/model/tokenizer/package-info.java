/** Text to token ids and back, as Hugging Face's tokenizers do. Knows no model. */
package dev.terse.model.tokenizer;
