package dev.terse.serve.api;

import dev.terse.rollout.SamplingParams;
import dev.terse.rollout.StopRule;
import dev.terse.serve.model.ServedModel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How completions are asked for; what {@code /v1/completions} and {@code /v1/chat/completions} have
 * in common. Names are OpenAI's, and vLLM's where OpenAI has none.
 *
 * @param maxTokens most tokens of a completion; null for the endpoint's own
 * @param stops texts that end a completion
 * @param stopIds tokens that do, beside the model's own
 * @param ignoreEos whether the model's own stop tokens end nothing
 * @param seed null where the server takes the next of its own
 * @param n completions of a prompt
 * @param stream whether the reply comes in pieces
 * @param streamUsage whether the last piece counts tokens
 * @param returnTokenIds whether ids are told
 */
public record Asked(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    Integer maxTokens,
    List<String> stops,
    Set<Integer> stopIds,
    boolean ignoreEos,
    Long seed,
    int n,
    boolean stream,
    boolean streamUsage,
    boolean returnTokenIds) {
  private static final int MOST_STOPS = 16;

  /**
   * Reads the fields.
   *
   * @param most tokens of a completion that the server allows
   * @param mostChoices completions of a request that the server allows
   */
  static Asked read(Fields fields, ServedModel model, Integer maxTokens, int mostChoices) {
    fields.ignore("model", "user", "metadata", "store", "service_tier", "safety_identifier");
    fields.refuse("frequency_penalty", "use repetition_penalty", "0", "0.0");
    fields.refuse("presence_penalty", "use repetition_penalty", "0", "0.0");
    fields.refuse("logit_bias", "tokens are drawn from the model's own distribution", "{}");
    boolean stream = fields.bool("stream", false);
    Fields options = fields.object("stream_options");
    boolean usage = options != null && options.bool("include_usage", false);
    if (options != null) {
      options.requireAllRead();
      if (!stream) {
        throw ApiException.invalid("stream_options", "stream_options is allowed with stream alone");
      }
    }
    int topK = fields.whole("top_k", -1, Integer.MAX_VALUE, 0);
    double topP = fields.number("top_p", 0, 1, 1);
    if (topP == 0) {
      throw ApiException.invalid("top_p", "top_p must be above 0 and at most 1, was 0");
    }
    double minP = fields.number("min_p", 0, 1, 0);
    if (minP == 1) {
      throw ApiException.invalid("min_p", "min_p must be at least 0 and below 1, was 1");
    }
    Set<Integer> stopIds = new HashSet<>();
    int[] ids = fields.ids("stop_token_ids", model.vocabulary());
    for (int i = 0; ids != null && i < ids.length; i++) {
      stopIds.add(ids[i]);
    }
    return new Asked(
        fields.number("temperature", 0, 100, 1),
        Math.max(0, topK),
        topP,
        minP,
        fields.number("repetition_penalty", 0.01, 100, 1),
        maxTokens,
        fields.texts("stop", MOST_STOPS),
        stopIds,
        fields.bool("ignore_eos", false),
        fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        fields.whole("n", 1, mostChoices, 1),
        stream,
        usage,
        fields.bool("return_token_ids", false));
  }

  /** Whether a token ends a completion. */
  public boolean isStop(ServedModel model, int id) {
    return stopIds.contains(id) || !ignoreEos && model.stopIds().contains(id);
  }

  /** How a completion of so many tokens is drawn. */
  public SamplingParams sampling(int maxNewTokens) {
    return new SamplingParams(temperature, topK, topP, minP, repetitionPenalty, maxNewTokens);
  }

  /** What ends a completion. */
  public StopRule stopRule(ServedModel model) {
    Set<Integer> all = new HashSet<>(stopIds);
    if (!ignoreEos) {
      all.addAll(model.stopIds());
    }
    return new StopRule(all, stops, model.tokenizer()::decode);
  }
}
