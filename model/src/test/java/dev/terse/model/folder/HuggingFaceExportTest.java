package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Progress;
import dev.terse.engine.numbers.Bfloat16;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.gguf.PreTokenizerChoice;
import dev.terse.model.safetensors.DType;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceExportTest {
  @TempDir Path folder;

  private Path fixture(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = getClass().getResourceAsStream("/gguf/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama3", "qwen2", "qwen3"})
  void fromGguf_folderAndFile_loadAsTheSameModel(String name) throws IOException {
    Path gguf = fixture(name + ".gguf");
    Path out = folder.resolve("out");
    HuggingFaceExport.fromGguf(gguf, out, "float32", Progress.NONE);
    try (ReferenceEngine engine = new ReferenceEngine();
        ModelFolder direct = ModelFolder.load(gguf, engine);
        ModelFolder exported = ModelFolder.load(out, engine)) {
      assertThat(direct.decoder().config().family())
          .isEqualTo(exported.decoder().config().family());
      Parameters weights = direct.decoder().weights();
      assertThat(exported.decoder().weights().names()).isEqualTo(weights.names());
      for (String weight : weights.names()) {
        assertThat(exported.decoder().weights().get(weight).toFloats())
            .isEqualTo(weights.get(weight).toFloats());
      }
      assertThat(exported.tokenizer().encode("1 + 12.\n\n3"))
          .isEqualTo(direct.tokenizer().encode("1 + 12.\n\n3"));
      assertThat(exported.tokenizer().stopIds()).isEqualTo(direct.tokenizer().stopIds());
      assertThat(exported.template().source()).isEqualTo(direct.template().source());
      assertThat(exported.generationConfig()).isEqualTo(direct.generationConfig());
    }
  }

  @Test
  void fromGguf_bfloat16_roundsEveryWeight() throws IOException {
    Path gguf = fixture("qwen2.gguf");
    HuggingFaceExport.fromGguf(
        gguf, folder.resolve("b"), DType.BF16, PreTokenizerChoice.DECLARED, Progress.NONE);
    try (ReferenceEngine engine = new ReferenceEngine();
        Decoder half =
            ModelFolder.openDecoder(folder.resolve("b"), engine, WeightUse.CHANGED).build();
        Decoder full = ModelFolder.openDecoder(gguf, engine, WeightUse.CHANGED).build()) {
      for (String weight : full.weights().names()) {
        float[] expected = full.weights().get(weight).toFloats();
        float[] found = half.weights().get(weight).toFloats();
        for (int i = 0; i < expected.length; i++) {
          assertThat(found[i]).isEqualTo(Float.intBitsToFloat(Bfloat16.of(expected[i]) << 16));
        }
      }
    }
    assertThat(Files.readString(folder.resolve("b/config.json")))
        .contains("\"torch_dtype\" : \"bfloat16\"");
  }

  @Test
  void fromGguf_missingTensor_writesNothing() throws IOException {
    Path gguf = fixture("llama.gguf");
    String bytes = Files.readString(gguf, StandardCharsets.ISO_8859_1);
    Files.writeString(
        gguf,
        bytes.replace("blk.1.ffn_up.weight", "blk.0.ffn_up.bias\0\0"),
        StandardCharsets.ISO_8859_1);
    Path out = folder.resolve("out");
    assertThatThrownBy(() -> HuggingFaceExport.fromGguf(gguf, out, "float32", Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(out).doesNotExist();
    assertThatThrownBy(() -> HuggingFaceExport.fromGguf(gguf, out, "int4", Progress.NONE))
        .hasMessage("dtype must be float32, float16 or bfloat16, was 'int4'");
  }
}
