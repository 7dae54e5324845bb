package dev.terse.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 7, 8, 9);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final Map<String, Object> NONE = Map.of("messages", List.of());

  static Stream<Arguments> snippets() throws IOException {
    JsonNode all;
    try (InputStream in = TemplateTest.class.getResourceAsStream("/jinja/snippets.json")) {
      all = JSON.readTree(in);
    }
    Map<String, Object> names = JSON.convertValue(all.get("names"), MAP);
    return StreamSupport.stream(all.get("snippets").spliterator(), false)
        .map(s -> Arguments.of(s.get("source").asText(), s, names));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("snippets")
  void render_snippet_equalsJinja2(String source, JsonNode snippet, Map<String, Object> names) {
    if (snippet.has("refused")) {
      assertThatThrownBy(() -> Template.of(source).render(names, NOW))
          .isInstanceOf(TemplateException.class)
          .hasMessageStartingWith("chat template, line 1: ");
    } else {
      assertThat(Template.of(source).render(names, NOW).text())
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
    assertThatThrownBy(() -> Template.of(template).render(NONE, NOW))
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
    assertThatThrownBy(() -> Template.of(source).render(NONE, NOW))
        .isInstanceOf(TemplateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "not ", "- ", "{'a':", "1 if 1 else ", "x.y("})
  void of_deepNesting_isRefused(String opening) {
    assertThatThrownBy(() -> Template.of("{{ " + opening.repeat(50_000)))
        .isInstanceOf(TemplateException.class);
  }
}
