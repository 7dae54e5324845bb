package dev.terse.serve.text;

import dev.terse.model.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Text of tokens that come one by one: what is certain is handed out, once. Half a character and
 * what may be the beginning of a stop text are held back; the stop text itself never comes out.
 */
public final class TextStream {
  private static final char BROKEN = '\uFFFD';

  private final Tokenizer tokenizer;
  private final List<String> stops;
  private final StringBuilder text = new StringBuilder();
  private int context; // first token that the next text is decoded behind
  private int read; // tokens whose text is in `text`
  private int given; // characters that were handed out
  private boolean stopped;

  /**
   * @param stops texts that end it; empty for none
   */
  public TextStream(Tokenizer tokenizer, List<String> stops) {
    this.tokenizer = tokenizer;
    this.stops = stops;
  }

  /**
   * What is new and certain.
   *
   * @param ids the tokens so far, without one that ends the completion; those of the last call and
   *     more
   * @param last whether no more will come
   */
  public String upTo(int[] ids, boolean last) {
    if (stopped) {
      return "";
    }
    decode(ids, last);
    int end = firstStop();
    if (end >= 0) {
      stopped = true;
      text.setLength(end);
    } else {
      end = last ? text.length() : text.length() - heldBack();
    }
    String fresh = end > given ? text.substring(given, end) : "";
    given = Math.max(given, end);
    return fresh;
  }

  /** Whether a stop text has come. */
  public boolean stopped() {
    return stopped;
  }

  private void decode(int[] ids, boolean last) {
    String before = tokenizer.decode(Arrays.copyOfRange(ids, context, read), true);
    String after = tokenizer.decode(Arrays.copyOfRange(ids, context, ids.length), true);
    boolean whole = after.isEmpty() || after.charAt(after.length() - 1) != BROKEN;
    if (after.length() > before.length() && (whole || last)) {
      text.append(after, before.length(), after.length());
      context = read;
      read = ids.length;
    }
  }

  private int firstStop() {
    int first = -1;
    for (String stop : stops) {
      int at = text.indexOf(stop, Math.max(0, given - stop.length()));
      first = at >= 0 && (first < 0 || at < first) ? at : first;
    }
    return first;
  }

  /** Characters at the end that a stop text begins with. */
  private int heldBack() {
    return stops.stream().mapToInt(stop -> overlap(text, stop)).max().orElse(0);
  }

  /** The longest end of {@code text} that {@code mark} begins with, but is not all of it. */
  static int overlap(CharSequence text, String mark) {
    for (int n = Math.min(text.length(), mark.length() - 1); n > 0; n--) {
      if (mark.startsWith(text.subSequence(text.length() - n, text.length()).toString())) {
        return n;
      }
    }
    return 0;
  }
}
