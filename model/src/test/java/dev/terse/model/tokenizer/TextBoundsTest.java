package dev.terse.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T43: what the native library would end the process on is refused before it. */
class TextBoundsTest {
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");

  @Test
  void encode_ofMillionsOfBlanks_isRefusedByAFailureOfTheRow() {
    try (Tokenizer tokenizer = Tokenizer.load(MODEL)) {
      String blanks = "x" + " ".repeat(1_000_001) + "y";
      assertThatThrownBy(() -> tokenizer.encode(blanks))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the text has more than 1000000 blanks in a row");
      assertThatThrownBy(() -> tokenizer.encode("ab".repeat(5_000_001)))
          .hasMessageContaining("the text has 10000002 characters; a tokenizer takes at most");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(?:x|a*)*", "([ab]+c?){2,}", "((a|b+))+", "(?i:\\(+)*"})
  void patterns_thatRepeatARepetition_areFound(String pattern) {
    assertThat(TextBounds.repeatsARepetition(pattern)).isTrue();
  }

  /** Those of GPT-2, Qwen2 (and Llama 3), GPT-4o and DeepSeek among them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}]*[\\p{Ll}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        "\\p{N}{1,3}",
        "[一-龥ぁ-ゟァ-ヿ]+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+",
        "(a+)b",
        "(ab)+",
        "[(a+)+]",
        " {2,}"
      })
  void patterns_ofPublishedTokenizers_pass(String pattern) {
    assertThat(TextBounds.repeatsARepetition(pattern)).isFalse();
  }

  @Test
  void load_ofATokenizerWithSuchAPattern_isRefusedByIt(@TempDir Path folder) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode tokenizer = (ObjectNode) json.readTree(MODEL.resolve("tokenizer.json").toFile());
    ObjectNode normalizer = tokenizer.putObject("normalizer");
    normalizer.put("type", "Replace").put("content", "");
    normalizer.putObject("pattern").put("Regex", "(a+)+$");
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer.toString());
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "tokenizer.json has the pattern '(a+)+$', which repeats a repetition");

    Files.writeString(folder.resolve("tokenizer.json"), "{\"a\":" + "[".repeat(100_000));
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tokenizer.json is not JSON");
  }

  @Test
  void vocabulary_withAnIdBeyondAllTables_isRefused() throws IOException {
    ObjectNode tokenizer = new ObjectMapper().createObjectNode();
    tokenizer.putObject("model").putObject("vocab").put("a", 0).put("zzz", 2147483647);
    assertThatThrownBy(() -> Vocabulary.of(tokenizer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has a token of id 2147483647");
  }
}
