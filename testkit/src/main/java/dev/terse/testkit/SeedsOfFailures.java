package dev.terse.testkit;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Adds the seeds of a random test to its failure, so that it can be repeated: what tests print goes
 * to files, a failure is seen. JUnit finds this extension through {@code META-INF/services}.
 */
public final class SeedsOfFailures implements TestExecutionExceptionHandler {

  /** A suppressed exception without a trace, whose message holds the seeds. */
  static final class Seeds extends RuntimeException {
    private static final long serialVersionUID = 1;

    Seeds(String message) {
      super(message, null, false, false);
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    List<String> seeds = new ArrayList<>();
    for (Class<?> nest = context.getRequiredTestClass();
        nest != null;
        nest = nest.getEnclosingClass()) {
      for (Class<?> drawer = nest; drawer != null; drawer = drawer.getSuperclass()) {
        seeds.addAll(TestSeed.drawnBy(drawer));
      }
    }
    // A class that draws for all its tests names the test that each seed is for.
    String own = context.getRequiredTestMethod().getName() + ": ";
    if (seeds.stream().anyMatch(line -> line.startsWith(own))) {
      seeds.removeIf(line -> !line.startsWith(own));
    }
    if (!seeds.isEmpty()) {
      failure.addSuppressed(new Seeds(String.join("; ", seeds)));
    }
    throw failure;
  }
}
