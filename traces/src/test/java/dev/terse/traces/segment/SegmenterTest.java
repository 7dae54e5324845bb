package dev.terse.traces.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.TestSeed;
import dev.terse.traces.RealTraces;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SegmenterTest {

  @Test
  void steps_blankLines_endTheStepTheyFollow() {
    assertThat(texts("a.\n\nb:\n\nc")).containsExactly("a.\n\n", "b:\n\n", "c");
    assertThat(texts("a\nb\n\n\n\nc\n")).containsExactly("a\nb\n\n\n\n", "c\n");
    assertThat(texts("Wait.\n\nWait.\n\n")).containsExactly("Wait.\n\n", "Wait.\n\n");
  }

  @Test
  void steps_leadingAndTrailingRuns_makeNoStepOfTheirOwn() {
    assertThat(texts("\n\na\n\nb\n\n\n")).containsExactly("\n\na\n\n", "b\n\n\n");
    assertThat(texts("\na")).containsExactly("\na");
    assertThat(texts("\n\n")).containsExactly("\n\n");
    assertThat(texts("")).isEmpty();
  }

  @Test
  void steps_otherWhiteSpaceBetweenLineFeeds_isNotABlankLine() {
    assertThat(texts("a\n \nb")).containsExactly("a\n \nb");
    assertThat(texts("a\r\n\r\nb")).containsExactly("a\r\n\r\nb");
  }

  @Test
  void steps_allRealTraces_tileTheText() throws IOException {
    List<Trace> traces = RealTraces.all();
    assertThat(traces).hasSize(2088);
    long steps = 0;
    for (Trace trace : traces) {
      String thinking = Thinking.of(trace.response()).text();
      requireTiling(thinking, trace.id());
      steps += Segmenter.steps(thinking).size();
    }
    System.out.println("real traces: " + traces.size() + ", steps: " + steps);
    assertThat(steps).isGreaterThan(traces.size());
  }

  @Test
  void steps_randomTexts_tileTheText() {
    long seed = TestSeed.of("segmenter");
    String[] pieces = {
      "\n", "\n", "\n\n", "a", "x = 1.", " ", "\r", "[SKIP]", "\uD83D\uDE00", "\u2028"
    };
    for (int run = 0; run < 2000; run++) {
      long runSeed = SeedTree.at(seed, "text", run);
      StringBuilder text = new StringBuilder();
      int length = SeedTree.below(runSeed, 30);
      for (int i = 0; i < length; i++) {
        text.append(pieces[SeedTree.below(SeedTree.child(runSeed, i), pieces.length)]);
      }
      requireTiling(text.toString(), "run " + run);
    }
  }

  private static void requireTiling(String thinking, String what) {
    List<Step> steps = Segmenter.steps(thinking);
    assertThat(texts(thinking).stream().collect(Collectors.joining())).as(what).isEqualTo(thinking);
    for (int i = 0; i < steps.size(); i++) {
      String text = steps.get(i).text(thinking);
      if (!thinking.chars().allMatch(c -> c == '\n')) {
        assertThat(text.chars().allMatch(c -> c == '\n')).as(what + " step " + i).isFalse();
      }
      String body = i == 0 ? text.replaceFirst("^\n+", "") : text;
      assertThat(body.replaceFirst("\n+$", "")).as(what).doesNotContain("\n\n");
      if (i + 1 < steps.size()) {
        assertThat(text).as(what).endsWith("\n\n");
        assertThat(thinking.charAt(steps.get(i).end())).as(what).isNotEqualTo('\n');
      }
    }
  }

  private static List<String> texts(String thinking) {
    return Segmenter.steps(thinking).stream().map(s -> s.text(thinking)).toList();
  }
}
