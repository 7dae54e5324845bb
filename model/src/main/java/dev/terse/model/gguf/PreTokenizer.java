package dev.terse.model.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;

/** How a byte-level BPE cuts text into words: the rules behind {@code tokenizer.ggml.pre}. */
enum PreTokenizer {
  /** GPT-2's pattern. */
  GPT2(List.of("gpt-2", "default", "phi-2"), null, false),

  /** Every digit alone, then GPT-2's pattern. */
  DIGITS(List.of("smollm", "starcoder", "refact"), null, false),

  /** Qwen 2 and 3 and the R1-Distill models on them: every digit alone. */
  QWEN2(List.of("qwen2", "deepseek-r1-qwen"), "\\p{N}", false),

  /** Llama 3: digits by threes, and words that are a token are not cut at all. */
  LLAMA3(List.of("llama-bpe", "llama3", "llama-v3"), "\\p{N}{1,3}", true);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEFORE =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
  private static final String AFTER =
      "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final List<String> names;
  private final String numbers;
  private final boolean ignoreMerges;

  PreTokenizer(List<String> names, String numbers, boolean ignoreMerges) {
    this.names = names;
    this.numbers = numbers;
    this.ignoreMerges = ignoreMerges;
  }

  /**
   * @param name value of tokenizer.ggml.pre
   * @throws IllegalArgumentException if its rules are not known here
   */
  static PreTokenizer named(String name, String where) {
    for (PreTokenizer rule : values()) {
      if (rule.names.contains(name)) {
        return rule;
      }
    }
    throw new IllegalArgumentException(
        where
            + ": tokenizer.ggml.pre '"
            + name
            + "' is not supported, texts would be cut wrongly; supported: "
            + Arrays.stream(values()).flatMap(rule -> rule.names.stream()).toList());
  }

  /**
   * The rules that a tokenizer.json has.
   *
   * @throws IllegalArgumentException if they are none of those known here
   */
  static PreTokenizer of(JsonNode tokenizer) {
    JsonNode normalizer = tokenizer.path("normalizer");
    for (PreTokenizer rule : values()) {
      boolean asIs = normalizer.isMissingNode() || normalizer.isNull();
      if ((asIs || normalizer.equals(rule.normalizer()))
          && plain(tokenizer.path("pre_tokenizer")).equals(plain(rule.json()))
          && tokenizer.path("model").path("ignore_merges").asBoolean() == rule.ignoreMerges) {
        return rule;
      }
    }
    throw new IllegalArgumentException(
        "the tokenizer cuts texts into words by rules that no name in a GGUF file is known for;"
            + " known are those of "
            + Arrays.stream(values()).map(PreTokenizer::ggufName).toList()
            + ". tokenizer.json has normalizer "
            + cut(normalizer)
            + ", pre_tokenizer "
            + cut(tokenizer.path("pre_tokenizer"))
            + ", ignore_merges "
            + tokenizer.path("model").path("ignore_merges").asBoolean());
  }

  /** The value of tokenizer.ggml.pre that is written. */
  String ggufName() {
    return names.get(0);
  }

  /** Without what does not change the words, and with what an older file leaves out. */
  private static JsonNode plain(JsonNode given) {
    JsonNode json = given.deepCopy();
    for (JsonNode step : json.path("pretokenizers")) {
      plainStep(step);
    }
    plainStep(json);
    return json;
  }

  private static void plainStep(JsonNode step) {
    if (step instanceof ObjectNode object && step.path("type").asText().equals("ByteLevel")) {
      object.remove("trim_offsets");
      object.put("use_regex", object.path("use_regex").asBoolean(true));
    }
  }

  private static String cut(JsonNode json) {
    String text = json.toString();
    return text.length() <= 240 ? text : text.substring(0, 240) + "…";
  }

  /** Whether a word that is in the vocabulary is that token whatever the merges say. */
  boolean ignoreMerges() {
    return ignoreMerges;
  }

  /** normalizer of tokenizer.json, or null. */
  ObjectNode normalizer() {
    return this == QWEN2 ? JSON.createObjectNode().put("type", "NFC") : null;
  }

  /** pre_tokenizer of tokenizer.json. */
  ObjectNode json() {
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    var parts = sequence.putArray("pretokenizers");
    switch (this) {
      case GPT2 -> {
        return byteLevel(true);
      }
      case DIGITS -> {
        parts.addObject().put("type", "Digits").put("individual_digits", true);
        parts.add(byteLevel(true));
      }
      default -> {
        ObjectNode split = parts.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", BEFORE + numbers + AFTER);
        split.put("behavior", "Isolated").put("invert", false);
        parts.add(byteLevel(false));
      }
    }
    return sequence;
  }

  /** The step that writes bytes as letters. */
  static ObjectNode byteLevel(boolean gpt2Pattern) {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", gpt2Pattern);
  }
}
