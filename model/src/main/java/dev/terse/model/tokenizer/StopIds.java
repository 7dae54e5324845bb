package dev.terse.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The ids that end a completion: {@code eos_token} of tokenizer_config.json first, then {@code
 * eos_token_id} (one or a list) of generation_config.json; of config.json only where there is no
 * generation_config.json with one, as transformers does.
 */
final class StopIds {
  private StopIds() {}

  static List<Integer> of(TokenizerFiles files, Vocabulary vocabulary) {
    Set<Integer> stops = new LinkedHashSet<>();
    endToken(files).ifPresent(text -> vocabulary.id(text).ifPresent(stops::add));
    JsonNode named = files.json("generation_config.json").path("eos_token_id");
    if (named.isMissingNode() || named.isNull()) {
      named = files.json("config.json").path("eos_token_id");
    }
    if (named.isArray()) {
      named.forEach(id -> stops.add(id.asInt()));
    } else if (named.isInt()) {
      stops.add(named.asInt());
    }
    return List.copyOf(new ArrayList<>(stops));
  }

  /** Text of eos_token in tokenizer_config.json. */
  static Optional<String> endToken(TokenizerFiles files) {
    JsonNode eos = files.json(TokenizerFiles.CONFIG).path("eos_token");
    String text = eos.isObject() ? eos.path("content").asText() : eos.asText("");
    return eos.isNull() || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
