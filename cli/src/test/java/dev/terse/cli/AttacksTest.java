package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SECURITY.md promises about models and checkpoints from strangers, tried as a user would. */
class AttacksTest {
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");

  @TempDir private Path folder;

  private String refused(String model) {
    Cli run = Cli.run("generate", "--model=" + model, "--prompt=1+2", "--max-new-tokens=2");
    assertThat(run.code()).as(run.out()).isNotEqualTo(ExitCodes.OK);
    assertThat(run.err()).doesNotContain("\tat ", "fault of the program");
    return run.err();
  }

  /** A base that is no model is not read, whatever leads to it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/etc/passwd", "../../../../../../etc", ".", "http://x/y", "a\\u0000b", "~root"})
  void adapter_whoseBaseIsAPathTrick_isRefusedInASentence(String base) throws IOException {
    Path adapter = Files.createDirectory(folder.resolve("adapter"));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":4,\"target_modules\":[\"q_proj\"],"
            + "\"base_model_name_or_path\":\""
            + base
            + "\"}");
    Files.write(adapter.resolve("adapter_model.safetensors"), new byte[8]);
    assertThat(refused(adapter.toString()))
        .containsAnyOf("is an adapter for", "holds no weights", "is not a sound GGUF file")
        .doesNotContain("Nul character not allowed: ");
  }

  /** A seal anybody can set; a listing cannot reach out of its folder. */
  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/passwd", "a/../../secret", "a\\u0000b"})
  void checkpoint_whoseManifestNamesFilesElsewhere_isDamaged(String name) throws IOException {
    Files.writeString(folder.resolve("secret"), "x");
    Path checkpoint = Files.createDirectory(folder.resolve("checkpoint-1"));
    String listing =
        "{\"format\":1,\"run\":\"0\",\"step\":1,\"files\":{\""
            + name
            + "\":{\"bytes\":1,\"crc32c\":\"00000000\"}}";
    CRC32C crc = new CRC32C();
    crc.update(listing.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        checkpoint.resolve("MANIFEST.json"),
        listing + String.format(",\n\"crc32c\":\"%08x\"}\n", crc.getValue()));
    assertThatThrownBy(() -> CheckpointStore.open(checkpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is damaged: ")
        .hasMessageContaining("is missing");
  }

  /** Steps, lengths and depths of a template are bounded, each by itself and together. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}"
            + "{% endfor %}{{ ns.x }}",
        "{% for i in range(99999) %}{% set y = range(99999)|list %}{% endfor %}",
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{{ 'x' * 999999999 }}",
        "{{ ''.__class__.__mro__ }}{{ messages.getClass().forName('java.lang.Runtime') }}"
      })
  void template_thatIsABomb_endsInASentence(String bomb) throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    for (String file : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
      Files.copy(MODEL.resolve(file), model.resolve(file));
    }
    Files.writeString(model.resolve("tokenizer_config.json"), "{}");
    Files.writeString(model.resolve("chat_template.jinja"), bomb);
    long start = System.nanoTime();
    assertThat(refused(model.toString())).contains("chat template");
    assertThat((System.nanoTime() - start) / 1_000_000_000L).isLessThan(60);
  }
}
