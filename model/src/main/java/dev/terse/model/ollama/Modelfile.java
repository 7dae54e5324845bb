package dev.terse.model.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code ollama create} reads beside a GGUF file (Ollama's docs/modelfile; parser/parser.go):
 * the prompt as a template of Go's text/template, every end token, and how the model is sampled.
 *
 * @param text of the file
 * @param notes sentences on what it cannot say
 */
public record Modelfile(String text, List<String> notes) {
  /** Keys of generation_config.json, and what Ollama calls them. */
  private static final Map<String, String> SAMPLING = new LinkedHashMap<>();

  static {
    SAMPLING.put("temperature", "temperature");
    SAMPLING.put("top_p", "top_p");
    SAMPLING.put("top_k", "top_k");
    SAMPLING.put("min_p", "min_p");
    SAMPLING.put("repetition_penalty", "repeat_penalty");
  }

  /** Begins a turn; tools and images have no place in plain turns. */
  private static final String TURN =
      "{{ range $i, $_ := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}";

  public Modelfile {
    notes = List.copyOf(notes);
  }

  /**
   * Describes a model.
   *
   * @param gguf name of the GGUF file in the same folder
   * @param template its chat template, or null
   * @param generationConfig generation_config.json, or null
   * @param begin text of the token that the GGUF file has put in front of each prompt; or empty
   */
  public static Modelfile of(
      String gguf,
      ChatTemplate template,
      Tokenizer tokenizer,
      JsonNode generationConfig,
      String begin) {
    List<String> notes = new ArrayList<>();
    StringBuilder text = new StringBuilder("FROM ./").append(gguf).append('\n');
    if (template == null) {
      text.append("TEMPLATE \"\"\"{{ .Prompt }}\"\"\"\n");
    } else {
      Optional<String> go =
          Turns.of(template, begin).map(Modelfile::go).filter(Modelfile::isSayable);
      go.ifPresentOrElse(
          found -> text.append("TEMPLATE \"\"\"").append(found).append("\"\"\"\n"),
          () -> {
            text.append(
                "# TEMPLATE: the model's chat template is more than turns one after another.\n");
            notes.add(
                "the chat template is more than turns one after another, which is all that is put"
                    + " into Ollama's language: Modelfile has no TEMPLATE, and Ollama takes one of"
                    + " its own that looks like it, or none. Write it there by hand");
          });
    }
    for (int id : tokenizer.stopIds()) {
      String stop = tokenizer.decode(new int[] {id}, false);
      if (isSayable(stop)) {
        text.append("PARAMETER stop \"").append(stop).append("\"\n");
      } else {
        notes.add("a Modelfile cannot say the end token of id " + id + ": '" + stop + "'");
      }
    }
    SAMPLING.forEach(
        (key, parameter) -> {
          JsonNode value = generationConfig == null ? null : generationConfig.get(key);
          if (value != null && value.isNumber()) {
            BigDecimal number = value.decimalValue().stripTrailingZeros();
            text.append("PARAMETER " + parameter + " " + number.toPlainString() + "\n");
          }
        });
    return new Modelfile(text.toString(), notes);
  }

  /** A text in Ollama's template language; all that stands outside of braces is taken as it is. */
  private static String go(Turns turns) {
    String instead =
        turns.withoutSystem().isEmpty()
            ? ""
            : "{{ if not .System }}" + turns.withoutSystem() + "{{ end }}";
    String thinking =
        turns.forgetsThinking()
            ? "{{ if and $last .Thinking }}<think>\n{{ .Thinking }}\n</think>\n\n{{ end }}"
            : "";
    String generation =
        turns.silent().equals(turns.generation())
            ? turns.generation()
            : "{{ if and $.IsThinkSet (not $.Think) }}"
                + turns.silent()
                + "{{ else }}"
                + turns.generation()
                + "{{ end }}";
    return instead
        + TURN
        + "{{ if eq .Role \"system\" }}"
        + turns.system().before()
        + "{{ .Content }}"
        + turns.system().after()
        + "{{ else if eq .Role \"user\" }}"
        + turns.user().before()
        + "{{ .Content }}"
        + turns.user().after()
        + "{{ else if eq .Role \"assistant\" }}"
        + turns.assistant().before()
        + thinking
        + "{{ .Content }}{{ if not $last }}"
        + turns.assistant().after()
        + "{{ end }}{{ end }}{{ if and $last (ne .Role \"assistant\") }}"
        + generation
        + "{{ end }}{{ end }}";
  }

  /** Ollama's reader ends a text at three quotes and drops what Go does not print. */
  private static boolean isSayable(String text) {
    return !text.isEmpty()
        && !text.contains("\"\"\"")
        && text.codePoints().allMatch(c -> c == '\n' || c == '\t' || c == ' ' || isPrinted(c));
  }

  private static boolean isPrinted(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
