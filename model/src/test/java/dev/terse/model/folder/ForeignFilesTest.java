package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.io.JsonLines;
import dev.terse.model.TinyModel;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.transformer.Decoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of a model that are not what their names say: each refused in one sentence that helps. */
class ForeignFilesTest {
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0a".repeat(32);

  @TempDir Path folder;

  private final Engine engine = new ReferenceEngine();

  @AfterEach
  void close() {
    engine.close();
  }

  /** What stands in place of a file, and what is said of it. */
  enum Instead {
    POINTER_WITH_SIZE(
        POINTER + "\nsize 269060552\n",
        " is a Git LFS pointer, not the file itself, which has 269060552 bytes: run 'git lfs"
            + " pull' in its folder, or download the file"),
    ERROR_PAGE(
        "<!DOCTYPE html>\n<html><title>429 Too Many Requests</title></html>",
        " is a web page (<!DOCTYPE html>), such as a server's error or login page: download the"
            + " file again"),
    STORE_ERROR(
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
        "such as a server's error or login page: download the file again"),
    MESSAGE("Entry not found", " holds a server's message (Entry not found), not the file"),
    EMPTY("", " is empty (0 bytes): download it again, or delete it"),
    ZIP("PK\u0003\u0004 and so on, data.pkl", " is a ZIP archive, as torch.save writes them");

    private final String content;
    private final String sentence;

    Instead(String content, String sentence) {
      this.content = content;
      this.sentence = sentence;
    }
  }

  static Stream<Arguments> everyFile() {
    return Stream.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "generation_config.json",
            "model.safetensors")
        .flatMap(file -> Stream.of(Instead.values()).map(instead -> Arguments.of(file, instead)));
  }

  @ParameterizedTest
  @MethodSource("everyFile")
  void fileOfAModel_thatIsSomethingElse_isRefusedWithWhatItIs(String file, Instead instead)
      throws IOException {
    copy(TinyModel.QWEN3.folder());
    Files.writeString(folder.resolve(file), instead.content, StandardCharsets.ISO_8859_1);
    refuses(folder, folder.resolve(file).toString(), instead.sentence);
  }

  @ParameterizedTest
  @EnumSource
  void fileOfAnAdapter_thatIsSomethingElse_isRefusedWithWhatItIs(Instead instead)
      throws IOException {
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      copy(PeftAdapter.LLAMA_LORA.folder());
      Path config = folder.resolve("adapter_config.json");
      Files.writeString(
          config,
          Files.readString(config)
              .replace("../../tiny/llama", TinyModel.LLAMA.folder().toString()));
      Files.writeString(folder.resolve(file), instead.content, StandardCharsets.ISO_8859_1);
      refuses(folder, folder.resolve(file).toString(), instead.sentence);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ggufFile_thatIsSomethingElse_isRefusedWithWhatItIs(Instead instead) throws IOException {
    Path file = folder.resolve("model.gguf");
    Files.writeString(file, instead.content, StandardCharsets.ISO_8859_1);
    refuses(file, file.toString(), instead.sentence);
  }

  @Test
  void formatUnderAnotherName_isToldWithBothNames() throws IOException {
    Path gguf = folder.resolve("m.gguf");
    Files.copy(TinyModel.QWEN3.folder().resolve("model.safetensors"), gguf);
    refuses(gguf, gguf + " is a safetensors file, whatever its name says: give the right file");
    copy(TinyModel.QWEN3.folder());
    Path weights = folder.resolve("model.safetensors");
    Files.write(weights, "GGUF\3\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
    refuses(folder, weights + " is a GGUF file, whatever its name says: give the right file");
  }

  @Test
  void shards_asPointersMissingOrOfAnotherModel_areNamed() throws IOException {
    copy(TinyModel.LLAMA.folder());
    Files.delete(folder.resolve("model.safetensors"));
    try (Decoder decoder = TinyModel.LLAMA.open(engine)) {
      WeightFiles.write(folder, decoder.weights().tensors(), DType.F32, 30_000);
    }
    Path index = folder.resolve("model.safetensors.index.json");
    String names = Files.readString(index);
    Files.writeString(index, names.replace("\"model.norm.weight\"", "\"model.other.weight\""));
    refuses(
        folder,
        index + " does not agree with its shards: 'model.other.weight' is not in model-",
        "download the index and the shards of one and the same model again");

    Files.writeString(index, names);
    Path first;
    try (Stream<Path> files = Files.list(folder)) {
      first = files.filter(file -> file.toString().contains("-00001-of")).findFirst().orElseThrow();
    }
    Files.writeString(first, POINTER);
    refuses(folder, first + " is a Git LFS pointer, not the file itself: run 'git lfs pull'");
    Files.delete(first);
    refuses(folder, index + " names 1 missing of ", first.getFileName() + "; download what is");
    Files.delete(index);
    refuses(folder, "it holds model-00002-of", ": download model.safetensors.index.json too");
  }

  @Test
  void rows_thatAreAPointerOrAPage_areRefusedWhenOpened() throws IOException {
    Path rows = folder.resolve("train.jsonl");
    for (Instead instead : List.of(Instead.POINTER_WITH_SIZE, Instead.ERROR_PAGE, Instead.ZIP)) {
      Files.writeString(rows, instead.content, StandardCharsets.ISO_8859_1);
      assertThatThrownBy(() -> JsonLines.open(rows))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(rows + instead.sentence);
    }
    Files.writeString(rows, "{\"text\": \"<!DOCTYPE html> begins a page\"}\n");
    try (JsonLines open = JsonLines.open(rows)) {
      assertThat(open.next().get("text").textValue()).startsWith("<!DOCTYPE html>");
    }
  }

  private void refuses(Path path, String... parts) {
    assertThatThrownBy(() -> ModelFolder.load(path, engine).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  private void copy(Path from) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
  }
}
