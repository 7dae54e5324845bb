package dev.terse.rollout;

/**
 * How tokens are drawn; names and defaults are TRL's.
 *
 * @param temperature divides the logits; 0 means the likeliest token
 * @param topK keeps the k likeliest tokens; 0 keeps all
 * @param topP keeps the likeliest tokens up to this share of probability, in (0, 1]
 * @param minP drops tokens less likely than this share of the likeliest one; 0 drops none
 * @param repetitionPenalty makes tokens less likely that the sequence has already; 1 for none
 * @param maxNewTokens most tokens of a completion (max_completion_length)
 */
public record SamplingParams(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    int maxNewTokens) {

  /** Without a penalty on repetitions. */
  public SamplingParams(double temperature, int topK, double topP, double minP, int maxNewTokens) {
    this(temperature, topK, topP, minP, 1, maxNewTokens);
  }

  public SamplingParams {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be 0 or more, was " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must be 0 (off) or more, was " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be in (0, 1], was " + topP);
    }
    if (!(minP >= 0 && minP < 1)) {
      throw new IllegalArgumentException("min_p must be in [0, 1), was " + minP);
    }
    if (!(repetitionPenalty > 0) || Double.isInfinite(repetitionPenalty)) {
      throw new IllegalArgumentException(
          "repetition_penalty must be above 0, was " + repetitionPenalty);
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException(
          "max_completion_length must be 1 or more, was " + maxNewTokens);
    }
  }

  /** Whether top k, top p or min p drop any token. */
  public boolean filters() {
    return topK > 0 || topP < 1 || minP > 0;
  }

  /** Whether tokens that a sequence has already are treated otherwise. */
  public boolean penalizes() {
    return repetitionPenalty != 1;
  }

  /** The likeliest token at every position. */
  public static SamplingParams greedy(int maxNewTokens) {
    return new SamplingParams(0, 0, 1, 0, maxNewTokens);
  }

  /** Draws from the model's own distribution at a temperature. */
  public static SamplingParams plain(double temperature, int maxNewTokens) {
    return new SamplingParams(temperature, 0, 1, 0, maxNewTokens);
  }
}
