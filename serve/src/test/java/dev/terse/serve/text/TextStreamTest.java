package dev.terse.serve.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.SeedTree;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TestSeed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextStreamTest {
  private static final Tokenizer TOKENIZER =
      Tokenizer.load(SharedData.projectRoot().resolve("checkpoints/arithmetic-base"));

  private static String streamed(int[] ids, List<String> stops) {
    TextStream stream = new TextStream(TOKENIZER, stops);
    StringBuilder all = new StringBuilder();
    for (int n = 1; n <= ids.length && !stream.stopped(); n++) {
      all.append(stream.upTo(Arrays.copyOf(ids, n), n == ids.length));
    }
    return all.toString();
  }

  @Test
  void text_inPieces_isThatOfAllTokens_charactersWhole() {
    String text = "Zürich 漢字 😀👍🏽 e\u0301\n\n[SKIP] 1+2";
    int[] ids = TOKENIZER.encode(text);
    assertThat(ids.length).isGreaterThan(text.length()); // bytes, most of them
    assertThat(streamed(ids, List.of())).isEqualTo(text);
    TextStream stream = new TextStream(TOKENIZER, List.of());
    for (int n = 1; n < ids.length; n++) {
      assertThat(stream.upTo(Arrays.copyOf(ids, n), false)).doesNotContain("\uFFFD");
    }
  }

  @Test
  void text_ofRandomTokens_joinsToItsDecoding() {
    long seed = TestSeed.of("text stream");
    for (int i = 0; i < 200; i++) {
      int[] ids = new int[1 + SeedTree.below(SeedTree.at(seed, "n", i), 12)];
      for (int t = 0; t < ids.length; t++) {
        ids[t] = 32 + SeedTree.below(SeedTree.at(seed, "id", i, t), 90); // ASCII
      }
      String whole = TOKENIZER.decode(ids, true);
      assertThat(streamed(ids, List.of())).isEqualTo(whole);
      String stop = whole.substring(whole.length() / 2);
      if (!stop.isEmpty()) {
        assertThat(streamed(ids, List.of("\u0001", stop)))
            .isEqualTo(whole.substring(0, whole.indexOf(stop)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100})
  void thinking_inPieces_isCutAtItsMarks(int size) {
    assertThat(split("<think>\na < b\n</think>\n\n42", false, size)).isEqualTo("\na < b\n|\n\n42");
    assertThat(split("a </b> c</think>42</think>", true, size)).isEqualTo("a </b> c|42</think>");
    assertThat(split("never ends </thin", true, size)).isEqualTo("never ends </thin|");
    assertThat(split("<thin air", false, size)).isEqualTo("|<thin air");
    assertThat(split("no <think> at all", false, size)).isEqualTo("|no <think> at all");
  }

  private static String split(String text, boolean opened, int size) {
    ThinkingSplit split = new ThinkingSplit(opened);
    StringBuilder reasoning = new StringBuilder();
    StringBuilder content = new StringBuilder();
    for (int at = 0; at < text.length(); at += size) {
      int end = Math.min(at + size, text.length());
      ThinkingSplit.Piece piece = split.add(text.substring(at, end), end == text.length());
      reasoning.append(piece.reasoning());
      content.append(piece.content());
    }
    return reasoning + "|" + content;
  }
}
