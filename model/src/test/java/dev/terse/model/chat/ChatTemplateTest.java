package dev.terse.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.jinja.TemplateException;
import dev.terse.model.chat.ChatTemplate.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChatTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  static String resource(String name) throws IOException {
    try (InputStream in = ChatTemplateTest.class.getResourceAsStream("/chat/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Stream<JsonNode> goldens() throws IOException {
    return StreamSupport.stream(JSON.readTree(resource("goldens.json")).spliterator(), false);
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("goldens")
  void render_realTemplates_equalsJinja2(JsonNode golden) throws IOException {
    Map<String, String> tokens =
        JSON.convertValue(golden.get("tokens"), new TypeReference<Map<String, String>>() {});
    String name = golden.get("template").asText();
    ChatTemplate template = ChatTemplate.of(resource(name + ".jinja"), tokens);
    List<Message> messages = new ArrayList<>();
    golden
        .get("messages")
        .forEach(m -> messages.add(new Message(m.get("role").asText(), m.get("content").asText())));
    Map<String, Object> variables = JSON.convertValue(golden.get("variables"), MAP);
    boolean prompt = golden.get("add_generation_prompt").asBoolean();
    Conversation conversation = Conversation.of(messages).withVariables(variables);
    if (golden.has("refused")) {
      assertThatThrownBy(() -> template.render(conversation, prompt))
          .isInstanceOf(TemplateException.class)
          .hasMessageStartingWith("chat template, line ");
    } else {
      assertThat(template.render(conversation, prompt).text())
          .as(name)
          .isEqualTo(golden.get("expected").asText());
    }
  }

  @Test
  void load_fileAndConfig_prefersTheFile(@TempDir Path folder) throws IOException {
    assertThat(ChatTemplate.find(folder)).isEmpty();
    assertThatThrownBy(() -> ChatTemplate.load(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no chat template: neither chat_template.jinja nor");
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(
        config,
        "{\"bos_token\": {\"content\": \"<s>\"}, \"chat_template\": "
            + "[{\"name\": \"rag\", \"template\": \"r\"}, {\"name\": \"default\", \"template\": \"d{{ bos_token }}\"}]}");
    assertThat(ChatTemplate.load(folder).render(List.of(), false)).isEqualTo("d<s>");
    Files.writeString(config, "{\"bos_token\": null, \"chat_template\": \"c{{ bos_token }}\"}");
    assertThat(ChatTemplate.load(folder).render(List.of(), false)).isEqualTo("c");
    Files.writeString(folder.resolve("chat_template.jinja"), "file");
    assertThat(ChatTemplate.load(folder).render(List.of(), false)).isEqualTo("file");
  }
}
