package dev.terse.model.gguf;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters of Llama 3's rotary scaling, found again from the factors that a GGUF file keeps
 * of them (llama.cpp, convert_hf_to_gguf.py, generate_extra_tensors): long waves are slowed by
 * {@code factor}, short ones not, those between smoothly.
 */
final class Llama3Rope {
  /** Those of every Llama 3.1, 3.2 and 3.3 release; only the factor differs. */
  private static final double LOW = 1;

  private static final double HIGH = 4;
  private static final double ORIGINAL_CONTEXT = 8192;
  private static final double TOLERANCE = 1e-4;

  private Llama3Rope() {}

  /**
   * @param factors what each frequency is divided by, [headDim / 2]
   * @throws IllegalArgumentException if no known parameters give these factors
   */
  static Map<String, Object> parameters(float[] factors, int headDim, double theta, String where) {
    double factor = 1;
    for (float each : factors) {
      factor = Math.max(factor, each);
    }
    boolean same = factors.length == headDim / 2;
    for (int i = 0; same && i < factors.length; i++) {
      double expected = expected(i, headDim, theta, factor);
      same = Math.abs(factors[i] - expected) <= TOLERANCE * expected;
    }
    if (!same) {
      throw new IllegalArgumentException(
          where
              + ": "
              + TensorNames.ROPE_FACTORS
              + " holds rotary factors that are not those of a Llama 3 release; not supported");
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("rope_type", "llama3");
    parameters.put("factor", factor);
    parameters.put("low_freq_factor", LOW);
    parameters.put("high_freq_factor", HIGH);
    parameters.put("original_max_position_embeddings", (int) ORIGINAL_CONTEXT);
    return parameters;
  }

  private static double expected(int i, int headDim, double theta, double factor) {
    double wavelength = 2 * Math.PI * Math.pow(theta, 2.0 * i / headDim);
    if (wavelength < ORIGINAL_CONTEXT / HIGH) {
      return 1;
    }
    if (wavelength > ORIGINAL_CONTEXT / LOW) {
      return factor;
    }
    double smooth = (ORIGINAL_CONTEXT / wavelength - LOW) / (HIGH - LOW);
    return 1 / ((1 - smooth) / factor + smooth);
  }
}
