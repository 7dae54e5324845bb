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
import org.junit.jupiter.api.Test;
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
        "{{ [1] | sort(key=1) }} @ line 1: filter 'sort' has no argument 'key'; it has reverse, case_sensitive, attribute",
        "{{ 2.5 | round(method='up') }} @ filter 'round' has the methods common, ceil and floor, found 'up'",
        "{{ 'a' | replace('a') }} @ filter 'replace' needs its argument 'new'",
        "{{ [1].append(2) }} @ append() would change a list, which a chat template may not",
        "{{ l | map('upper') | last }} @ a generator has no last item; put | list before | last",
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
        "{% set s = 'x' * 999999 %}{% for i in range(99999) %}{% if s.upper().lower() == 'y' %}{% endif %}{% endfor %}",
        "{% set s = 'x' * 999999 %}{% for i in range(99999) %}{% if 'y' in s %}{% endif %}{% endfor %}",
        "{% set s = 'x' * 999999 %}{% for i in range(99999) %}{% set t = s | replace('x', 'y') %}{% endfor %}",
        "{% set l = range(99999) %}{% for i in l %}{% set t = l | sort | list %}{% endfor %}",
        "{% set l = range(99999) %}{% for i in l %}{% set t = l[1:] %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
        "{% set a = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set a.x = [a.x, a.x] %}{% set a.y = [a.y, a.y] %}"
            + "{% endfor %}{{ a.x == a.y }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{{ ('x' * 60000000) | list | length }}",
        "{{ '%99999999d' % 1 }}",
        "{{ 'a' | center(999999999999) }}",
        "{{ [1] | batch(99999999999, 'x') | list }}",
        "{{ [1] | slice(99999999999, 'x') | list }}",
      })
  void render_hostileTemplate_isRefusedSoon(String source) {
    assertThatThrownBy(() -> Template.of(source).render(NONE, NOW))
        .isInstanceOf(TemplateException.class);
  }

  /** A chain is as long as it likes: it is carried out in a loop. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "1 @ + 1 @ 50001",
        "\"a\" @ ~ \"\" @ a",
        "0 @ or 0 @ 0",
        "1 @ and 1 @ 1",
        "\"a\" @ | upper @ A",
        "2 @ * 1 @ 2",
        "\"a\" @ .lower() @ a",
        "1 @ is defined @ True",
      })
  void render_longFlatChain_isAValue(String first, String link, String value) {
    String source = "{{ " + first + (" " + link).repeat(50_000) + " }}";
    assertThat(Template.of(source).render(NONE, NOW).text()).isEqualTo(value);
  }

  @Test
  void render_longChainsOfOtherKinds_areValuesOrRefused() {
    assertThat(
            Template.of("{% if 0 %}" + "{% elif 0 %}".repeat(20_000) + "{% else %}x{% endif %}")
                .render(NONE, NOW)
                .text())
        .isEqualTo("x");
    assertThatThrownBy(() -> Template.of("{{ 1" + " if 1".repeat(50_000) + " }}"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("nested deeper than");
    assertThatThrownBy(() -> Template.of("{{ x" + ".a".repeat(50_000) + " }}").render(NONE, NOW))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("'x' is undefined");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "not ", "- ", "{'a':", "1 if 1 else ", "x.y("})
  void of_deepNesting_isRefused(String opening) {
    assertThatThrownBy(() -> Template.of("{{ " + opening.repeat(50_000)))
        .isInstanceOf(TemplateException.class);
  }
}
