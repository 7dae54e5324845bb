package dev.terse.trainer.grpo.episode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLinesWriter;
import dev.terse.traces.segment.Segmenter;
import dev.terse.traces.segment.Step;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.metrics.MetricSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts completions where people see them: all of them as rows of {@code
 * completions/completions_<step>.jsonl} (TRL writes parquet of that name), some as text with steps
 * and skips marked, and the spread of rewards, advantages and lengths; those of evaluations as
 * {@code evaluation_<updates>.jsonl}. A full disk costs the rows and nothing else.
 */
public final class CompletionLog {
  private static final Logger LOG = LoggerFactory.getLogger(CompletionLog.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = "completions";
  private static final int SHOWN = 3;
  private static final int MAX_SHOWN_CHARS = 4000;

  private final Path folder;
  private final MetricSink sink;
  private final String skipMark;
  private final int printed;
  private final HealthWatch health;
  private boolean failureTold;

  /**
   * @param folder output_dir
   * @param printed completions of each generation that the console shows; 0 for none
   * @param health looks at each generation first
   */
  public CompletionLog(
      Path folder, MetricSink sink, String skipMark, int printed, HealthWatch health) {
    this.folder = folder.resolve(FOLDER);
    this.sink = sink;
    this.skipMark = skipMark;
    this.printed = printed;
    this.health = health;
  }

  /** Writes the completions that update {@code step}, counted from 1, learns from. */
  public void write(int step, List<Episode> episodes) {
    health.look(episodes);
    sink.histogram(step, "completions/rewards", finite(episodes));
    sink.histogram(
        step,
        "completions/advantages",
        episodes.stream().mapToDouble(Episode::advantage).toArray());
    sink.histogram(
        step, "completions/lengths", episodes.stream().mapToDouble(Episode::tokens).toArray());
    StringBuilder shown = new StringBuilder();
    episodes.stream().limit(SHOWN).forEach(episode -> shown.append(markdown(episode)));
    sink.text(step, "completions", shown.toString());
    episodes.stream()
        .limit(printed)
        .forEach(episode -> LOG.info("step {}\n{}", step, markdown(episode)));
    try {
      rows(step, episodes);
    } catch (IOException e) {
      tell(e);
    }
  }

  /** Writes the greedy completions of held-out problems as records of the eval command. */
  public void writeEvaluation(int updates, List<EvalRecord> records) {
    try {
      EvalRecord.write(evaluation(folder, updates), records);
    } catch (IOException e) {
      tell(e);
    }
  }

  /**
   * Where the records of an evaluation are.
   *
   * @param outputDir of the run
   * @param updates done before it
   */
  public static Path evaluationFile(Path outputDir, long updates) {
    return evaluation(outputDir.resolve(FOLDER), updates);
  }

  private static Path evaluation(Path folder, long updates) {
    return folder.resolve(String.format(Locale.ROOT, "evaluation_%05d.jsonl", updates));
  }

  private void tell(IOException failure) {
    if (!failureTold) {
      LOG.warn("completions are not recorded, training goes on: {}", failure.toString());
      failureTold = true;
    }
  }

  private void rows(int step, List<Episode> episodes) throws IOException {
    Path file = folder.resolve(String.format(Locale.ROOT, "completions_%05d.jsonl", step));
    try (JsonLinesWriter out = new JsonLinesWriter(file)) {
      for (Episode episode : episodes) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("step", step);
        row.put("id", episode.problem().id());
        row.put("prompt", episode.problem().question());
        row.put("completion", episode.reading().text());
        row.put("gold", episode.problem().gold());
        episode.score().terms().forEach(row::put);
        row.put("reward", episode.score().total());
        row.put("raw_reward", episode.score().raw());
        row.put("advantage", episode.advantage());
        row.put("correct", episode.score().correct());
        row.put("tokens", episode.tokens());
        row.put("think_tokens", episode.reading().thinkTokens());
        row.put("steps", episode.reading().skips().kept());
        row.put("skips", episode.reading().skips().skips());
        row.put("truncated", episode.truncated());
        episode.score().logged().columns().forEach((name, value) -> row.set(name, json(value)));
        out.write(row);
      }
      out.commit();
    }
  }

  private static JsonNode json(Object value) {
    return JSON.valueToTree(value);
  }

  /** A completion with its steps numbered and its skips in bold. */
  private String markdown(Episode episode) {
    String thinking = episode.reading().thinking().text();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "**%s** %s, reward %.3f, advantage %.3f, %d tokens, %d steps, %d skips%s%n%n> %s%n%n",
            episode.problem().id(),
            episode.score().correct() ? "right" : "wrong",
            episode.score().total(),
            episode.advantage(),
            episode.tokens(),
            episode.reading().skips().kept(),
            episode.reading().skips().skips(),
            episode.truncated() ? ", cut off" : "",
            episode.problem().question().strip().replace("\n", "\n> ")));
    int number = 1;
    for (Step step : Segmenter.steps(thinking)) {
      String content = step.text(thinking).strip().replace(skipMark, "**" + skipMark + "**");
      text.append(number++).append(". ").append(content.replace("\n", "\n   ")).append('\n');
    }
    if (episode.reading().thinking().closed()) {
      text.append("\n`</think>`\n\n").append(episode.reading().thinking().answer().strip());
    }
    String all = text.append("\n\n---\n\n").toString();
    return all.length() <= MAX_SHOWN_CHARS ? all : all.substring(0, MAX_SHOWN_CHARS) + " …\n\n";
  }

  private static double[] finite(List<Episode> episodes) {
    return episodes.stream()
        .mapToDouble(episode -> episode.score().total())
        .filter(Double::isFinite)
        .toArray();
  }
}
