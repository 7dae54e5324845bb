package dev.terse.testkit;

import org.assertj.core.configuration.Configuration;

/**
 * AssertJ's failures of long arrays show their ends only, not thousands of numbers. AssertJ finds
 * this through {@code META-INF/services}; {@link Close} names the element that differs.
 */
public final class ShortFailures extends Configuration {
  public ShortFailures() {
    setMaxElementsForPrinting(30);
  }
}
