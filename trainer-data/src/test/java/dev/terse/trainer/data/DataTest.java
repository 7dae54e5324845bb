package dev.terse.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.SeedTree;
import dev.terse.io.rows.RowSource;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.data.EpochOrder.LastUpdate;
import dev.terse.trainer.data.EpochOrder.Order;
import dev.terse.trainer.data.ProblemSet.Answers;
import dev.terse.trainer.data.SftRules.AssistantLoss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {
  private static Tokenizer tokenizer;
  private static PromptEncoder encoder;
  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.load(TinyModels.folder("qwen2")).withToken("[SKIP]");
    encoder = new PromptEncoder(tokenizer, ChatTemplate.load(TinyModels.folder("qwen2")));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private SftDataset sft(String line, Boolean completionOnly) throws IOException {
    Path file = Files.writeString(folder.resolve("sft.jsonl"), line + "\n");
    SftRules rules =
        new SftRules("text", 512, completionOnly, AssistantLoss.FALSE, null, true, false);
    return SftDataset.load(file, encoder, rules);
  }

  private String supervised(SftRow row) {
    int[] ids = row.ids();
    return tokenizer.decode(
        IntStream.range(0, ids.length).filter(row::bearsLoss).map(t -> ids[t]).toArray(), false);
  }

  /**
   * D14: the thinking and the marks are in the supervised span, whatever the chat template does.
   */
  @Test
  void sft_conversation_supervisesThinkingSkipsAnswerAndEnd() throws IOException {
    String completion = "one\\n\\n[SKIP]two\\n</think>\\n\\n3";
    String line =
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"1+2\"}],\"completion\":[{\"role\":"
            + "\"assistant\",\"content\":\""
            + completion
            + "\"}]}";
    SftRow row = sft(line, null).rows().get(0);
    assertThat(supervised(row))
        .isEqualTo("one\n\n[SKIP]two\n</think>\n\n3" + tokenizer.decode(end(), false));
    assertThat(row.supervises(tokenizer.id("[SKIP]").orElseThrow())).isTrue();
    int from = row.ids().length - row.targets();
    assertThat(tokenizer.decode(Arrays.copyOf(row.ids(), from), false))
        .contains("1+2")
        .endsWith("<|assistant|>");
    assertThat(sft(line, false).rows().get(0).targets()).isEqualTo(row.ids().length - 1);
  }

  private static int[] end() {
    return new int[] {tokenizer.stopIds().get(0)};
  }

  @Test
  void sft_badRows_areToldWithTheirLine() {
    assertThatThrownBy(() -> sft("{\"prompt\":\"a\",\"completion\":\"\"}", null))
        .hasMessageContaining("sft.jsonl holds no row to train on")
        .hasMessageContaining("1 dropped because nothing in them bears loss: line 1");
    assertThatThrownBy(() -> sft("{\"text\":\"\"}", null))
        .hasMessageContaining("nothing in them bears loss: line 1");
    assertThatThrownBy(
            () ->
                sft(
                    "{\"prompt\":[{\"role\":\"user\",\"content\":\"a\"}],\"completion\":[{\"role\":"
                        + "\"user\",\"content\":\"a\"}]}",
                    null))
        .hasMessageContaining("the last message of 'completion' must be the assistant's");
    assertThatThrownBy(() -> sft("{\"prompt\": ", null))
        .hasMessageContaining("line 1: expected one JSON object");
    assertThatThrownBy(
            () -> SftDataset.load(folder.resolve("none.jsonl"), encoder, SftRules.of("text", 9)))
        .hasMessageContaining("none.jsonl: no such file");
  }

  @Test
  void problems_ofGsm8k_takeTheAnswerAfterTheHashes() throws IOException {
    Path file = SharedData.assumePresent("gsm8k/test.jsonl");
    ProblemSet set =
        ProblemSet.load(file, encoder, new PromptConfig(null, " Think.", null), 100_000);
    assertThat(set.read()).isEqualTo(1319);
    assertThat(set.problems()).hasSize(1319);
    assertThat(set.problems().get(0).gold()).isEqualTo("18");
    assertThat(set.problems()).allMatch(problem -> !problem.gold().contains("#"));
    assertThat(tokenizer.decode(set.problems().get(0).prompt().ids(), false))
        .contains("farmers' market? Think.");
  }

  @Test
  void problems_ofMath500_takeTheAnswerNotTheSolution() throws IOException {
    Path file = SharedData.assumePresent("math500/test.jsonl");
    ProblemSet set = ProblemSet.load(file, encoder, PromptConfig.PLAIN, 100_000);
    assertThat(set.problems()).hasSize(500);
    assertThat(set.problems().get(0).gold()).contains("\\left( 3, \\frac{\\pi}{2} \\right)");
  }

  @Test
  void problems_withGoldsThatAreNotUnderstood_areCountedAndNamed() throws IOException {
    Path file = folder.resolve("golds.jsonl");
    Files.writeString(
        file,
        """
        {"id":"a","question":"1+1","answer":"\\\\frac{1}{"}
        {"id":"b","question":"1+1","answer":"\\\\int_0^1"}
        {"question":"1+1","answer":""}
        {"id":"d","question":"17+1","answer":"18"}
        {"id":"e","question":"17+1","answer":"","solution":"so \\\\boxed{18}"}
        {"id":"f","question":"7*10","answer":"['70']"}
        """);
    ProblemSet set = ProblemSet.load(file, encoder, PromptConfig.PLAIN, 100_000);
    assertThat(set.unread()).containsExactly("a", "b", "line 3");
    assertThat(set.summary(9))
        .contains("3 right answers are not understood")
        .contains("a, b, line 3");
    assertThat(set.problems().get(4).gold()).isEqualTo("so \\boxed{18}");
  }

  /** open-r1's key: the text is the user's turn, whatever else looks like a question. */
  @Test
  void problems_ofANamedColumn_areTheUsersTurn() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("named.jsonl"),
            "{\"question\":\"no\",\"problem_statement\":\"1+1\",\"answer\":\"2\"}\n");
    ProblemSet named =
        ProblemSet.load(file, encoder, new PromptConfig(null, "", "problem_statement"), 100_000);
    Files.writeString(file, "{\"question\":\"1+1\",\"answer\":\"2\"}\n");
    ProblemSet plain = ProblemSet.load(file, encoder, PromptConfig.PLAIN, 100_000);
    assertThat(named.problems().get(0).prompt().ids())
        .containsExactly(plain.problems().get(0).prompt().ids());
    assertThatThrownBy(
            () -> ProblemSet.load(file, encoder, new PromptConfig(null, "", "statement"), 100_000))
        .hasMessageContaining("line 1: expected a question (text or messages) in")
        .hasMessageContaining(
            "dataset_prompt_column 'statement', found the keys [question, answer]");
  }

  private ProblemSet problems(Answers answers, String... rows) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("problems.jsonl"), String.join("\n", rows).replace('\'', '"') + "\n");
    return ProblemSet.load(
        RowSource.of(List.of(file)), encoder, PromptConfig.PLAIN, 100_000, answers);
  }

  /** Case grpo-conversational-prompt. */
  @Test
  void problems_ofMessages_areRenderedWithTheGenerationPrompt() throws IOException {
    ProblemSet set =
        problems(
            Answers.REQUIRED,
            "{'prompt':[{'role':'system','content':'Box it.'},{'role':'user','content':'1+1'}],"
                + "'answer':'2','level':3,'tags':['a']}");
    Problem problem = set.problems().get(0);
    assertThat(tokenizer.decode(problem.prompt().ids(), false))
        .isEqualTo("<|system|>Box it.\n<|user|>1+1\n<|assistant|>");
    assertThat(problem.question()).isEqualTo("1+1");
    assertThat(problem.row().prompt())
        .isEqualTo(
            List.of(
                Map.of("role", "system", "content", "Box it."),
                Map.of("role", "user", "content", "1+1")));
    assertThat(problem.row().columns())
        .isEqualTo(Map.of("answer", "2", "level", 3L, "tags", List.of("a")));
    assertThatThrownBy(
            () -> problems(Answers.REQUIRED, "{'prompt':[{'content':'x'}],'answer':'1'}"))
        .hasMessageContaining("line 1: expected messages of role and content");
  }

  @Test
  void problems_withoutAnAnswer_areUsedWhereNoRewardNeedsOne() throws IOException {
    String row = "{'prompt':'1+1','level':1}";
    assertThat(problems(Answers.OPTIONAL, row).problems().get(0).gold()).isNull();
    assertThatThrownBy(() -> problems(Answers.REQUIRED, row))
        .hasMessageContaining("line 1: expected the right answer (gold, answer, final_answer,")
        .hasMessageContaining("found the keys [prompt, level]");
    assertThatThrownBy(() -> problems(Answers.OPTIONAL, "{'answer':'1'}"))
        .hasMessageContaining(
            "expected a question: prompt (text or messages), question or problem");
  }

  @Test
  void problems_withListsOfAnswers_takeTheOnlyOne_orAreRefused() throws IOException {
    assertThat(
            problems(Answers.REQUIRED, "{'question':'1+1','answer':['2'],'solution':'x'}")
                .problems()
                .get(0)
                .gold())
        .isEqualTo("2");
    assertThatThrownBy(() -> problems(Answers.REQUIRED, "{'question':'1','answer':['2','3']}"))
        .hasMessageContaining("'answer' is a list of 2 values, of which one must be chosen");
  }

  /** Case grpo-empty-answer-column. */
  @Test
  void problems_withABlankAnswer_takeTheColumnThatHoldsOne() throws IOException {
    ProblemSet set =
        problems(
            Answers.REQUIRED,
            "{'problem':'7*3+3-6','answer':'','solution':'so \\\\boxed{18}.'}",
            "{'problem':'1+1','answer':'2','solution':''}");
    assertThat(set.problems().get(0).gold()).contains("18");
    assertThat(set.problems().get(1).gold()).isEqualTo("2");
  }

  /** T16: every row exactly once an epoch, divisible or not. */
  @Test
  void order_overEpochs_visitsEveryRowOnce() {
    long seed = TestSeed.of("epoch-order");
    for (int rows : new int[] {1, 7, 12, 13}) {
      for (int perUpdate : new int[] {1, 3, 5}) {
        EpochOrder order =
            new EpochOrder(seed, rows, perUpdate, Order.SHUFFLED, LastUpdate.SMALLER);
        Map<Integer, Integer> visits = new HashMap<>();
        for (int update = 0; update < 3 * order.updatesPerEpoch(); update++) {
          for (int row : order.rows(update)) {
            visits.merge(row, 1, Integer::sum);
          }
        }
        assertThat(visits).hasSize(rows).allSatisfy((row, count) -> assertThat(count).isEqualTo(3));
      }
    }
  }

  /** Streaming: all rows of a block come before those of another, each row once an epoch. */
  @Test
  void order_ofBlocks_shufflesBlocksAndTheRowsInThem() {
    long seed = TestSeed.of("block-order");
    int[] blocks = {5, 1, 7, 4};
    EpochOrder order = new EpochOrder(seed, blocks, 3, Order.SHUFFLED, LastUpdate.SMALLER);
    List<List<Integer>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Integer> rows = new ArrayList<>();
      for (int update = 0; update < order.updatesPerEpoch(); update++) {
        int number = epoch * order.updatesPerEpoch() + update;
        Arrays.stream(order.rows(number)).forEach(rows::add);
      }
      assertThat(rows.stream().sorted())
          .containsExactlyElementsOf(IntStream.range(0, 17).boxed().toList());
      List<Integer> visited =
          rows.stream().map(row -> row < 5 ? 0 : row < 6 ? 1 : row < 13 ? 2 : 3).toList();
      long changes =
          IntStream.range(1, 17).filter(i -> !visited.get(i).equals(visited.get(i - 1))).count();
      assertThat(changes).isEqualTo(3);
      epochs.add(rows);
    }
    assertThat(epochs.get(0)).isNotEqualTo(epochs.get(1));
    EpochOrder again = new EpochOrder(seed, blocks, 3, Order.SHUFFLED, LastUpdate.SMALLER);
    assertThat(again.rows(9)).isEqualTo(order.rows(9));
  }

  @Test
  void order_byLength_putsLikeRowsTogetherAndTheLongestFirst() {
    long seed = TestSeed.of("order-by-length");
    int[] lengths =
        IntStream.range(0, 203).map(i -> SeedTree.below(SeedTree.at(seed, "n", i), 900)).toArray();
    EpochOrder grouped = EpochOrder.byLength(seed, lengths, 8, LastUpdate.SMALLER);
    EpochOrder drawn = new EpochOrder(seed, 203, 8, Order.SHUFFLED, LastUpdate.SMALLER);
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Integer> visited = new ArrayList<>();
      int padding = 0;
      int paddingDrawn = 0;
      for (int update = 0; update < grouped.updatesPerEpoch(); update++) {
        int at = epoch * grouped.updatesPerEpoch() + update;
        Arrays.stream(grouped.rows(at)).forEach(visited::add);
        padding += spread(grouped.rows(at), lengths);
        paddingDrawn += spread(drawn.rows(at), lengths);
      }
      assertThat(visited).hasSize(203).doesNotHaveDuplicates();
      int longest = Arrays.stream(lengths).max().orElseThrow();
      assertThat(lengths[visited.get(0)]).isEqualTo(longest);
      assertThat(padding).isLessThan(paddingDrawn / 3);
    }
    assertThat(grouped.rows(0)).isNotEqualTo(grouped.rows(grouped.updatesPerEpoch()));
  }

  /** Of the longest row to the shortest. */
  private static int spread(int[] rows, int[] lengths) {
    int[] own = Arrays.stream(rows).map(row -> lengths[row]).sorted().toArray();
    return own[own.length - 1] - own[0];
  }

  @Test
  void order_tooFewRowsForAnUpdate_isRefused() {
    assertThatThrownBy(() -> new EpochOrder(1, 3, 4, Order.AS_GIVEN, LastUpdate.DROPPED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 3 usable rows, an update needs 4");
  }

  @Test
  void packing_randomLengths_fillsBinsWithoutCuttingOrLosing() {
    long seed = TestSeed.of("bin-packing");
    int[] lengths =
        IntStream.range(0, 200)
            .map(i -> 1 + SeedTree.below(SeedTree.at(seed, "length", i), 100))
            .toArray();
    List<List<Integer>> bins = BinPacking.bestFitDecreasing(lengths, 100);
    for (List<Integer> bin : bins) {
      assertThat(bin.stream().mapToInt(i -> lengths[i]).sum()).isLessThanOrEqualTo(100);
    }
    assertThat(bins.stream().flatMap(List::stream).sorted().toList())
        .isEqualTo(IntStream.range(0, 200).boxed().toList());
    int least = (Arrays.stream(lengths).sum() + 99) / 100;
    assertThat(bins.size()).isLessThanOrEqualTo((int) Math.ceil(least * 11 / 9.0) + 1);
  }
}
