package dev.terse.traces.score;

import dev.terse.model.tokenizer.Tokenizer.Encoding;
import dev.terse.traces.segment.Segmenter;
import dev.terse.traces.segment.Step;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.Trace;
import java.util.Arrays;
import java.util.List;

/**
 * A trace as the scoring model reads it: prompt ids, then response ids. Token {@code t} of the
 * response is predicted by the token before it, which for t = 0 is the prompt's last.
 *
 * @param trace the row
 * @param thinking the response taken apart
 * @param steps of the thinking text
 * @param bounds of the steps in code points of the thinking text, [steps + 1]
 * @param ids prompt and response, [tokens]; not copied
 * @param first index into ids of the first token that belongs to a step
 * @param stepOf for each thinking token, from {@code first} on, the step that it belongs to
 */
public record TraceTokens(
    Trace trace,
    Thinking thinking,
    List<Step> steps,
    int[] bounds,
    int[] ids,
    int first,
    int[] stepOf) {

  /**
   * @param prompt ids of the rendered question
   * @param text what of the response is read: all of it, or without its own opening mark
   * @param encoding of {@code text}
   */
  static TraceTokens of(
      Trace trace, Thinking thinking, int[] prompt, String text, Encoding encoding) {
    // Everything before the thinking text: an opening mark, and blanks around it.
    int cut = trace.response().length() - text.length();
    int origin = text.codePointCount(0, thinking.start() - cut);
    List<Step> steps = Segmenter.steps(thinking.text());
    int[] bounds = new int[steps.size() + 1];
    for (int s = 0; s < steps.size(); s++) {
      Step step = steps.get(s);
      bounds[s + 1] = bounds[s] + thinking.text().codePointCount(step.start(), step.end());
    }
    int from = 0;
    while (from < encoding.ids().length && encoding.starts()[from] < origin) {
      from++;
    }
    int to = from;
    while (to < encoding.ids().length && encoding.starts()[to] - origin < bounds[steps.size()]) {
      to++;
    }
    int[] stepOf = new int[to - from];
    int step = 0;
    for (int t = from; t < to; t++) {
      while (encoding.starts()[t] - origin >= bounds[step + 1]) {
        step++;
      }
      stepOf[t - from] = step;
    }
    int[] ids = Arrays.copyOf(prompt, prompt.length + encoding.ids().length);
    System.arraycopy(encoding.ids(), 0, ids, prompt.length, encoding.ids().length);
    return new TraceTokens(trace, thinking, steps, bounds, ids, prompt.length + from, stepOf);
  }

  /** The ids that the model must read: the last thinking token is a target only. */
  public int[] input() {
    return Arrays.copyOf(ids, Math.max(first, first + stepOf.length - 1));
  }
}
