package dev.terse.traces.score;

import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.traces.segment.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Exact token entropies of traces by one teacher-forced pass over the whole vocabulary, at
 * temperature 1 (paper, section 2.2):
 *
 * <pre>
 * H(t | c) = - Σ_w p(w | c) log2 p(w | c)     c: the prompt and every token before t
 * </pre>
 *
 * The context is the model's own chat template of the prompt's turns with the generation prompt,
 * and the response right after it, each tokenized on its own. An opening {@code <think>} is read
 * where the template or the row has it, once.
 */
public final class TraceScorer {
  private static final double BITS = 1 / Math.log(2);

  private final Decoder decoder;
  private final Tokenizer tokenizer;
  private final Function<List<Message>, ChatPrompt> prompts;

  /**
   * @param decoder the scoring model; not owned
   * @param tokenizer its tokenizer; not owned
   * @param prompts the prompt of the turns before the response
   */
  public TraceScorer(
      Decoder decoder, Tokenizer tokenizer, Function<List<Message>, ChatPrompt> prompts) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.prompts = prompts;
  }

  /**
   * Scores with a model folder.
   *
   * @throws IllegalArgumentException if it has no chat template
   */
  public static TraceScorer of(ModelFolder model) {
    ChatTemplate template = model.template();
    if (template == null) {
      throw new IllegalArgumentException(
          "expected a scoring model with a chat template, found none beside its weights; put"
              + " chat_template.jinja into the folder");
    }
    return new TraceScorer(
        model.decoder(), model.tokenizer(), turns -> ChatPrompt.of(template, turns));
  }

  /** Most tokens of prompt and response that the model can read. */
  public int maxPositions() {
    return decoder.config().maxPositions();
  }

  /**
   * Tokenizes a trace and finds the step of each thinking token.
   *
   * @throws IllegalArgumentException if a text cannot be tokenized
   */
  public TraceTokens tokens(Trace trace, Thinking thinking) {
    ChatPrompt prompt = prompts.apply(trace.prompt());
    String text = prompt.completion(trace.response());
    return TraceTokens.of(
        trace, thinking, prompt.ids(tokenizer), text, tokenizer.encodeDataWithOffsets(text));
  }

  /**
   * Scores the steps of one trace with marks; without a pass of the model where it has no thinking.
   *
   * @throws IllegalArgumentException if it cannot be tokenized, or is longer than {@link
   *     #maxPositions}
   */
  public ScoredTrace score(Trace trace) {
    Thinking thinking = ThinkingRule.MARKS.of(trace.response());
    TraceTokens tokens = tokens(trace, thinking);
    if (tokens.ids().length > maxPositions()) {
      throw new IllegalArgumentException(
          trace.id()
              + " has "
              + tokens.ids().length
              + " tokens, the model has "
              + maxPositions()
              + " positions");
    }
    return tokens.stepOf().length == 0
        ? new ScoredTrace(trace, thinking, List.of())
        : score(List.of(tokens)).get(0);
  }

  /** Scores traces in one packed pass. */
  public List<ScoredTrace> score(List<TraceTokens> traces) {
    TokenScores scores = tokenScores(traces);
    List<ScoredTrace> scored = new ArrayList<>();
    int from = 0;
    for (TraceTokens trace : traces) {
      scored.add(new ScoredTrace(trace.trace(), trace.thinking(), sums(trace, scores, from)));
      from += trace.stepOf().length;
    }
    return scored;
  }

  /**
   * A trace whose steps and tokens are scored.
   *
   * @param entropies of the distributions that the thinking tokens were chosen from, in bits,
   *     [tokens]; not copied
   */
  public record Detailed(ScoredTrace trace, double[] entropies) {}

  /** Scores the steps of one trace and its tokens, in a pass of its own. */
  public Detailed detailed(TraceTokens trace) {
    TokenScores scores = tokenScores(List.of(trace));
    double[] entropies = new double[trace.stepOf().length];
    for (int t = 0; t < entropies.length; t++) {
      entropies[t] = scores.entropies()[t] * BITS;
    }
    return new Detailed(
        new ScoredTrace(trace.trace(), trace.thinking(), sums(trace, scores, 0)), entropies);
  }

  /** Scores of the thinking tokens of all traces, one after another. */
  private TokenScores tokenScores(List<TraceTokens> traces) {
    PackedBatch batch = PackedBatch.of(traces.stream().map(TraceTokens::input).toList());
    int count = traces.stream().mapToInt(t -> t.stepOf().length).sum();
    int[] rows = new int[count];
    int[] targets = new int[count];
    int k = 0;
    for (int s = 0; s < traces.size(); s++) {
      TraceTokens trace = traces.get(s);
      int start = batch.segments().start(s);
      for (int t = 0; t < trace.stepOf().length; t++, k++) {
        rows[k] = start + trace.first() + t - 1; // the row before a token predicts it
        targets[k] = trace.ids()[trace.first() + t];
      }
    }
    return decoder.score(batch, new HeadRows(rows, targets), 1);
  }

  /** Sums the token scores that begin at {@code from} over the steps of one trace. */
  private static List<ScoredStep> sums(TraceTokens trace, TokenScores scores, int from) {
    int n = trace.steps().size();
    int[] tokens = new int[n];
    double[] entropy = new double[n];
    double[] surprisal = new double[n];
    double[] plogp = new double[n];
    for (int t = 0; t < trace.stepOf().length; t++) {
      int step = trace.stepOf()[t];
      double bits = -scores.logProbs()[from + t] * BITS;
      tokens[step]++;
      entropy[step] += scores.entropies()[from + t] * BITS;
      surprisal[step] += bits;
      plogp[step] += Math.exp(scores.logProbs()[from + t]) * bits;
    }
    List<ScoredStep> steps = new ArrayList<>();
    for (int s = 0; s < n; s++) {
      steps.add(
          new ScoredStep(
              trace.steps().get(s),
              trace.bounds()[s],
              trace.bounds()[s + 1],
              tokens[s],
              entropy[s],
              surprisal[s],
              plogp[s]));
    }
    return steps;
  }
}
