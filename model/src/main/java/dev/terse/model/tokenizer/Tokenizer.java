package dev.terse.model.tokenizer;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Text to token ids and back, by the tokenizer.json of a Hugging Face folder (Rust tokenizers
 * through DJL, offline). Thread-safe. Adds no special tokens of its own accord.
 */
public final class Tokenizer implements AutoCloseable {

  /** Loads {@code folder/tokenizer.json} and {@code tokenizer_config.json} beside it. */
  public static Tokenizer load(Path folder) {
    throw new IllegalStateException("being built");
  }

  /**
   * Ids of {@code text}; special-token text inside it becomes those tokens (as in transformers).
   */
  public int[] encode(String text) {
    throw new IllegalStateException("being built");
  }

  /**
   * Ids of text that is data, never control: the marks of special tokens inside it are encoded as
   * ordinary characters.
   */
  public int[] encodeData(String text) {
    throw new IllegalStateException("being built");
  }

  /**
   * Ids with, for each token, the half-open range of code points of {@code text} that it covers.
   */
  public Encoding encodeWithOffsets(String text) {
    throw new IllegalStateException("being built");
  }

  /** Text of the ids, special tokens left out or kept; added tokens that are not special stay. */
  public String decode(int[] ids, boolean skipSpecial) {
    throw new IllegalStateException("being built");
  }

  /** Id of a token by its exact text in the vocabulary or the added tokens. */
  public OptionalInt id(String token) {
    throw new IllegalStateException("being built");
  }

  /** One more than the largest id. */
  public int size() {
    throw new IllegalStateException("being built");
  }

  /** Ids that end a completion: eos_token and what generation_config.json names beside it. */
  public List<Integer> stopIds() {
    throw new IllegalStateException("being built");
  }

  /**
   * This tokenizer with {@code token} as an added token that is not special (so it survives
   * decoding for rewards); itself if it has it already.
   */
  public Tokenizer withToken(String token) {
    throw new IllegalStateException("being built");
  }

  /**
   * Writes tokenizer.json, tokenizer_config.json and what else came with it into {@code folder}.
   */
  public void save(Path folder) {
    throw new IllegalStateException("being built");
  }

  @Override
  public void close() {
    throw new IllegalStateException("being built");
  }

  /**
   * Token ids with their places in the text.
   *
   * @param starts,ends code-point offsets, [ids]
   */
  public record Encoding(int[] ids, int[] starts, int[] ends) {}
}
