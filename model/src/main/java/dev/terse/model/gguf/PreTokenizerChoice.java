package dev.terse.model.gguf;

/** Whose word rules a tokenizer made from a GGUF file follows. */
public enum PreTokenizerChoice {
  /** Those the file names in {@code tokenizer.ggml.pre}, as llama.cpp does: the model's own. */
  DECLARED,

  /**
   * GPT-2's whatever the file names, as transformers 5.23 does. Only to compare with folders that
   * transformers made: a model trained with other rules sees other tokens than in training
   * (SmolLM2: blank lines before a digit).
   */
  TRANSFORMERS
}
