package dev.terse.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    if (golden.has("refused")) {
      assertThatThrownBy(() -> template.render(messages, prompt, variables))
          .isInstanceOf(TemplateException.class)
          .hasMessageStartingWith("chat template, line ");
    } else {
      assertThat(template.render(messages, prompt, variables))
          .as(name)
          .isEqualTo(golden.get("expected").asText());
    }
  }

  static Stream<Arguments> snippets() throws IOException {
    JsonNode all = JSON.readTree(resource("snippets.json"));
    Map<String, Object> names = JSON.convertValue(all.get("names"), MAP);
    return StreamSupport.stream(all.get("snippets").spliterator(), false)
        .map(s -> Arguments.of(s.get("source").asText(), s, names));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("snippets")
  void render_snippet_equalsJinja2(String source, JsonNode snippet, Map<String, Object> names) {
    if (snippet.has("refused")) {
      assertThatThrownBy(() -> ChatTemplate.of(source, Map.of()).render(List.of(), false, names))
          .isInstanceOf(TemplateException.class)
          .hasMessageStartingWith("chat template, line 1: ");
    } else {
      assertThat(ChatTemplate.of(source, Map.of()).render(List.of(), false, names))
          .isEqualTo(snippet.get("expected").asText());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "a\\n{% iff x %} @ line 2: tag 'iff' is not supported; supported: set, if, for,",
        "{{ x | nosuch }} @ line 1: filter 'nosuch' is not known; known: abs,",
        "\\n\\n{{ x is nosuch }} @ line 3: test 'nosuch' is not known; known: !=,",
        "{% if x %}\\nabc @ line 2: the template ends before",
        "a\\n{{ messages[0] @ line 2: this tag is not closed by '}}'",
        "{{ 1 + }} @ line 1: expected a value, found '}}'",
        "{{ a.b.c }} @ line 1: 'a' is undefined",
        "\\n{{ messages() }} @ line 2: a list cannot be called",
        "{{ 'x' + 1 }} @ line 1: '+' cannot join a string and a number",
        "{% for a, b in [[1,2,3]] %}{% endfor %} @ line 1: cannot give 3 values to the 2 names [a, b]",
        "{{ raise_exception('only users') }} @ the template refuses these messages: only users",
      })
  void render_mistake_saysLineAndConstruct(String source, String sentence) {
    String template = source.trim().replace("\\n", "\n");
    assertThatThrownBy(() -> ChatTemplate.of(template, Map.of()).render(List.of(), false))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining(sentence.trim());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(999999999) %}{% endfor %}",
        "{{ 'x' * 9999999999 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'x' * 99999 }}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      })
  void render_hostileTemplate_isRefusedSoon(String source) {
    assertThatThrownBy(() -> ChatTemplate.of(source, Map.of()).render(List.of(), false))
        .isInstanceOf(TemplateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "not ", "- ", "{'a':", "1 if 1 else ", "x.y("})
  void of_deepNesting_isRefused(String opening) {
    assertThatThrownBy(() -> ChatTemplate.of("{{ " + opening.repeat(50_000), Map.of()))
        .isInstanceOf(TemplateException.class);
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
