package dev.terse.model;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Models without a tokenizer whose window of 16 positions is scaled to 64: their sequences of 40
 * tokens reach beyond it. Mistral's is not scaled; it has a sliding window of 48.
 */
public enum RopeModel implements GoldenModel {
  LINEAR,
  DYNAMIC,
  YARN,
  /** With mscale, other bounds, and channels that are not rounded. */
  YARN_TUNED,
  /** A layer without rope, YaRN with an attention factor of its own. */
  SMOLLM3,
  MISTRAL;

  @Override
  public Path folder() {
    return GoldenModel.resource("/rope/" + name().toLowerCase(Locale.ROOT));
  }
}
