package dev.terse.model.tokenizer;

import dev.terse.model.chat.ChatTemplate;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformersIdsTest {
  @ParameterizedTest
  @ValueSource(strings = {RealTokenizers.QWEN3, RealTokenizers.R1})
  void encode_publishedTokenizers_givesTransformersIds(String name, @TempDir Path folders)
      throws IOException {
    assertEqual(name, RealTokenizers.folder(name, folders));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-reasoner", "arithmetic"})
  void encode_ownTokenizers_givesTransformersIds(String name) {
    assertEqual(name, SharedData.projectRoot().resolve("configs").resolve(name));
  }

  private static void assertEqual(String name, Path folder) {
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      TransformersIds.assertEqual(name, tokenizer, ChatTemplate.find(folder));
    }
  }
}
