package dev.terse.lab.curve;

import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.ScoredStep;
import dev.terse.traces.score.TraceTokens;
import dev.terse.traces.segment.Thinking;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prunes a chain in every way that is asked for. Ways that leave the same tokens are one prompt,
 * since a greedy answer to it is the same.
 *
 * <pre>
 * prompt + [&lt;think&gt;\n where the row has it] + chain with marks + \n&lt;/think&gt;\n\n      steps
 * prompt + [&lt;think&gt;\n where the row has it] + kept tokens + \n&lt;/think&gt;\n\n          tokens
 * </pre>
 *
 * Steps go as {@link dev.terse.traces.prune.PrunedTrace} has them, so that the model is given what
 * SFT teaches. Tokens are kept by their ids.
 */
final class PromptMaker {
  private final CurveConfig config;
  private final ModelFolder model;
  private final List<Point> points;

  PromptMaker(CurveConfig config, ModelFolder model) {
    this.config = config;
    this.model = model;
    this.points = config.points();
  }

  /** The different prompts of a chain, in the order of the points. */
  List<PrunedPrompt> of(ScoredChain scored) {
    Map<IntBuffer, PrunedPrompt> different = new LinkedHashMap<>();
    for (Point point : points) {
      PrunedPrompt prompt = prompt(scored, point);
      different.merge(
          IntBuffer.wrap(prompt.ids()),
          prompt,
          (known, same) -> {
            known.points().add(point);
            return known;
          });
    }
    return List.copyOf(different.values());
  }

  private PrunedPrompt prompt(ScoredChain scored, Point point) {
    if (point.series() == null) {
      return ofText(scored, point, "");
    }
    return point.series().order().ofTokens() ? ofTokens(scored, point) : ofSteps(scored, point);
  }

  private PrunedPrompt ofSteps(ScoredChain scored, Point point) {
    List<ScoredStep> steps = scored.scores().trace().steps();
    boolean[] pruned =
        config
            .pruner(point)
            .choose(
                scored.scores().trace().trace().id(),
                point.series().order().score(config.score()).of(steps),
                steps.stream().mapToInt(ScoredStep::tokens).toArray());
    String chain =
        config
            .placeholders()
            .apply(
                scored.scores().trace().thinking().text(),
                steps.stream().map(ScoredStep::step).toList(),
                pruned);
    return ofText(scored, point, chain);
  }

  private PrunedPrompt ofText(ScoredChain scored, Point point, String chain) {
    TraceTokens tokens = scored.chain().tokens();
    int stated = scored.chain().answers().count(chain);
    boolean masked = point.series() != null && point.series().masked();
    String left = masked ? scored.chain().answers().mask(chain, config.mask()) : chain;
    ChatPrompt prompt = ChatPrompt.of(model.template(), tokens.trace().prompt());
    String text = prompt.completion(tokens.thinking().upToAnswer(left));
    int[] thinking = beforeAnswer(text, tokens.thinking().answer());
    return new PrunedPrompt(
        new ArrayList<>(List.of(point)),
        joined(prompt.ids(model.tokenizer()), thinking),
        thinking.length,
        text,
        masked ? 0 : stated);
  }

  private PrunedPrompt ofTokens(ScoredChain scored, Point point) {
    TraceTokens tokens = scored.chain().tokens();
    Pruner pruner = config.pruner(point);
    double[] entropies = scored.scores().entropies();
    int[] ones = new int[entropies.length];
    Arrays.fill(ones, 1);
    boolean[] pruned = pruner.choose(tokens.trace().id(), entropies, ones);
    int[] kept = new int[entropies.length];
    int count = 0;
    for (int t = 0; t < pruned.length; t++) {
      if (!pruned[t]) {
        kept[count++] = tokens.ids()[tokens.first() + t];
      }
    }
    int[] chain = Arrays.copyOf(kept, count);
    int before =
        ChatPrompt.of(model.template(), tokens.trace().prompt()).ids(model.tokenizer()).length;
    int[] opening = Arrays.copyOfRange(tokens.ids(), before, tokens.first());
    Thinking thinking = tokens.thinking();
    String text = model.tokenizer().decode(chain, false);
    int[] completion =
        joined(joined(opening, chain), beforeAnswer(closing(thinking, text), thinking.answer()));
    return new PrunedPrompt(
        new ArrayList<>(List.of(point)),
        joined(Arrays.copyOf(tokens.ids(), before), completion),
        completion.length,
        model.tokenizer().decode(completion, false),
        scored.chain().answers().count(text));
  }

  /**
   * Tokens of a text as they are where an answer follows, which is how SFT teaches them: a
   * tokenizer may join two line feeds at the end of a text and not before a word. Where one token
   * reaches across, those of the text alone.
   *
   * @param answer of the row; its tokens are left out
   */
  private int[] beforeAnswer(String text, String answer) {
    Tokenizer.Encoding whole = model.tokenizer().encodeDataWithOffsets(text + answer.strip());
    int end = text.codePointCount(0, text.length());
    int count = 0;
    while (count < whole.ids().length && whole.ends()[count] <= end) {
      count++;
    }
    boolean apart = count == whole.ids().length || whole.starts()[count] >= end;
    return apart ? Arrays.copyOf(whole.ids(), count) : model.tokenizer().encodeData(text);
  }

  /** What closes a thinking text, less the line feeds that it ends with already. */
  private static String closing(Thinking thinking, String text) {
    String closing = thinking.closing();
    int feeds = text.length() - text.replaceFirst("\n+$", "").length();
    int from = 0;
    while (from < feeds && from < closing.length() && closing.charAt(from) == '\n') {
      from++;
    }
    return closing.substring(from);
  }

  private static int[] joined(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
