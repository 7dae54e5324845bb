package dev.terse.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Added tokens that two files tell of, and marks that a folder lists as special. */
class AddedTokensTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-skip");

  private static Tokenizer with(Consumer<ObjectNode> tokenizer, Consumer<ObjectNode> config)
      throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    files.put(TokenizerFiles.TOKENIZER, changed(TokenizerFiles.TOKENIZER, tokenizer));
    files.put(TokenizerFiles.CONFIG, changed(TokenizerFiles.CONFIG, config));
    return Tokenizer.of(new TokenizerFiles(files));
  }

  private static byte[] changed(String name, Consumer<ObjectNode> change) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(MODEL.resolve(name)));
    change.accept(json);
    return JSON.writeValueAsBytes(json);
  }

  private static void withoutSkip(ObjectNode tokenizer) {
    tokenizer.withArray("/added_tokens").remove(2);
  }

  private static Consumer<ObjectNode> decoder(int id, String content) {
    return config ->
        config
            .withObject("/added_tokens_decoder")
            .putObject(String.valueOf(id))
            .put("content", content)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("single_word", false)
            .put("special", false);
  }

  /** Found by fuzzing: they ended in a ClassCastException. */
  @Test
  void tokensThatAreNone_areRefused() {
    assertThatThrownBy(
            () -> with(json -> json.putObject("added_tokens").putNull("id"), config -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("added_tokens of tokenizer.json must be a list of objects");
    assertThatThrownBy(
            () -> with(json -> {}, config -> config.putObject("added_tokens_decoder").put("1", 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("added_tokens_decoder of tokenizer_config.json must be an object");
    assertThatThrownBy(
            () -> with(AddedTokensTest::withoutSkip, decoder(298, "[SKIP]").andThen(named("x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("by their ids, found 'x'");
  }

  private static Consumer<ObjectNode> named(String key) {
    return config -> config.withObject("/added_tokens_decoder").putObject(key);
  }

  /** Case tokenizer-token-only-in-config. */
  @Test
  void tokenOfTheConfigOnly_hasItsIdAndShiftsNoOther() throws IOException {
    try (Tokenizer tokenizer = with(AddedTokensTest::withoutSkip, decoder(298, "[SKIP]"))) {
      assertThat(tokenizer.encode("[SKIP]1<|end|>")).containsExactly(298, 16, 299);
    }
  }

  @Test
  void gapInTheList_isRefused() {
    assertThatThrownBy(() -> with(AddedTokensTest::withoutSkip, config -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("have a gap before '<|end|>' (id 299)")
        .hasMessageContaining("added_tokens_decoder");
    assertThatThrownBy(() -> with(AddedTokensTest::withoutSkip, decoder(299, "[SKIP]")))
        .hasMessageContaining("tokenizer.json names id 299 '<|end|>'")
        .hasMessageContaining("make the two files agree");
  }

  /** Case tokenizer-think-marks-are-special. */
  @Test
  void thinkMarksListedAsSpecial_stayInDecodedTextAndInData() throws IOException {
    Consumer<ObjectNode> special =
        tokenizer -> {
          ((ObjectNode) tokenizer.at("/added_tokens/0")).put("special", true);
          ((ObjectNode) tokenizer.at("/added_tokens/1")).put("special", true);
        };
    String text = "<think>\n1+1=2\n</think>\n\n2";
    try (Tokenizer plain = Tokenizer.load(MODEL);
        Tokenizer listed = with(special, config -> {})) {
      int[] ids = plain.encode(text + "<|end|>");
      assertThat(listed.encodeData(text)).isEqualTo(plain.encodeData(text));
      assertThat(listed.decode(ids, true)).isEqualTo(text);
    }
  }
}
