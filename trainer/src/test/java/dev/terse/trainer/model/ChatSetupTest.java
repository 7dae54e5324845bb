package dev.terse.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.chat.Conversation;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigException;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Template and end tokens of a run, on a small model that the project ships. */
class ChatSetupTest {
  private static final Path SHIPPED =
      SharedData.projectRoot().resolve("checkpoints/arithmetic-skip");
  private static final int END = 299;
  private static final int SYSTEM = 300;
  private static final List<Message> QUESTION = List.of(new Message("user", "1+1"));

  @TempDir private Path folder;
  private final Engine engine = new ReferenceEngine();

  @AfterEach
  void close() {
    engine.close();
  }

  private Path model(String eosToken, String generationConfig) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("model"));
    for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(SHIPPED.resolve(name), copy.resolve(name));
    }
    ObjectNode config = (ObjectNode) json(SHIPPED.resolve("tokenizer_config.json"));
    Files.writeString(
        copy.resolve("tokenizer_config.json"), config.put("eos_token", eosToken).toString());
    if (generationConfig != null) {
      Files.writeString(copy.resolve("generation_config.json"), generationConfig);
    }
    return copy;
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static ModelArguments arguments(Path model, String... more) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("--model_name_or_path=" + model, "--dataset_name=x", "--output_dir=y"));
    all.addAll(List.of(more));
    return ConfigReader.read(null, all, SftConfig.class).config().model();
  }

  private ModelFolder open(ModelArguments arguments, boolean learnsTurns) {
    return RunModels.complete(
        arguments,
        RunModels.open(arguments, engine, 1, learnsTurns),
        LocalDateTime.of(2001, 2, 3, 4, 5));
  }

  /** Case several-end-ids: every one of them ends a completion. */
  @Test
  void stopIds_areAllThatTheFilesName() throws IOException {
    Path path = model("<|system|>", "{\"eos_token_id\": [300, 299]}");
    try (Tokenizer tokenizer = Tokenizer.load(path)) {
      assertThat(tokenizer.stopIds()).containsExactlyInAnyOrder(SYSTEM, END);
    }
    Files.writeString(path.resolve("generation_config.json"), "{\"eos_token_id\": 300}");
    Path config = path.resolve("tokenizer_config.json");
    Files.writeString(config, Files.readString(config).replace("\"<|system|>\"", "\"<|end|>\""));
    try (Tokenizer tokenizer = Tokenizer.load(path)) {
      assertThat(tokenizer.stopIds()).containsExactly(END, SYSTEM);
    }
    Files.delete(path.resolve("generation_config.json"));
    ObjectNode model = (ObjectNode) json(path.resolve("config.json"));
    model.putArray("eos_token_id").add(END).add(SYSTEM);
    Files.writeString(path.resolve("config.json"), model.toString());
    try (Tokenizer tokenizer = Tokenizer.load(path)) {
      assertThat(tokenizer.stopIds()).containsExactly(END, SYSTEM);
    }
  }

  /** Case sft-end-token-of-a-base-model: the saved folder stops where its rows did. */
  @Test
  void turnEnd_thatIsNoEndToken_becomesOneWhereTurnsAreLearnt() throws IOException {
    Path path = model("<|system|>", "{\"eos_token_id\": 300, \"top_k\": 20}");
    try (ModelFolder grpo = open(arguments(path), false)) {
      assertThat(grpo.tokenizer().stopIds()).containsExactly(SYSTEM);
    }
    Path saved = folder.resolve("saved");
    try (ModelFolder sft = open(arguments(path), true)) {
      assertThat(sft.tokenizer().stopIds()).containsExactly(SYSTEM, END);
      sft.save(saved);
    }
    assertThat(json(saved.resolve("generation_config.json")).toString())
        .isEqualTo("{\"eos_token_id\":[300,299],\"top_k\":20}");
    try (Tokenizer again = Tokenizer.load(saved)) {
      assertThat(again.stopIds()).containsExactly(SYSTEM, END);
    }
  }

  @Test
  void eosToken_comesFirstAndIsSaved_theOthersStay() throws IOException {
    Path path = model("<|system|>", "{\"eos_token_id\": 301}");
    Path saved = folder.resolve("saved");
    try (ModelFolder model = open(arguments(path, "--eos_token=<|end|>"), true)) {
      assertThat(model.tokenizer().stopIds()).containsExactly(END, SYSTEM, 301);
      model.save(saved);
    }
    assertThat(json(saved.resolve("tokenizer_config.json")).path("eos_token").asText())
        .isEqualTo("<|end|>");
    assertThat(json(saved.resolve("generation_config.json")).path("eos_token_id").toString())
        .isEqualTo("[299,300,301]");
    assertThatThrownBy(() -> open(arguments(path, "--eos_token=<|nosuch|>"), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eos_token '<|nosuch|>' is not in the vocabulary")
        .hasMessageContaining("has <|system|> (id 300), <|user|> (id 301)");
  }

  @Test
  void chatTemplate_textFileOrFolder_isRenderedAndSaved() throws IOException {
    Path path = model("<|end|>", null);
    String source = "{% for m in messages %}T{{ m.content }}{{ eos_token }}{% endfor %}";
    Path saved = folder.resolve("saved");
    try (ModelFolder model = open(arguments(path, "--chat_template=" + source), true)) {
      assertThat(model.template().render(QUESTION, true)).isEqualTo("T1+1<|end|>");
      model.save(saved);
    }
    assertThat(Files.readString(saved.resolve("chat_template.jinja"))).isEqualTo(source);
    assertThat(json(saved.resolve("tokenizer_config.json")).has("chat_template")).isFalse();
    Path file = Files.writeString(folder.resolve("t.jinja"), "F{{ messages[0].content }}");
    try (ModelFolder model = open(arguments(path, "--chat_template_path=" + file), true)) {
      assertThat(model.template().render(QUESTION, true)).isEqualTo("F1+1");
    }
    try (ModelFolder model = open(arguments(path, "--chat_template_path=" + saved), true)) {
      assertThat(model.template().render(QUESTION, true)).isEqualTo("T1+1<|end|>");
    }
  }

  @Test
  void chatTemplate_thatCannotBe_isRefusedWithWhatToDo() throws IOException {
    Path path = model("<|end|>", null);
    assertThatThrownBy(() -> open(arguments(path, "--chat_template_path=org/name"), true))
        .hasMessageContaining("org/name is neither a file nor a tokenizer's folder");
    assertThatThrownBy(() -> open(arguments(path, "--chat_template={% iff %}"), true))
        .hasMessageContaining("chat_template: chat template, line 1: tag 'iff' is not supported");
    assertThatThrownBy(() -> arguments(path, "--chat_template=t.jinja"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a file or folder is chat_template_path");
    assertThatThrownBy(() -> arguments(path, "--chat_template={{ 1 }}", "--chat_template_path=t"))
        .hasMessageContaining("one of the two");
    Path other = Files.createDirectories(folder.resolve("other"));
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      String text = Files.readString(SHIPPED.resolve(name));
      Files.writeString(other.resolve(name), text.replace("<|user|>", "<|person|>"));
    }
    assertThatThrownBy(() -> open(arguments(path, "--chat_template_path=" + other), true))
        .hasMessageContaining("has tokens that this one lacks, which the template may need")
        .hasMessageContaining("<|person|>");
  }

  @Test
  void variables_areValuesAndRowsWin() throws IOException {
    Path path = model("<|end|>", null);
    String source =
        "{{ enable_thinking is false }} {{ n + 1 }} {{ x * 2 }} {{ s ~ none_ }} {{ l | tojson }}"
            + " {{ strftime_now('%Y-%m-%d') }}";
    ModelArguments arguments =
        arguments(
            path,
            "--chat_template=" + source,
            "--chat_template_kwargs={enable_thinking: false, n: 41, x: 1.5, s: low, none_: null,"
                + " l: [1, {a: true}]}");
    try (ModelFolder model = open(arguments, true)) {
      assertThat(model.template().render(QUESTION, true))
          .isEqualTo("True 42 3.0 lowNone [1, {\"a\": true}] 2001-02-03");
      Conversation row = Conversation.of(QUESTION).withVariables(Map.of("s", "high"));
      assertThat(model.template().render(row, true).text()).contains("highNone");
    }
  }
}
