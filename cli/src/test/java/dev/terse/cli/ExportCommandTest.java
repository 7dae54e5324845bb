package dev.terse.cli;

import static dev.terse.cli.Cli.ok;
import static dev.terse.cli.Cli.refused;
import static dev.terse.cli.Cli.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models for llama.cpp; what stands in a file is GgufExportTest's. */
class ExportCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/tiny-reasoner");

  @TempDir Path folder;

  private JsonNode scores(Path model, String name) throws IOException {
    Path input = folder.resolve("in.jsonl");
    Files.writeString(input, "{\"ids\":[806,18,10,19,28,804,198,807,801,198,803]}\n");
    Path output = folder.resolve(name + ".jsonl");
    ok("score", "--model=" + model, "--input=" + input, "--output=" + output, "--engine=reference");
    return JSON.readTree(Files.readString(output)).get("logprobs");
  }

  @Test
  void export_aFolder_isAFileThatSaysTheSame() throws IOException {
    Path out = folder.resolve("out");
    Cli run = ok("export", "--model=" + MODEL, "--output=" + out);
    Path file = out.resolve("model-F32.gguf");
    assertThat(run.out()).contains("wrote " + MODEL + " as F32, 3.6 MB, to " + file);
    assertThat(run.out())
        .contains("Ollama: ollama create tiny-reasoner -f " + out.resolve("Modelfile"))
        .contains("llama-quantize " + file + " " + out.resolve("model-Q4_K_M.gguf") + " Q4_K_M");
    assertThat(out.resolve("Modelfile"))
        .content()
        .startsWith("FROM ./model-F32.gguf\nTEMPLATE \"\"\"{{ range $i, $_ := .Messages }}")
        .endsWith("\"\"\"\nPARAMETER stop \"<|end|>\"\n");
    assertThat(scores(file, "exported")).isEqualTo(scores(MODEL, "original"));

    refused("holds files: --overwrite", "export", "--model=" + MODEL, "--output=" + out);
    ok("export", "--model=" + file, "--output=" + out, "--overwrite", "--dtype=q8_0");
    assertThat(out.resolve("model-Q8_0.gguf")).exists();
    assertThat(out.resolve("Modelfile")).content().startsWith("FROM ./model-Q8_0.gguf\n");
    List<Double> rounded = new ArrayList<>();
    scores(out.resolve("model-Q8_0.gguf"), "q8_0").forEach(p -> rounded.add(p.asDouble()));
    JsonNode exact = scores(MODEL, "again");
    for (int i = 0; i < rounded.size(); i++) {
      assertThat(rounded.get(i)).isCloseTo(exact.get(i).asDouble(), within(0.5));
    }
  }

  @Test
  void export_whatIsWrong_isSaid() {
    String[] export = {"export", "--model=" + MODEL};
    refused(
        "dtype must be one of float32, float16, bfloat16, q8_0, q4_0",
        with(export, "--output=" + folder.resolve("x"), "--dtype=q4_k_m"));
    refused("is what the command reads", with(export, "--output=" + MODEL, "--overwrite"));
    refused(
        "export --output_dir FOLDER writes model-F32.gguf and the like into it",
        with(export, "--output=" + folder.resolve("x.gguf")));
    refused("none", "export", "--model=" + folder.resolve("none"), "--output=" + folder + "/y");
  }
}
