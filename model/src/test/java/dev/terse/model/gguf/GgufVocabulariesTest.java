package dev.terse.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.model.tokenizer.TransformersIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The vocabularies that llama.cpp ships with its own ids, {@code models/ggml-vocab-*} of its source
 * (also in the source package of llama-cpp-python): {@code -DargLine=-Dterse.vocabularies=FOLDER}.
 * The folders written from them lie in target/vocabularies; their ids are transformers' too.
 */
class GgufVocabulariesTest {
  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-bpe", "qwen2", "starcoder", "refact"})
  void encode_vocabularyOfLlamaCpp_givesItsIdsAndTransformers(String name) throws IOException {
    String folder = System.getProperty("terse.vocabularies");
    assumeTrue(folder != null, "vocabularies of llama.cpp: -Dterse.vocabularies=FOLDER");
    Path gguf = Path.of(folder, "ggml-vocab-" + name + ".gguf");
    TokenizerFiles files;
    try (GgufFile file = GgufFile.open(gguf)) {
      Metadata metadata = new Metadata(file.header().metadata(), gguf.toString());
      ObjectNode none = JsonNodeFactory.instance.objectNode();
      files = new GgufTokenizer(metadata, PreTokenizerChoice.DECLARED).files(none, none);
    }
    files.write(Path.of("target/vocabularies", name));
    try (Tokenizer tokenizer = Tokenizer.of(files)) {
      String[] texts =
          Files.readString(Path.of(gguf + ".inp")).split("\n__ggml_vocab_test__\n", -1);
      List<String> expected = Files.readAllLines(Path.of(gguf + ".out"));
      for (int i = 0; i < expected.size(); i++) {
        String line = expected.get(i).trim();
        int[] ids =
            line.isEmpty()
                ? new int[0]
                : Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThat(tokenizer.encode(texts[i])).as(texts[i]).isEqualTo(ids);
      }
      TransformersIds.assertEqual(name, tokenizer, ChatTemplate.find(files.files()));
    }
  }
}
