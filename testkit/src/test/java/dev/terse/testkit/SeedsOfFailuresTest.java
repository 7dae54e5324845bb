package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class SeedsOfFailuresTest {
  private static boolean failing;

  /** Random tests that fail where the tests below run them. */
  static class Failing {
    private static final long OF_THE_CLASS = TestSeed.of("of the class");

    @Test
    void randomTest() {
      fail(OF_THE_CLASS + " " + TestSeed.of("of the test"));
    }

    @Nested
    class Inner {
      @Test
      void testOfTheNest() {
        fail(OF_THE_CLASS + " of the nest");
      }
    }
  }

  /** Two random tests, each with a seed drawn in its name, that fail. */
  static class Named {
    @BeforeEach
    void draw(TestInfo test) {
      TestSeed.of(test.getTestMethod().orElseThrow().getName());
    }

    @Test
    void first() {
      fail("first");
    }

    @Test
    void second() {
      fail("second");
    }
  }

  /** A test without a seed that fails. */
  static class Plain {
    @Test
    void plainTest() {
      fail("no seed");
    }
  }

  private static void fail(String message) {
    if (failing) {
      throw new AssertionError(message);
    }
  }

  @Test
  void failure_ofRandomTests_carriesTheSeedsOfClassMethodAndNest() {
    List<Throwable> failures = failuresOf(Failing.class);
    assertThat(failures).hasSize(2);
    for (Throwable failure : failures) {
      String seeds = failure.getSuppressed()[0].getMessage();
      for (String drawn : failure.getMessage().replaceAll("[^0-9 ]", "").strip().split(" +")) {
        assertThat(seeds).contains("-Dterse.seed=" + drawn + " repeats it");
      }
    }
  }

  @Test
  void failure_ofATestWithASeedInItsName_carriesThatSeedAlone() {
    assertThat(failuresOf(Named.class))
        .hasSize(2)
        .allSatisfy(
            failure ->
                assertThat(failure.getSuppressed()[0].getMessage())
                    .startsWith(failure.getMessage() + ": seed ")
                    .doesNotContain(";"));
  }

  @Test
  void failure_withoutSeed_staysAsItIs() {
    assertThat(failuresOf(Plain.class))
        .singleElement()
        .satisfies(failure -> assertThat(failure.getSuppressed()).isEmpty());
  }

  private static List<Throwable> failuresOf(Class<?> tests) {
    var summary = new SummaryGeneratingListener();
    var request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    failing = true;
    try {
      LauncherFactory.create().execute(request, summary);
    } finally {
      failing = false;
    }
    return summary.getSummary().getFailures().stream()
        .map(failure -> failure.getException())
        .toList();
  }
}
