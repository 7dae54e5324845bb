package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Prompt;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.Episode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrpoBatchTest {
  private static final int[] LONG = {7, 8, 9, 5};
  private static final int[] SINGLE = {4};

  private static Episode episode(int[] prompt, int... completion) {
    Problem problem = new Problem("id", "question", "gold", new Prompt(0, prompt));
    Completion drawn = new Completion(completion, new float[completion.length], FinishReason.STOP);
    return new Episode(problem, drawn, null, null, 0);
  }

  private static final List<Episode> EPISODES =
      List.of(
          episode(LONG, 1, 2, 3),
          episode(LONG.clone(), 2),
          episode(SINGLE, 3, 3),
          episode(SINGLE, 1),
          episode(LONG, 6, 1));

  private static final int[] ROWS = {0, 1, 2, 3, 4};

  /** Each prediction as [token, its position, the token that comes next]. */
  private static List<List<Integer>> predictions(GrpoBatch batch) {
    int[] positions = batch.tokens().segments().positions();
    List<List<Integer>> predictions = new ArrayList<>();
    for (int k = 0; k < batch.targets().count(); k++) {
      int row = batch.targets().rows()[k];
      predictions.add(
          List.of(batch.tokens().ids()[row], positions[row], batch.targets().targets()[k]));
    }
    return predictions;
  }

  @Test
  void sharing_predictsWhatApartPredictsWithFewerTokens() {
    GrpoBatch apart = GrpoBatch.apart(ROWS, EPISODES);
    GrpoBatch sharing = GrpoBatch.sharing(ROWS, EPISODES);
    assertThat(predictions(sharing)).isEqualTo(predictions(apart)).hasSize(9);
    assertThat(apart.tokens().ids()).hasSize(4 + 3 + 4 + 1 + 1 + 2 + 1 + 1 + 4 + 2);
    // The two first share three tokens; a prompt of one token is each one's own.
    assertThat(sharing.tokens().ids()).hasSize(apart.tokens().ids().length - 3);
  }

  @Test
  void sharing_eachCompletion_seesItsPromptAndItself() {
    GrpoBatch sharing = GrpoBatch.sharing(ROWS, EPISODES);
    var segments = sharing.tokens().segments();
    List<int[]> seen =
        IntStream.range(0, segments.count())
            .filter(s -> !segments.isPrefix(s))
            .mapToObj(
                s ->
                    Arrays.stream(segments.seenRows(s))
                        .map(row -> sharing.tokens().ids()[row])
                        .toArray())
            .toList();
    assertThat(seen)
        .containsExactly(
            new int[] {7, 8, 9, 5, 1, 2, 3},
            new int[] {7, 8, 9, 5, 2},
            new int[] {4, 3, 3},
            new int[] {4, 1},
            new int[] {7, 8, 9, 5, 6, 1});
  }

  @Test
  void sharing_withDropout_isRefused() {
    assertThatThrownBy(() -> GrpoBatch.sharing(ROWS, EPISODES).withDropout(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no dropout where sequences share a prefix");
  }
}
