package dev.terse.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.terse.answers.compare.Equivalence;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hostile text: time in the thread, memory allocated, range, repeatability, no Throwable. */
class HostileTest {
  /** CPU time of the thread, so that a busy machine does not fail the test. */
  private static final long MAX_NANOS = 50_000_000;

  /** What one completion may allocate beyond its own text. */
  private static final long MAX_BYTES = 32L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final AnswerCheck check = new AnswerCheck(AnswerPolicy.LENIENT);
  private final AnswerCheck strict = new AnswerCheck(AnswerPolicy.STRICT);

  @Test
  void check_handMadeCorpus_isBounded() throws IOException {
    warmUp();
    var problems = new ArrayList<String>();
    int count = 0;
    for (var row : ConformanceRows.of("hostile.jsonl")) {
      String problem = problemWith(row.get("gold").asText(), ConformanceRows.hostileText(row));
      if (problem != null) {
        problems.add(row.get("id").asText() + " " + problem);
      }
      count++;
    }
    assertThat(count).isGreaterThanOrEqualTo(250);
    assertThat(problems).isEmpty();
  }

  @Test
  void check_generatedCompletions_areBounded() {
    generated(20_000);
  }

  @Tag("soak")
  @Test
  void check_twoHundredThousandGeneratedCompletions_areBounded() {
    generated(200_000);
  }

  private void generated(int count) {
    warmUp();
    var texts = new HostileTexts(new Draws(TestSeed.of("HostileTest")));
    var problems = new ArrayList<String>();
    for (int i = 0; i < count && problems.size() < 20; i++) {
      String gold = texts.gold();
      String text = texts.completion();
      String problem = problemWith(gold, text);
      if (problem != null) {
        problems.add(problem + " for " + gold + " and " + text);
      }
    }
    assertThat(problems).isEmpty();
  }

  private void warmUp() {
    var texts = new HostileTexts(new Draws(1));
    for (int i = 0; i < 3000; i++) {
      check.check(texts.gold(), texts.completion());
    }
  }

  private String problemWith(String gold, String text) {
    long id = Thread.currentThread().getId();
    try {
      String problem = null;
      for (int attempt = 0; attempt < 3; attempt++) { // the compiler's own pauses are not ours
        long nanos = THREADS.getThreadCpuTime(id);
        long bytes = THREADS.getThreadAllocatedBytes(id);
        check.check(gold, text);
        nanos = THREADS.getThreadCpuTime(id) - nanos;
        bytes = THREADS.getThreadAllocatedBytes(id) - bytes;
        problem = null;
        if (nanos > MAX_NANOS) {
          problem = nanos / 1_000_000 + " ms";
        } else if (bytes > MAX_BYTES + 4L * text.length()) {
          problem = (bytes >> 20) + " MB";
        } else {
          break;
        }
      }
      if (problem != null) {
        return problem;
      }
      if (check.check(gold, text).reason().contains(Equivalence.INTERNAL)) {
        return check.check(gold, text).reason();
      }
      if (!check.check(gold, text).equals(check.check(gold, text))) {
        return "not the same twice";
      }
      strict.check(gold, text);
      return null;
    } catch (Throwable e) { // exactly what must never come out
      return e.toString();
    }
  }
}
