package dev.terse.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.jinja.TemplateException;
import dev.terse.jinja.value.Rendering;
import dev.terse.model.chat.ChatTemplate.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Chat templates that models are published with, against what transformers renders with Jinja2:
 * each template with each conversation, with and without the generation prompt
 * (src/test/python/make_template_goldens.py). The texts that may be passed on lie beside the
 * goldens; the others are rendered where {@code -Dterse.templates=FOLDER} has them.
 */
class PublishedTemplatesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final TypeReference<List<Object>> LIST = new TypeReference<>() {};
  private static final List<JsonNode> GOLDENS = lines("published-goldens.jsonl.gz");
  private static final Map<String, String> TEXTS = texts();

  private static List<JsonNode> lines(String name) {
    List<JsonNode> rows = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    PublishedTemplatesTest.class.getResourceAsStream("/chat/" + name)),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        rows.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return rows;
  }

  private static Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (JsonNode row : lines("published-templates.jsonl.gz")) {
      assertThat(row.get("licence").asText()).isIn("MIT", "Apache-2.0");
      texts.put(row.get("name").asText(), row.get("text").asText());
    }
    return texts;
  }

  /** A line of the goldens: one template. */
  record Golden(JsonNode row) {
    String name() {
      return row.get("name").asText();
    }

    @Override
    public String toString() {
      return name();
    }
  }

  static Stream<Golden> passedOn() {
    return GOLDENS.stream().skip(1).map(Golden::new).filter(g -> TEXTS.containsKey(g.name()));
  }

  static Stream<Golden> named() {
    return GOLDENS.stream().skip(1).map(Golden::new).filter(g -> !TEXTS.containsKey(g.name()));
  }

  @ParameterizedTest
  @MethodSource("passedOn")
  void render_publishedTemplate_equalsTransformers(Golden golden) {
    assertEqual(golden, TEXTS.get(golden.name()));
  }

  @ParameterizedTest
  @MethodSource("named")
  void render_templateThatIsNotPassedOn_equalsTransformers(Golden golden) throws IOException {
    String folder = System.getProperty("terse.templates");
    assumeTrue(folder != null, "chat templates under other licences: -Dterse.templates=FOLDER");
    assertEqual(golden, Files.readString(Path.of(folder, golden.name() + ".jinja")));
  }

  private static void assertEqual(Golden golden, String source) {
    assertThat(sha256(source)).isEqualTo(golden.row().get("sha256").asText());
    JsonNode head = GOLDENS.get(0);
    List<String> differences = new ArrayList<>();
    ChatTemplate template =
        ChatTemplate.of(
                source,
                JSON.convertValue(head.get("tokens"), new TypeReference<Map<String, String>>() {}))
            .at(LocalDateTime.parse(head.get("now").asText()));
    JsonNode outcomes = golden.row().get("outcomes");
    for (int i = 0; i < outcomes.size(); i++) {
      JsonNode expected = outcomes.get(i);
      String found;
      String wanted;
      try {
        Conversation conversation = conversation(head.get("conversations").get(i / 2));
        Rendering rendering = template.render(conversation, i % 2 == 1);
        found = expected.has("sha256") ? sha256(rendering.text()) : rendering.text();
        wanted = expected.path(expected.has("sha256") ? "sha256" : "text").asText(null);
        if (expected.has("generated")) {
          assertThat(spans(rendering)).as("spans of " + i).isEqualTo(expected.get("generated"));
        }
      } catch (TemplateException e) {
        found = e.getMessage();
        wanted = expected.has("refused") ? found : "a text";
      }
      if (!found.equals(wanted)) {
        differences.add(
            "conversation "
                + i / 2
                + (i % 2 == 1 ? " with prompt" : "")
                + ": "
                + (wanted == null ? "jinja2 refuses (" + expected.get("refused") + ")" : wanted)
                + "\n  but was: "
                + found);
      }
    }
    assertThat(differences).isEmpty();
  }

  private static Conversation conversation(JsonNode json) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : json.get("messages")) {
      Map<String, Object> fields = JSON.convertValue(message, MAP);
      String role = (String) fields.remove("role");
      String content = fields.get("content") instanceof String text ? text : null;
      if (content != null) {
        fields.remove("content");
      }
      messages.add(new Message(role, content, fields));
    }
    return new Conversation(
        messages,
        json.has("tools") ? JSON.convertValue(json.get("tools"), LIST) : null,
        json.has("documents") ? JSON.convertValue(json.get("documents"), LIST) : null,
        json.has("kwargs") ? JSON.convertValue(json.get("kwargs"), MAP) : Map.of());
  }

  /** Python counts code points. */
  private static JsonNode spans(Rendering rendering) {
    String text = rendering.text();
    return JSON.valueToTree(
        rendering.generated().stream()
            .map(
                s -> new int[] {text.codePointCount(0, s.begin()), text.codePointCount(0, s.end())})
            .toList());
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
