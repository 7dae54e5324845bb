/** What Ollama reads beside a GGUF file. */
package dev.terse.model.ollama;
