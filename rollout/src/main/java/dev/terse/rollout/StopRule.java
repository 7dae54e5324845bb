package dev.terse.rollout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What ends a completion: a token, or a text that its tokens make. The tokens of the text stay, as
 * in transformers' stop_strings.
 */
public final class StopRule {
  private final Set<Integer> ids;
  private final List<String> texts;
  private final Function<int[], String> decode;
  private final int window; // tokens that the longest text may lie in

  /**
   * @param texts that end a completion; empty for none
   * @param decode text of token ids, special tokens kept; asked only where there are texts
   */
  public StopRule(Set<Integer> ids, List<String> texts, Function<int[], String> decode) {
    if (texts.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("a text that ends a completion must not be empty");
    }
    this.ids = Set.copyOf(ids);
    this.texts = List.copyOf(texts);
    this.decode = decode;
    this.window =
        texts.stream()
            .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length) // a token has a byte
            .max()
            .orElse(0);
  }

  /** Tokens alone. */
  public static StopRule ids(Set<Integer> ids) {
    return new StopRule(ids, List.of(), none -> "");
  }

  /** Whether the last of {@code length} tokens ends them; none before it did. */
  boolean ends(int[] tokens, int length) {
    if (ids.contains(tokens[length - 1])) {
      return true;
    }
    if (texts.isEmpty()) {
      return false;
    }
    String tail = decode.apply(Arrays.copyOfRange(tokens, Math.max(0, length - window), length));
    return texts.stream().anyMatch(tail::contains);
  }
}
