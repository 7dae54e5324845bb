package dev.terse.trainer.model;

import dev.terse.model.weights.DecoderConfig;
import java.util.List;

/** Published models that Terse is known to load; found by {@link java.util.ServiceLoader}. */
public interface Catalogue {
  /** All of them, smallest first. */
  List<Entry> entries();

  /**
   * A model.
   *
   * @param source where its files are published
   * @param licence SPDX identifier of the licence of the weights
   * @param config its shape
   */
  record Entry(String name, String source, String licence, DecoderConfig config) {}
}
