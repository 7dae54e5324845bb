package dev.terse.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Progress;
import dev.terse.engine.SeedTree;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.model.transformer.Decoder;
import dev.terse.testkit.TestSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ContinuousBatchTest {
  private static final StopRule STOP = StopRule.ids(Set.of(3));
  private static final ContinuousBatch.Limits LIMITS = new ContinuousBatch.Limits(4, 20, 150, 24);
  private static Nd4jEngine engine;
  private static Decoder decoder;

  @BeforeAll
  static void open() {
    engine = new Nd4jEngine();
    decoder = TinyDecoder.on(engine, 11);
  }

  @AfterAll
  static void close() {
    decoder.close();
    engine.close();
  }

  /** What a listener has heard. */
  private static final class Heard implements ContinuousBatch.Listener {
    private final List<Integer> ids = new ArrayList<>();
    private final List<Float> logProbs = new ArrayList<>();
    private final List<TopTokens> top = new ArrayList<>();
    private int patience = Integer.MAX_VALUE;
    private FinishReason why;
    private RuntimeException failure;

    @Override
    public boolean wanted() {
      return ids.size() < patience;
    }

    @Override
    public void drawn(int id, float logProb, TopTokens likeliest) {
      ids.add(id);
      logProbs.add(logProb);
      top.add(likeliest);
    }

    @Override
    public void ended(FinishReason reason) {
      why = reason;
    }

    @Override
    public void failed(RuntimeException reason) {
      failure = reason;
    }
  }

  private record Job(Prompt prompt, SamplingParams sampling, Heard heard) {}

  @Test
  void requests_thatComeAndGo_drawWhatGenerateDrawsOfEachAlone() {
    long seed = TestSeed.of("continuous batch");
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      long at = SeedTree.at(seed, "job", i);
      int prompt = i % 5 == 4 ? i - 1 : i; // one in five asks as the one before it
      Heard heard = new Heard();
      if (i % 7 == 3) {
        heard.patience = SeedTree.below(SeedTree.child(at, 9), 6);
      }
      SamplingParams sampling =
          new SamplingParams(
              i % 4 * 0.5,
              i % 3 == 0 ? 7 : 0,
              i % 2 == 0 ? 0.9 : 1,
              0,
              1 + SeedTree.below(SeedTree.child(at, 2), 20));
      jobs.add(
          new Job(
              new Prompt(
                  i,
                  TinyDecoder.prompt(
                          seed, prompt, 1 + SeedTree.below(SeedTree.at(seed, "n", prompt), 20))
                      .ids()),
              sampling,
              heard));
    }
    int most = 0;
    try (ContinuousBatch batch = new ContinuousBatch(decoder, LIMITS)) {
      int given = 0;
      int steps = 0;
      while (given < jobs.size() || batch.live() > 0 || batch.waiting() > 0) {
        for (int n = SeedTree.below(SeedTree.at(seed, "come", steps++), 5);
            n > 0 && given < jobs.size();
            n--) {
          Job job = jobs.get(given++);
          batch.add(
              new ContinuousBatch.Request(
                  job.prompt.ids(),
                  job.sampling,
                  STOP,
                  Rollouts.seed(seed, job.prompt.index(), 0),
                  given % 3,
                  job.heard));
        }
        batch.step();
        most = Math.max(most, batch.live());
      }
      assertThat(batch.step()).isFalse();
    }
    assertThat(most).as("live at once").isEqualTo(LIMITS.maxLive());
    Rollouts alone = new Rollouts(decoder, STOP, 1);
    for (Job job : jobs) {
      Completion expected =
          alone
              .generate(List.of(job.prompt), 1, job.sampling, seed, Progress.NONE)
              .get(0)
              .completions()
              .get(0);
      int heard = job.heard.ids.size();
      assertThat(job.heard.failure).isNull();
      assertThat(heard).isEqualTo(Math.min(expected.ids().length, job.heard.patience));
      assertThat(job.heard.why)
          .isEqualTo(heard == expected.ids().length ? expected.finish() : null);
      for (int t = 0; t < heard; t++) {
        assertThat(job.heard.ids.get(t)).isEqualTo(expected.ids()[t]);
        assertThat(job.heard.logProbs.get(t)).isEqualTo(expected.logProbs()[t]);
      }
    }
  }

  @Test
  void requests_beyondTheTokensOfTheBatch_waitAndAreNotOvertaken() {
    List<Heard> heard = new ArrayList<>();
    try (ContinuousBatch batch =
        new ContinuousBatch(decoder, new ContinuousBatch.Limits(8, 20, 40, 100))) {
      for (int length : new int[] {10, 20, 1}) {
        Heard one = new Heard();
        heard.add(one);
        batch.add(
            new ContinuousBatch.Request(
                TinyDecoder.prompt(1, length, length).ids(),
                SamplingParams.greedy(20),
                StopRule.ids(Set.of()),
                1,
                0,
                one));
      }
      batch.step();
      assertThat(batch.live()).isEqualTo(1); // 30 of 40 tokens; the next needs 40
      while (heard.get(0).why == null) {
        assertThat(heard.get(2).ids).isEmpty();
        batch.step();
      }
      batch.step();
      assertThat(heard.get(1).ids).hasSize(1);
      assertThatThrownBy(
              () ->
                  batch.add(
                      new ContinuousBatch.Request(
                          new int[21], SamplingParams.greedy(20), STOP, 1, 0, new Heard())))
          .hasMessageContaining("maxTokens=40")
          .hasMessageEndingWith("and 64 positions, found 21 and 20");
    }
  }

  @Test
  void failure_endsTheLiveOnes_andWhatWaitsGoesOn() {
    Heard broken = new Heard();
    Heard next = new Heard();
    try (ContinuousBatch batch =
        new ContinuousBatch(decoder, new ContinuousBatch.Limits(1, 20, 150, 24))) {
      batch.add(request(new int[] {999}, broken)); // no such token
      batch.add(request(new int[] {5, 6}, next));
      while (batch.step()) {}
    }
    assertThat(broken.failure).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(next.failure).isNull();
    assertThat(next.why).isNotNull();
  }

  private static ContinuousBatch.Request request(int[] prompt, Heard heard) {
    return new ContinuousBatch.Request(prompt, SamplingParams.greedy(4), STOP, 1, 0, heard);
  }

  @Test
  void promptScores_areTheScorersWithinRounding_andTopHasTheSameNumber() {
    long seed = TestSeed.of("prompt scores");
    List<int[]> prompts = new ArrayList<>();
    for (int length : new int[] {1, 2, 17, 64}) {
      prompts.add(TinyDecoder.prompt(seed, length, length).ids());
    }
    List<PromptScores> scores = PromptScores.of(decoder, prompts, TinyDecoder.VOCAB);
    for (int i = 0; i < prompts.size(); i++) {
      int[] ids = prompts.get(i);
      TokenScores expected = decoder.score(ids);
      PromptScores alone = PromptScores.of(decoder, List.of(ids), 2).get(0);
      assertThat(scores.get(i).logProbs())
          .hasSize(ids.length - 1)
          .containsExactly(alone.logProbs());
      for (int t = 0; t + 1 < ids.length; t++) {
        float own = scores.get(i).logProbs()[t];
        assertThat((double) own).isCloseTo(expected.logProbs()[t], within(1e-5));
        TopTokens top = scores.get(i).top().get(t);
        int next = ids[t + 1];
        int place = Arrays.stream(top.ids()).boxed().toList().indexOf(next);
        assertThat(top.logProbs()[place]).isEqualTo(own);
        assertThat(alone.top().get(t).ids()).containsExactly(Arrays.copyOf(top.ids(), 2));
      }
    }
  }
}
