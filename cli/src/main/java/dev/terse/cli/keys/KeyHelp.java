package dev.terse.cli.keys;

import dev.terse.trainer.config.ConfigKey;
import dev.terse.trainer.config.NearestKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The keys of a command as {@code --help} lists them: types and defaults from the configuration,
 * groups and texts from the {@link KeyPage}.
 */
public final class KeyHelp {
  private static final String ALL = "all";

  /** Where the texts begin. */
  private static final int COLUMN = 46;

  private static final String INDENT = "  ";

  private final CommandSpec command;
  private final int width;
  private final Map<String, ConfigKey> keys = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> groups;

  /**
   * @param command one that is {@link Configured}
   * @param width columns of a line
   */
  public KeyHelp(CommandSpec command, int width) {
    this.command = command;
    this.width = width;
    CommandKeys.of(command).forEach(key -> keys.put(key.name(), key));
    this.groups = KeyPage.of(command.name()).groups();
  }

  /** Every key in one line, and how to be told more. */
  public String overview() {
    String forms =
        keys.values().stream()
            .flatMap(key -> key.shortForms().stream().map(form -> form + " for " + key.name()))
            .collect(Collectors.joining(", "));
    return lists(groups, false)
        + (forms.isEmpty() ? "" : paragraph("Short forms: " + forms + ".", 0))
        + paragraph("--help KEY tells all of a key, --help GROUP of a group, --help all of all.", 0)
        + "\n";
  }

  /**
   * All of what {@code topic} names: a key under any of its spellings, a group, or all.
   *
   * @throws IllegalArgumentException if it names nothing
   */
  public String topic(String topic) {
    if (topic.equalsIgnoreCase(ALL)) {
      return lists(groups, true);
    }
    for (Map.Entry<String, Map<String, String>> group : groups.entrySet()) {
      if (group.getKey().equalsIgnoreCase(topic)) {
        return lists(Map.of(group.getKey(), group.getValue()), true);
      }
    }
    String name = topic.replaceFirst("^--", "").replace('-', '_');
    ConfigKey key =
        keys.values().stream()
            .filter(one -> one.name().equals(name) || one.shortForms().contains(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(unknown(topic, name)));
    return key(key);
  }

  private String unknown(String topic, String name) {
    List<String> known = Stream.concat(keys.keySet().stream(), groups.keySet().stream()).toList();
    List<String> others = CommandKeys.besides(command).get(name);
    return command.name()
        + " has no key or group '"
        + topic
        + "'"
        + (others == null ? "" : ", " + String.join(", ", others) + " have")
        + NearestKey.question(name, known);
  }

  private String lists(Map<String, Map<String, String>> of, boolean whole) {
    StringBuilder out = new StringBuilder();
    of.forEach(
        (group, texts) -> {
          out.append('\n').append(group).append(":\n");
          texts.forEach((name, text) -> out.append(row(keys.get(name), text, whole)));
        });
    return out.append('\n').toString();
  }

  private String row(ConfigKey key, String text, boolean whole) {
    String left = INDENT + "--" + key.name() + " " + type(key) + " (" + otherwise(key) + ")";
    String start = left.length() < COLUMN ? pad(left, COLUMN) : left + "\n" + pad("", COLUMN);
    return start + (whole ? paragraph(text, COLUMN).stripLeading() : cut(text) + "\n");
  }

  private String key(ConfigKey key) {
    String text =
        groups.values().stream()
            .map(texts -> texts.get(key.name()))
            .filter(one -> one != null)
            .findFirst()
            .orElseThrow();
    StringBuilder out = new StringBuilder("--" + key.name() + " " + type(key));
    if (key.range() != null) {
      out.append(" in ").append(key.range());
    }
    out.append('\n').append(paragraph(text, INDENT.length()));
    out.append(INDENT).append("default: ").append(otherwise(key)).append('\n');
    if (!key.choices().isEmpty()) {
      out.append(paragraph("one of " + String.join(", ", key.choices()), INDENT.length()));
    }
    if (!key.shortForms().isEmpty()) {
      String forms =
          key.shortForms().stream().map(form -> "--" + form).collect(Collectors.joining(", "));
      out.append(INDENT).append("short: ").append(forms).append('\n');
    }
    Optional.ofNullable(CommandKeys.besides(command).get(key.name()))
        .ifPresent(
            others ->
                out.append(paragraph("also of " + String.join(", ", others), INDENT.length())));
    return out.toString();
  }

  private static String type(ConfigKey key) {
    return key.choices().isEmpty() || key.type().equals("list")
        ? key.type().toUpperCase(Locale.ROOT)
        : "CHOICE";
  }

  private static String otherwise(ConfigKey key) {
    return key.otherwise() == null
        ? "required"
        : key.otherwise().equals("null")
            ? "unset"
            : key.otherwise().isEmpty() ? "empty" : key.otherwise();
  }

  /** What of a text fits into its line: all, its first clause, or the beginning of that. */
  private String cut(String text) {
    int length = width - COLUMN;
    String clause = text.length() <= length ? text : text.split("; ", 2)[0];
    return clause.length() <= length
        ? clause
        : clause.substring(0, length - 1).stripTrailing() + "…";
  }

  private static String pad(String text, int length) {
    return text + " ".repeat(length - text.length());
  }

  /** The words of {@code text} in lines that begin at a column. */
  private String paragraph(String text, int column) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (line.length() > 0 && column + line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines.stream().map(one -> " ".repeat(column) + one + "\n").collect(Collectors.joining());
  }
}
