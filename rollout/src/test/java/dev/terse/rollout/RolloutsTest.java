package dev.terse.rollout;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.HeadRows;
import dev.terse.engine.Progress;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.testkit.TestSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RolloutsTest {
  private static final Set<Integer> STOP = Set.of(3, 5);
  private final long seed = TestSeed.of("rollouts");
  private final ReferenceEngine engine = new ReferenceEngine();
  private final Decoder decoder = TinyDecoder.on(engine, 11);

  @AfterEach
  void close() {
    decoder.close();
    engine.close();
  }

  @Test
  void generate_anyBatchComposition_drawsTheSameTokens() {
    SamplingParams sampling = new SamplingParams(0.9, 20, 0.95, 0.01, 12);
    List<Prompt> prompts = prompts(5);
    List<Group> together = generate(prompts, 4, sampling, 20);
    for (int maxLive : new int[] {1, 3, 4, 7}) {
      requireEqual(generate(prompts, 4, sampling, maxLive), together);
    }
    for (int p = 0; p < prompts.size(); p++) {
      requireEqual(generate(List.of(prompts.get(p)), 4, sampling, 8), List.of(together.get(p)));
    }
    List<Group> fewer = generate(prompts, 2, sampling, 20);
    for (int p = 0; p < prompts.size(); p++) {
      assertThat(fewer.get(p).completions().get(1).ids())
          .isEqualTo(together.get(p).completions().get(1).ids());
    }
  }

  @Test
  void generate_promptsThatComeOneByOne_areHandedOnWhenTheyEnd_andAreTheSame() {
    SamplingParams sampling = SamplingParams.plain(1, 12);
    List<Prompt> prompts = prompts(6);
    List<Group> together = generate(prompts, 3, sampling, 18);
    AtomicLong asked = new AtomicLong();
    Iterator<Prompt> coming = prompts.stream().peek(prompt -> asked.incrementAndGet()).iterator();
    Map<Integer, Group> ended = new TreeMap<>();
    new Rollouts(decoder, STOP, 2)
        .generate(
            coming,
            3,
            sampling,
            seed,
            Progress.NONE,
            group -> {
              assertThat(ended.put(group.prompt().index(), group)).isNull();
              assertThat(asked.get())
                  .isLessThanOrEqualTo(ended.size() + 3); // two are live, one is seen
            });
    requireEqual(List.copyOf(ended.values()), together);
  }

  @Test
  void generate_samplesOfAGroup_differ() {
    List<Group> groups = generate(prompts(2), 6, SamplingParams.plain(1, 12), 12);
    long distinct =
        groups.stream()
            .flatMap(g -> g.completions().stream())
            .map(c -> Arrays.toString(c.ids()))
            .distinct()
            .count();
    assertThat(distinct).isGreaterThan(6);
  }

  @Test
  void generate_greedy_isTheArgMaxOfTheFullForward() {
    List<Prompt> prompts = prompts(4);
    List<Group> groups = generate(prompts, 1, SamplingParams.greedy(10), 3);
    for (Group group : groups) {
      List<Integer> sequence = new ArrayList<>(boxed(group.prompt().ids()));
      for (int id : group.completions().get(0).ids()) {
        int[] ids = sequence.stream().mapToInt(i -> i).toArray();
        float[] row = new float[TinyDecoder.VOCAB];
        try (Tensor logits = decoder.logits(PackedBatch.of(List.of(ids)))) {
          logits.read((long) (ids.length - 1) * row.length, row, 0, row.length);
        }
        int best = 0;
        for (int i = 1; i < row.length; i++) {
          best = row[i] > row[best] ? i : best;
        }
        assertThat(id).isEqualTo(best);
        sequence.add(id);
      }
    }
  }

  @Test
  void generate_logProbs_equalTheTeacherForcedOnes() {
    double temperature = 0.7;
    SamplingParams sampling = new SamplingParams(temperature, 9, 0.9, 0.02, 12);
    double largest = 0;
    for (Group group : generate(prompts(3), 4, sampling, 8)) {
      for (Completion completion : group.completions()) {
        int promptLength = group.prompt().ids().length;
        int[] ids = concat(group.prompt().ids(), completion.ids());
        int[] rows = new int[completion.ids().length];
        Arrays.setAll(rows, i -> promptLength - 1 + i);
        TokenScores scores =
            decoder.score(
                PackedBatch.of(List.of(ids)), new HeadRows(rows, completion.ids()), temperature);
        for (int i = 0; i < rows.length; i++) {
          float drawn = completion.logProbs()[i];
          assertThat((double) drawn).isCloseTo(scores.logProbs()[i], within(1e-6));
          largest = Math.max(largest, Math.abs(drawn - scores.logProbs()[i]));
        }
      }
    }
    System.out.println("largest difference of log-probabilities: " + largest);
  }

  @Test
  void generate_stopToken_endsTheCompletionAndIsPartOfIt() {
    int limit = 10;
    List<Group> groups = generate(prompts(12), 6, SamplingParams.plain(1.5, limit), 16);
    int stopped = 0;
    int cut = 0;
    for (Group group : groups) {
      for (Completion c : group.completions()) {
        int last = c.ids()[c.ids().length - 1];
        if (c.finish() == FinishReason.STOP) {
          stopped++;
          assertThat(STOP).contains(last);
        } else {
          cut++;
          assertThat(c.ids()).hasSize(limit);
          assertThat(STOP).doesNotContain(last);
        }
        assertThat(c.logProbs()).hasSameSizeAs(c.ids());
        for (int i = 0; i + 1 < c.ids().length; i++) {
          assertThat(STOP).doesNotContain(c.ids()[i]);
        }
      }
    }
    assertThat(stopped).isPositive();
    assertThat(cut).isPositive();
  }

  @Test
  void generate_groups_comeInOrderAndProgressCountsEveryToken() {
    AtomicLong heard = new AtomicLong();
    List<Prompt> prompts = prompts(5);
    List<Group> groups =
        new Rollouts(decoder, STOP, 4)
            .generate(prompts, 3, SamplingParams.plain(1, 6), seed, heard::addAndGet);
    assertThat(groups).extracting(Group::prompt).containsExactlyElementsOf(prompts);
    long drawn =
        groups.stream().flatMap(g -> g.completions().stream()).mapToLong(c -> c.ids().length).sum();
    assertThat(heard.get()).isEqualTo(drawn);
  }

  /** A text ends a completion as soon as it stands there, whatever tokens it lies in. */
  @Test
  void generate_stopText_endsWhereItStands() {
    Function<int[], String> letters =
        ids -> IntStream.of(ids).mapToObj(id -> Character.toString('a' + id)).collect(joining());
    SamplingParams sampling = SamplingParams.plain(1, 20);
    List<Group> free =
        new Rollouts(decoder, Set.of(), 4).generate(prompts(3), 4, sampling, seed, Progress.NONE);
    int[] some = free.get(1).completions().get(2).ids();
    String stop = letters.apply(new int[] {some[5], some[6], some[7]});
    List<Group> stopped =
        new Rollouts(decoder, new StopRule(Set.of(), List.of("\u0000", stop), letters), 4)
            .generate(prompts(3), 4, sampling, seed, Progress.NONE);
    for (int g = 0; g < 3; g++) {
      for (int c = 0; c < 4; c++) {
        String whole = letters.apply(free.get(g).completions().get(c).ids());
        Completion found = stopped.get(g).completions().get(c);
        int at = whole.indexOf(stop);
        assertThat(letters.apply(found.ids()))
            .isEqualTo(at < 0 ? whole : whole.substring(0, at + stop.length()));
        assertThat(found.finish()).isEqualTo(at < 0 ? FinishReason.LENGTH : FinishReason.STOP);
      }
    }
    assertThat(stopped.get(1).completions().get(2).finish()).isEqualTo(FinishReason.STOP);
    assertThatThrownBy(() -> new StopRule(Set.of(), List.of(""), letters))
        .hasMessage("a text that ends a completion must not be empty");
  }

  @Test
  void generate_noPrompts_givesNoGroups() {
    assertThat(generate(List.of(), 3, SamplingParams.greedy(4), 4)).isEmpty();
  }

  @Test
  void generate_promptWithoutRoom_isRefusedByNumber() {
    Prompt full = TinyDecoder.prompt(1, 7, 60);
    assertThatThrownBy(() -> generate(List.of(full), 1, SamplingParams.greedy(5), 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "prompt 7 has 60 tokens and may go on for 5, but the model has 64 positions; lower"
                + " max_completion_length or leave the prompt out");
    assertThat(generate(List.of(full), 1, SamplingParams.greedy(4), 4)).hasSize(1);
    assertThatThrownBy(
            () -> generate(List.of(new Prompt(2, new int[0])), 1, SamplingParams.greedy(5), 4))
        .hasMessageContaining("prompt 2 empty");
  }

  private List<Group> generate(
      List<Prompt> prompts, int groupSize, SamplingParams sampling, int maxLive) {
    return new Rollouts(decoder, STOP, maxLive)
        .generate(prompts, groupSize, sampling, seed, Progress.NONE);
  }

  private List<Prompt> prompts(int count) {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(TinyDecoder.prompt(seed, 10 * i, 3 + 2 * i));
    }
    return prompts;
  }

  private static void requireEqual(List<Group> found, List<Group> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int g = 0; g < found.size(); g++) {
      for (int c = 0; c < found.get(g).completions().size(); c++) {
        Completion a = found.get(g).completions().get(c);
        Completion b = expected.get(g).completions().get(c);
        assertThat(a.ids()).isEqualTo(b.ids());
        assertThat(a.logProbs()).isEqualTo(b.logProbs());
        assertThat(a.finish()).isEqualTo(b.finish());
      }
    }
  }

  private static List<Integer> boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
