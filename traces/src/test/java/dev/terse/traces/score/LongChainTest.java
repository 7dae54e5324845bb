package dev.terse.traces.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.SeedTree;
import dev.terse.engine.nd4j.KernelChoice;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.nd4j.onednn.OneDnn;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.testkit.TestSeed;
import dev.terse.traces.TinyModel;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.traces.segment.Trace;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Chains of many thousand tokens over the vocabulary of Qwen2: exact, in memory that stays flat.
 */
class LongChainTest {
  private static final int VOCABULARY = 151_936;
  private static final int POSITIONS = 32_768;

  @BeforeEach
  void oneDnn() {
    Assumptions.assumeTrue(OneDnn.isAvailable(), () -> "no oneDNN here: " + OneDnn.missing());
  }

  /** Counted, not computed: 32k tokens take no time. Pools grow by 64 MB. */
  @Test
  void memory_growsWithTokens_notWithTokensTimesTokensOrVocabulary() {
    long grain = 64L << 20;
    try (Nd4jEngine engine = engine()) {
      long eight = counted(engine, 8_192, VOCABULARY);
      long sixteen = counted(engine, 16_384, VOCABULARY);
      long thirtyTwo = counted(engine, 32_768, VOCABULARY);
      System.out.printf("bytes beyond the weights: %d, %d, %d%n", eight, sixteen, thirtyTwo);
      assertThat(thirtyTwo)
          .as("after %d and %d bytes", eight, sixteen)
          .isGreaterThan(sixteen)
          .isLessThanOrEqualTo(2 * sixteen + 2 * grain);
      assertThat(sixteen).isGreaterThan(eight).isLessThanOrEqualTo(2 * eight + 2 * grain);
      // A token's scores of the vocabulary alone would be 608 kB, its row of attention 131 kB.
      assertThat(thirtyTwo / 32_768).as("bytes a token").isLessThan(32_000);
      assertThat(counted(engine, 32_768, 4 * VOCABULARY)).isCloseTo(thirtyTwo, within(grain));
    }
  }

  /**
   * Rows of the head go in chunks, the vocabulary and attention in blocks: none of them is seen.
   */
  @Test
  void scores_overManyChunksAndBlocks_areTheReferencesInDouble_whereverTheBordersLie() {
    Trace trace = trace("long", 1_400);
    Trace before = trace("before", 77);
    try (Nd4jEngine engine = engine();
        ReferenceEngine exact = new ReferenceEngine();
        TinyModel model = TinyModel.on(engine, 3_000, 2_048);
        TinyModel reference = TinyModel.on(exact, 3_000, 2_048)) {
      ScoredTrace scored = model.scorer().score(trace);
      assertThat(scored.tokens()).isGreaterThan(1_024 + 200);
      List<ScoredStep> expected = reference.scorer().score(trace).steps();
      assertThat(scored.steps()).hasSameSizeAs(expected);
      for (int s = 0; s < expected.size(); s++) {
        ScoredStep step = scored.steps().get(s);
        double allowed = 1e-4 * Math.max(1, step.tokens());
        assertThat(step.entropySum()).isCloseTo(expected.get(s).entropySum(), within(allowed));
        assertThat(step.surprisalSum()).isCloseTo(expected.get(s).surprisalSum(), within(allowed));
      }
      TraceScorer scorer = model.scorer();
      List<ScoredTrace> moved =
          scorer.score(List.of(tokens(scorer, before), tokens(scorer, trace)));
      assertThat(moved.get(1)).as("the same bits").isEqualTo(scored);
    }
  }

  /** That what is counted is what is held, at the size itself; prints the peaks. */
  @Test
  @Tag("soak")
  void memory_ofRealPasses_isWhatIsCounted() {
    for (int tokens : new int[] {8_192, 16_384}) {
      try (Nd4jEngine engine = engine()) {
        long expected = counted(engine, tokens, VOCABULARY);
        try (TinyModel model = TinyModel.blank(engine, VOCABULARY, POSITIONS)) {
          long weights = engine.heldBytes();
          model.scorer().score(even(tokens));
          long peak = engine.peakBytes() - weights;
          System.out.printf("%d tokens: %d bytes, counted %d%n", tokens, peak, expected);
          assertThat(peak).isCloseTo(expected, within(expected / 20));
        }
      }
    }
  }

  /** The most bytes beyond the weights that scoring so many tokens would hold. */
  private static long counted(Nd4jEngine like, int tokens, int vocabulary) {
    try (Nd4jEngine engine = like.counting();
        TinyModel model = TinyModel.blank(engine, vocabulary, POSITIONS)) {
      long weights = engine.heldBytes();
      model.scorer().score(even(tokens));
      return engine.peakBytes() - weights;
    }
  }

  private static Nd4jEngine engine() {
    return new Nd4jEngine(KernelChoice.ONEDNN, NumberType.FLOAT32, 1);
  }

  private static TraceTokens tokens(TraceScorer scorer, Trace trace) {
    return scorer.tokens(trace, ThinkingRule.MARKS.of(trace.response()));
  }

  /** Steps of 31 letters. */
  private static Trace even(int tokens) {
    String step = "abcdefghijklmnopqrstuvwxyzabcde\n\n"; // 32 tokens
    return new Trace("even", "1+1?", step.repeat(tokens / 32 - 1) + "</think>2", null);
  }

  /** Steps of 3 to 40 random letters; prompt and response together are nearly so many tokens. */
  private static Trace trace(String id, int tokens) {
    long seed = SeedTree.at(TestSeed.of("long chain"), id);
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < tokens - 60; i++) {
      int letters = 3 + SeedTree.below(SeedTree.at(seed, "length", i), 38);
      for (int k = 0; k < letters; k++) {
        text.append((char) ('a' + SeedTree.below(SeedTree.at(seed, "letter", i, k), 26)));
      }
      text.append("\n\n");
    }
    return new Trace(id, "1+1?", text + "</think>2", null);
  }
}
