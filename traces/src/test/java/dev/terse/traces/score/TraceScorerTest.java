package dev.terse.traces.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer.Encoding;
import dev.terse.model.weights.PackedBatch;
import dev.terse.traces.TinyModel;
import dev.terse.traces.segment.Step;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.traces.segment.Trace;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TraceScorerTest {
  private final ReferenceEngine engine = new ReferenceEngine();
  private final TinyModel model = TinyModel.on(engine);

  @AfterEach
  void close() {
    model.close();
    engine.close();
  }

  @Test
  void score_steps_equalEntropiesOfTheFullLogits() {
    for (String response :
        List.of(
            "One a.\n\nTwo:\n\n\u00e9\uD83D\uDE00 three!\n\n?four\n</think>\n\nIt is a.",
            "<think>\n\nOne.\n\n\n\nTwo a b</think>Two",
            "no blank line</think>x")) {
      ScoredTrace scored = score(response);
      double[][] expected = bruteForce(response, scored);
      for (int s = 0; s < scored.steps().size(); s++) {
        ScoredStep step = scored.steps().get(s);
        assertThat(step.tokens()).isEqualTo((int) expected[s][0]);
        assertThat(step.entropySum()).isCloseTo(expected[s][1], within(1e-9));
        assertThat(step.surprisalSum()).isCloseTo(expected[s][2], within(1e-9));
        assertThat(step.plogpSum()).isCloseTo(expected[s][3], within(1e-9));
      }
    }
  }

  @Test
  void score_offsets_countCodePointsAndTile() {
    ScoredTrace scored = score("\uD83D\uDE00 a\n\n\uD83D\uDE00b\n</think>x");
    assertThat(scored.steps()).extracting(ScoredStep::start).containsExactly(0, 5);
    assertThat(scored.steps()).extracting(ScoredStep::end).containsExactly(5, 8);
    assertThat(scored.steps())
        .extracting(ScoredStep::step)
        .containsExactly(new Step(0, 6), new Step(6, 10));
  }

  @Test
  void score_tokenOverABoundary_belongsToTheStepOfItsFirstCharacter() {
    // "!\n\n?" is one token: the second step's only character is inside it.
    ScoredTrace scored = score("a!\n\n?\n\nb</think>x");
    assertThat(scored.steps()).extracting(ScoredStep::tokens).containsExactly(2, 1, 1);
    ScoredTrace inside = score("a!\n\n?</think>x");
    assertThat(inside.steps()).extracting(ScoredStep::tokens).containsExactly(2, 0);
    assertThat(inside.steps().get(1).entropyMean()).isZero();
  }

  @Test
  void score_allWeightsZero_isTheEntropyOfTheUniformDistribution() {
    model.decoder().weights().clear(engine);
    ScoredTrace scored = score("One.\n\nTwo</think>x");
    double bits = Math.log(model.tokenizer().size()) / Math.log(2);
    for (ScoredStep step : scored.steps()) {
      assertThat(step.entropyMean()).isCloseTo(bits, within(1e-12));
      assertThat(step.surprisalSum()).isCloseTo(step.tokens() * bits, within(1e-9));
    }
  }

  @Test
  void score_packed_equalsOneByOne() {
    TraceScorer scorer = model.scorer();
    List<TraceTokens> traces =
        List.of(tokens(scorer, "One.\n\nTwo</think>x"), tokens(scorer, "Three</think>y"));
    List<ScoredTrace> packed = scorer.score(traces);
    for (int i = 0; i < traces.size(); i++) {
      assertThat(packed.get(i)).isEqualTo(scorer.score(List.of(traces.get(i))).get(0));
    }
  }

  @Test
  void score_ofOneTrace_equalsThePackedPass_andNoThinkingHasNoSteps() {
    TraceScorer scorer = model.scorer();
    Trace trace = new Trace("t", "2+2?", "One.\n\nTwo</think>x", null);
    TraceTokens tokens = scorer.tokens(trace, ThinkingRule.MARKS.of(trace.response()));
    assertThat(scorer.score(trace)).isEqualTo(scorer.score(List.of(tokens)).get(0));
    assertThat(scorer.score(new Trace("e", "2+2?", "</think>4", null)).steps()).isEmpty();
  }

  @Test
  void tokens_openingMarkInPromptAndRow_isReadOnce() {
    TraceScorer opening =
        new TraceScorer(
            model.decoder(),
            model.tokenizer(),
            q -> ChatPrompt.plain("Q: " + q.get(0).content() + "<think>\n"));
    TraceTokens with = tokens(opening, " <think>\na\n\nb</think>b");
    TraceTokens without = tokens(opening, "a\n\nb</think>b");
    assertThat(with.ids()).isEqualTo(without.ids());
    assertThat(with.first()).isEqualTo(without.first());
    assertThat(with.stepOf()).isEqualTo(without.stepOf());
    // Where only the row has it, it is read as part of the response, in no step.
    TraceTokens read = tokens(model.scorer(), "<think>\na\n\nb</think>b");
    assertThat(read.first()).isEqualTo(tokens(model.scorer(), "a").first() + 8);
    assertThat(read.stepOf()).isEqualTo(without.stepOf());
  }

  private ScoredTrace score(String response) {
    TraceScorer scorer = model.scorer();
    return scorer.score(List.of(tokens(scorer, response))).get(0);
  }

  private static TraceTokens tokens(TraceScorer scorer, String response) {
    return scorer.tokens(new Trace("t", "1+1?", response, null), ThinkingRule.MARKS.of(response));
  }

  /** For each step: tokens, entropy, surprisal and -p log p in bits, from all logits at once. */
  private double[][] bruteForce(String response, ScoredTrace scored) {
    int[] prompt =
        model
            .tokenizer()
            .encode(TinyModel.PROMPT.apply(List.of(new Message("user", "1+1?"))).text());
    Encoding encoding = model.tokenizer().encodeWithOffsets(response);
    int[] ids = Arrays.copyOf(prompt, prompt.length + encoding.ids().length);
    System.arraycopy(encoding.ids(), 0, ids, prompt.length, encoding.ids().length);
    int vocab = model.decoder().config().vocabSize();
    double[] logits;
    try (Tensor all = model.decoder().logits(PackedBatch.of(List.of(ids)))) {
      logits = all.toDoubles();
    }
    double[][] sums = new double[scored.steps().size()][4];
    for (int t = 0; t < encoding.ids().length; t++) {
      int character = response.offsetByCodePoints(0, encoding.starts()[t]);
      for (int s = 0; s < sums.length; s++) {
        Step step = scored.steps().get(s).step();
        int at = character - scored.thinking().start();
        if (at >= step.start() && at < step.end()) {
          int row = (prompt.length + t - 1) * vocab;
          double[] p = softmax(Arrays.copyOfRange(logits, row, row + vocab));
          double own = p[encoding.ids()[t]];
          sums[s][0]++;
          sums[s][1] += Arrays.stream(p).map(x -> x > 0 ? -x * Math.log(x) / Math.log(2) : 0).sum();
          sums[s][2] -= Math.log(own) / Math.log(2);
          sums[s][3] -= own * Math.log(own) / Math.log(2);
        }
      }
    }
    return sums;
  }

  private static double[] softmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double[] p = Arrays.stream(logits).map(x -> Math.exp(x - max)).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(x -> x / sum).toArray();
  }
}
