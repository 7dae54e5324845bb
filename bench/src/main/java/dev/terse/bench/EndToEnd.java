package dev.terse.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Progress;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.model.ModelFolder;
import dev.terse.model.PackedBatch;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whole runs as a user sees them, each printing one JSON line a case: {@code decode} (8 and 32
 * sampled completions of 96 tokens), {@code score} (log-probabilities and entropies of 2,048
 * tokens). The first pass of each is not counted. {@code bench/peers.py} runs them beside the
 * peers.
 */
public final class EndToEnd {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NEW_TOKENS = 96;
  private static final int SCORED_TOKENS = 2048;
  private static final String QUESTION =
      "A shop sold 48 clips in April and half as many in May. How many clips were sold in all?";

  private EndToEnd() {}

  /** Arguments: the case, then {@code --model DIR} and, for score, {@code --text FILE}. */
  public static void main(String[] args) throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 1; i + 1 < args.length; i += 2) {
      options.put(args[i].substring(2), args[i + 1]);
    }
    try (Engine engine = new Nd4jEngine();
        ModelFolder model = ModelFolder.load(Path.of(options.get("model")), engine)) {
      System.err.println(engine.description());
      switch (args[0]) {
        case "decode" -> decode(model);
        case "score" -> score(model, Path.of(options.get("text")));
        default -> throw new IllegalArgumentException("no case '" + args[0] + "'");
      }
    }
  }

  private static void decode(ModelFolder model) throws IOException {
    int[] ids =
        model
            .tokenizer()
            .encode(
                model.template().render(List.of(new ChatTemplate.Message("user", QUESTION)), true));
    List<Prompt> prompts = List.of(new Prompt(0, ids));
    for (int batch : new int[] {8, 32}) {
      // No stop ids: every sequence runs to the limit, as in the peers.
      Rollouts rollouts = new Rollouts(model.decoder(), Set.of(), batch);
      double best = Double.POSITIVE_INFINITY;
      for (int round = 0; round < 3; round++) {
        long start = System.nanoTime();
        List<Group> groups =
            rollouts.generate(
                prompts, batch, SamplingParams.plain(1, NEW_TOKENS), round, Progress.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (groups.get(0).completions().size() != batch) {
          throw new IllegalStateException("expected " + batch + " completions");
        }
        best = round == 0 ? best : Math.min(best, seconds);
      }
      print(
          "terse-decode", Map.of("batch", batch, "prompt", ids.length), batch * NEW_TOKENS / best);
    }
  }

  private static void score(ModelFolder model, Path text) throws IOException {
    String head = Files.readString(text);
    int[] ids =
        model.tokenizer().encode(head.substring(0, Math.min(head.length(), 12 * SCORED_TOKENS)));
    ids = Arrays.copyOf(ids, Math.min(ids.length, SCORED_TOKENS));
    PackedBatch batch = PackedBatch.of(List.of(ids));
    HeadRows rows = HeadRows.all(ids, batch.segments());
    double best = Double.POSITIVE_INFINITY;
    double value = 0;
    for (int round = 0; round < 4; round++) {
      long start = System.nanoTime();
      TokenScores scores = model.decoder().score(batch, rows, 1);
      double seconds = (System.nanoTime() - start) / 1e9;
      best = round == 0 ? best : Math.min(best, seconds);
      value = Arrays.stream(scores.entropies()).average().orElseThrow();
    }
    print("terse-score", Map.of("tokens", ids.length, "value", value), ids.length / best);
  }

  private static void print(String name, Map<String, Object> facts, double tokensPerSecond)
      throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("peer", name);
    line.put("dtype", "fp32");
    line.putAll(facts);
    line.put("tokens_per_second", Math.round(tokensPerSecond * 10) / 10.0);
    line.put("peak_gb", Math.round(peakKilobytes() / 1e4) / 100.0);
    System.out.println(JSON.writeValueAsString(line));
  }

  /** Peak resident memory of this process, as Linux tells it; 0 elsewhere. */
  private static long peakKilobytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
