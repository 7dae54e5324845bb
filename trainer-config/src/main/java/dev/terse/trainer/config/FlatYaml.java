package dev.terse.trainer.config;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads a YAML map into settings, keeping each value as the text that was written, so that no YAML
 * 1.1 rule turns {@code no} into false or {@code 010} into 8 on the way. Anchors and aliases,
 * duplicate keys and a second document are problems: other readers drop them in silence.
 */
final class FlatYaml {
  /** Deeper nesting is no configuration of ours. */
  private static final int MAX_DEPTH = 8;

  private static final YAMLFactory FACTORY = new YAMLFactory();

  private final YAMLParser parser;
  private final List<String> problems;

  private FlatYaml(YAMLParser parser, List<String> problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** The top-level keys of {@code yaml} in order; what is wrong goes to {@code problems}. */
  static Map<String, Setting> read(String yaml, List<String> problems) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    try (YAMLParser parser = FACTORY.createParser(yaml)) {
      new FlatYaml(parser, problems).readTop(settings);
    } catch (JsonProcessingException e) {
      problems.add(sentence(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return settings;
  }

  /**
   * A value given on the command line: lists and maps in flow style, else the text itself, as is a
   * chat template.
   */
  static Object value(String text, List<String> problems) {
    boolean template = text.startsWith("{%") || text.startsWith("{{") || text.startsWith("{#");
    if (template || !text.startsWith("[") && !text.startsWith("{")) {
      return text;
    }
    Setting setting = read("value: " + text, problems).get("value");
    return setting == null ? null : setting.value();
  }

  private void readTop(Map<String, Setting> settings) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      problems.add(place() + ": expected 'key: value' lines, found " + first);
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      String place = place();
      parser.nextToken();
      Setting setting = new Setting(readValue(1), place);
      Setting before = settings.putIfAbsent(key, setting);
      if (before != null) {
        problems.add(
            place + ": '" + key + "' stands twice (first at " + before.place() + "); keep one");
      }
    }
    if (parser.nextToken() != null) {
      problems.add(place() + ": a second YAML document; a configuration is one");
    }
  }

  private Object readValue(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new JsonParseException(parser, "values are nested more than " + MAX_DEPTH + " deep");
    }
    if (parser.isCurrentAlias() || parser.getObjectId() != null) {
      problems.add(
          place() + ": anchors (&) and aliases (*) are not supported; write the value out");
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_ARRAY) {
      List<Object> list = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        list.add(readValue(depth + 1));
      }
      return list;
    }
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> map = new WrittenMap(place());
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        map.put(key, readValue(depth + 1));
      }
      return map;
    }
    return token == JsonToken.VALUE_NULL ? null : parser.getText();
  }

  private String place() {
    return "line " + parser.currentTokenLocation().getLineNr();
  }

  private static String sentence(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return "line " + (marked.getProblemMark().getLine() + 1) + ": " + marked.getProblem();
    }
    return "line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage();
  }
}
